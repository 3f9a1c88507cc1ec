//! Sends webhooks by itself: what is due, whenever it is due.

use std::{future::pending, sync::Arc, time::Duration};

use bytes::Bytes;
use customerio_core::Transport;
use http::Request;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    Emulator, WebhookCall, Workspaces,
    webhooks::{calls::send, outbox::TIMEOUT, policy},
};

/// Most calls at a time. A receiver gets one at a time.
const MOST_AT_ONCE: usize = 64;

/// How often it is looked for what is due because something has changed.
const PAUSE: Duration = Duration::from_millis(5);

impl Workspaces {
    /// Sets the transport that sends webhooks: for [`run_webhooks`](Self::run_webhooks), and for requests to the
    /// control API to send all of them. The transport must not follow redirects: a redirect is a failure, as it is to
    /// the service.
    pub fn set_webhook_transport(&self, transport: Arc<dyn Transport>) {
        self.carrier.set(transport);
        self.first().bell.send_replace(());
    }

    /// Sends the webhooks of all workspaces when they are due, including workspaces that are created later, until it is
    /// dropped. What is in flight then is sent again by the next call. Without a
    /// [transport](Self::set_webhook_transport) it waits for one.
    ///
    /// A receiver has 4 real seconds. Receivers do not hold each other up; at most 64 requests are in flight. A webhook
    /// goes only to this machine, unless [`Builder::with_webhook_hosts`](crate::Builder::with_webhook_hosts) allows
    /// more: another one is not sent, and its [`WebhookEvent::problem`](crate::WebhookEvent::problem) says so.
    ///
    /// ```no_run
    /// # use customerio_core::facade as customerio;
    /// use customerio::transport::Transport;
    /// use customerio_emulator::{Emulator, Workspaces};
    /// use std::sync::Arc;
    ///
    /// # fn run(transport: Arc<dyn Transport>) { tokio::spawn(async move {
    /// let workspaces = Workspaces::of(Emulator::new());
    /// workspaces.set_webhook_transport(transport);
    /// let server = workspaces.serve("127.0.0.1:8246").await?;
    /// tokio::select! {
    ///     () = workspaces.run_webhooks() => {}
    ///     _ = tokio::signal::ctrl_c() => server.shutdown().await,
    /// }
    /// # Ok::<(), std::io::Error>(()) }); }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub async fn run_webhooks(&self) {
        let mut bell = self.first().bell.subscribe();
        let mut calls = JoinSet::new();
        loop {
            bell.borrow_and_update();
            let pause = self.start_due(&mut calls);
            let changed = async {
                if bell.changed().await.is_err() {
                    pending::<()>().await;
                }
                sleep(PAUSE).await;
            };
            tokio::select! {
                Some(_) = calls.join_next() => {}
                () = changed => {}
                () = passed(pause) => {}
            }
        }
    }

    /// Starts the calls that are due, and says how long nothing else will be, unless something changes.
    fn start_due(&self, calls: &mut JoinSet<()>) -> Option<Duration> {
        let transport = self.carrier.get()?;
        let mut next: Option<Duration> = None;
        for (_, emulator) in self.all() {
            let mut pause = emulator.webhook_pause();
            while pause == Some(Duration::ZERO) {
                if calls.len() >= MOST_AT_ONCE {
                    return None;
                }
                let Some(call) = emulator.next_webhook() else { break };
                calls.spawn(carry(emulator.clone(), transport.clone(), call));
                pause = emulator.webhook_pause();
            }
            // Nothing becomes due while the clock is stopped.
            let pause = pause.filter(|_| !emulator.state().clock.is_stopped());
            next = [next, pause].into_iter().flatten().min();
        }
        next
    }

    /// Sends the webhooks of a workspace until none waits, moving its clock over each pause, including those that
    /// [`run_webhooks`](Self::run_webhooks) sends meanwhile. Returns how many were sent; nothing if there is no
    /// transport.
    pub(crate) async fn drain_webhooks(&self, emulator: &Emulator) -> Option<u64> {
        let transport = self.carrier.get()?;
        let before = emulator.state().outbox.made();
        let mut changed = emulator.changed.subscribe();
        loop {
            changed.borrow_and_update();
            if let Some(call) = emulator.next_webhook() {
                carry(emulator.clone(), transport.clone(), call).await;
                continue;
            }
            let Some(pause) = emulator.webhook_pause() else { break };
            let is_under_way = emulator.state().outbox.is_under_way();
            // Somebody else has called, and will report its result.
            if !is_under_way || timeout(TIMEOUT, changed.changed()).await.is_err() {
                emulator.advance(pause);
            }
        }
        Some(emulator.state().outbox.made() - before)
    }
}

impl Emulator {
    /// Returns why webhooks to the URL of [`report_to`](Self::report_to) are not sent, if they are not: a sentence that
    /// says how to allow them. It looks up the host's name, for at most 4 seconds; the name is looked up again before
    /// each webhook.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub async fn webhook_problem(&self) -> Option<String> {
        let url = self.state().receiver.clone()?;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = url;
        policy::check(&mut request, &self.config.webhook_hosts).await.err()
    }
}

/// Ends after a while, or never.
async fn passed(pause: Option<Duration>) {
    match pause {
        Some(pause) => sleep(pause).await,
        None => pending().await,
    }
}

/// A call that is in flight. If its result is never reported, it is due again.
struct UnderWay<'e>(&'e Emulator, u64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.state().outbox.abandon(self.1);
    }
}

/// Makes a call, unless it must not be made, and records its result.
async fn carry(emulator: Emulator, transport: Arc<dyn Transport>, mut call: WebhookCall) {
    let _under_way = UnderWay(&emulator, call.number);
    match policy::check(&mut call.request, &emulator.config.webhook_hosts).await {
        Ok(()) => {
            let (response, error) = send(&*transport, call.request.clone(), TIMEOUT).await;
            emulator.note_response(&call, response, error);
        }
        Err(reason) => emulator.state().outbox.refuse(call.number, reason),
    }
}
