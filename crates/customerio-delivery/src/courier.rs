//! Delivers one stream: the driver of its machine.

use std::{sync::Arc, time::Duration};

use customerio_transport::SystemClock;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinSet,
    time::sleep,
};

use crate::{
    Action, Epoch, Event, Incoming, Lease, Machine, MachineOptions, Record, Store, StoreError, Stream,
    clients::Workspace, counts::Counters,
};

/// A function that is called for each event.
pub(crate) type Observer = Arc<dyn Fn(&Stream, &Event) + Send + Sync>;

/// Whether this process sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Right {
    /// The store has not said so yet.
    Unknown,
    /// Another process does.
    Another,
    /// It does, until then on the monotonic clock.
    Own { epoch: Epoch, until: Duration },
}

/// An order to a courier.
pub(crate) enum Order {
    /// Report when every call up to that number has ended.
    Flush(u64, oneshot::Sender<()>),
    /// Send nothing more, and end when no request is in flight.
    Stop,
}

/// Delivers one stream, until it is ordered to stop.
pub(crate) struct Courier {
    pub(crate) stream: Stream,
    pub(crate) options: MachineOptions,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clients: Workspace,
    pub(crate) counters: Arc<Counters>,
    pub(crate) observer: Option<Observer>,
    pub(crate) right: watch::Receiver<Right>,
    pub(crate) orders: mpsc::UnboundedReceiver<Order>,
    pub(crate) appended: Arc<Notify>,
    pub(crate) ended: Arc<Notify>,
}

/// The result of an action.
enum Outcome {
    Loaded(Result<Vec<Record>, StoreError>),
    Marked(Result<Vec<u64>, StoreError>),
    Settled(Result<(), StoreError>),
    Responded(u64, Incoming),
}

impl Courier {
    pub(crate) async fn run(mut self) {
        let mut awaited: Vec<(u64, oneshot::Sender<()>)> = Vec::new();
        let mut is_stopping = false;
        'anew: loop {
            let mut machine = Machine::new(self.stream.clone(), self.options);
            let mut outcomes = JoinSet::new();
            for (number, _) in &awaited {
                machine.flush(*number);
            }
            if is_stopping {
                machine.stop();
            }
            self.renew(&mut machine);
            loop {
                let Some(wait) = self.act(&mut machine, &mut outcomes) else { return };
                self.report(&machine.take_events());
                let low = machine.low();
                for (_, flushed) in awaited.extract_if(.., |(number, _)| low > *number) {
                    // Whoever waited may have gone.
                    let _ = flushed.send(());
                }
                tokio::select! {
                    Some(outcome) = outcomes.join_next() => match outcome {
                        Ok(outcome) => take(&mut machine, outcome),
                        // A transport or a store has panicked, so that nobody knows what came of it: as after a crash.
                        Err(_) => continue 'anew,
                    },
                    Some(order) = self.orders.recv() => match order {
                        Order::Flush(number, flushed) => {
                            machine.flush(number);
                            awaited.push((number, flushed));
                        }
                        Order::Stop => {
                            is_stopping = true;
                            machine.stop();
                        }
                    },
                    () = self.appended.notified() => machine.appended(),
                    Ok(()) = self.right.changed() => self.renew(&mut machine),
                    () = sleep(wait.min(Duration::from_secs(3600))) => {}
                }
            }
        }
    }

    fn renew(&mut self, machine: &mut Machine) {
        let now = SystemClock.clock();
        let lease = match *self.right.borrow_and_update() {
            Right::Own { epoch, until } => Some(Lease::new(epoch, until.saturating_sub(now.monotonic))),
            Right::Unknown | Right::Another => None,
        };
        machine.leased(lease, &now);
    }

    /// Begins all that there is to do now, and says how long to wait then; `None` when it has stopped.
    fn act(&self, machine: &mut Machine, outcomes: &mut JoinSet<Outcome>) -> Option<Duration> {
        let now = SystemClock.now();
        loop {
            let (store, stream) = (self.store.clone(), self.stream.clone());
            match machine.next(&now) {
                Action::Load { after, held, bytes } => {
                    outcomes.spawn(async move { Outcome::Loaded(store.load_more(&stream, after, &held, bytes).await) });
                }
                Action::Mark { epoch, numbers } => {
                    outcomes.spawn(async move { Outcome::Marked(store.mark(epoch, &stream, &numbers).await) });
                }
                Action::Settle { epoch, fates } => {
                    outcomes.spawn(async move { Outcome::Settled(store.settle(epoch, &stream, &fates).await) });
                }
                Action::Send { ticket, request } => {
                    let clients = self.clients.clone();
                    let lane = stream.lane;
                    outcomes.spawn(async move { Outcome::Responded(ticket, clients.send(lane, request).await) });
                }
                Action::Wait(wait) => return Some(wait),
                Action::Stopped => return None,
            }
        }
    }

    fn report(&self, events: &[Event]) {
        if events.is_empty() {
            return;
        }
        let now = SystemClock.clock().timestamp();
        for event in events {
            self.counters.count(event, now);
            #[cfg(feature = "metrics")]
            crate::figures::count(&self.stream, event, now);
            #[cfg(feature = "tracing")]
            trace(&self.stream, event);
            if let Some(observer) = &self.observer {
                observer(&self.stream, event);
            }
        }
        self.ended.notify_one();
    }
}

/// What somebody should look at. Nothing that a call says is in it.
#[cfg(feature = "tracing")]
fn trace(stream: &Stream, event: &Event) {
    match event {
        Event::Blocked(failure) => {
            tracing::warn!(target: "customerio", %stream, status = failure.status, "the stream stands still: check the credentials");
        }
        Event::Unblocked => tracing::info!(target: "customerio", %stream, "the stream goes on"),
        Event::Failed { number, operation, failure } => {
            let reason = failure.reason.as_str();
            tracing::warn!(target: "customerio", %stream, number, operation, reason, status = failure.status, "a call became a dead letter");
        }
        Event::Retrying { calls, failures, wait, status } => {
            tracing::debug!(target: "customerio", %stream, calls, failures, ?wait, status, "a request is sent again later");
        }
        Event::Done { .. } => {}
    }
}

fn take(machine: &mut Machine, outcome: Outcome) {
    let now = SystemClock.now();
    match outcome {
        Outcome::Loaded(result) => machine.loaded(result, &now),
        Outcome::Marked(result) => machine.marked(result, &now),
        Outcome::Settled(result) => machine.settled(result, &now),
        Outcome::Responded(ticket, response) => machine.responded(ticket, response, &now),
    }
}
