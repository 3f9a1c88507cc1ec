//! The calls of one stream, on their way.

use std::{collections::BTreeMap, mem, time::Duration};

use customerio_core::{Error, Moment};

use super::{Outcome, Retry};
use crate::{
    Action, Epoch, Event, Fate, Incoming, Lane, Lease, Machine, MachineOptions, Outgoing, Record, Stream,
    clients::Workspace, fate::message_of,
};

/// The calls of one stream, on their way. What the machine asks of its store is done at once: the calls are here, and their
/// marks are the broker's.
pub(super) struct InFlight {
    pub(super) clients: Workspace,
    machine: Machine,
    /// What the machine has not loaded yet.
    records: Vec<Record>,
    numbers: Vec<u64>,
    ended: BTreeMap<u64, Outcome>,
    /// What was wrong last: with a call, or with all of them.
    of_calls: BTreeMap<u64, Problem>,
    of_all: Option<Problem>,
    is_blocked: bool,
}

/// What is to be done now.
pub(super) enum Next {
    Send(u64, Outgoing),
    Wait(Duration),
    Stopped,
}

#[derive(Clone)]
struct Problem {
    status: Option<u16>,
    message: String,
}

impl Problem {
    fn of(error: &Error) -> Self {
        Self { status: error.status().map(|status| status.as_u16()), message: message_of(error) }
    }
}

impl InFlight {
    /// The calls of `stream`; the clients have one for its API.
    pub(super) fn new(stream: Stream, clients: &Workspace, records: Vec<Record>, now: &Moment) -> Self {
        let limits = clients.limits_of(stream.lane.api()).unwrap_or_default();
        let options = MachineOptions {
            limits,
            // All of them are here: none are waited for, and none come later.
            window: usize::MAX / 16,
            linger: Duration::ZERO,
            poll_interval: Duration::MAX,
            // There is no time to wait for a server that recovers: halves are tried at once.
            halve_after: 1,
            ..MachineOptions::default()
        };
        let mut machine = Machine::new(stream, options);
        machine.leased(Some(Lease::new(Epoch(1), Duration::MAX)), now);
        Self {
            clients: clients.clone(),
            machine,
            numbers: records.iter().map(|record| record.number).collect(),
            records,
            ended: BTreeMap::new(),
            of_calls: BTreeMap::new(),
            of_all: None,
            is_blocked: false,
        }
    }

    pub(super) const fn lane(&self) -> Lane {
        self.machine.stream().lane
    }

    /// Sends nothing more.
    pub(super) fn stop(&mut self) {
        self.machine.stop();
    }

    pub(super) fn next(&mut self, now: &Moment) -> Next {
        loop {
            match self.machine.next(now) {
                Action::Load { .. } => self.machine.loaded(Ok(mem::take(&mut self.records)), now),
                // The broker has it: a call that it hands out again is marked.
                Action::Mark { numbers, .. } => self.machine.marked(Ok(numbers), now),
                Action::Settle { fates, .. } => {
                    for (number, fate) in fates {
                        let outcome = match fate {
                            Fate::Done => Outcome::Done,
                            Fate::Failed(failure) => Outcome::Failed(failure),
                            Fate::Retry => continue,
                        };
                        self.ended.insert(number, outcome);
                    }
                    self.machine.settled(Ok(()), now);
                }
                Action::Send { ticket, request } => return Next::Send(ticket, request),
                Action::Wait(wait) => return Next::Wait(wait),
                Action::Stopped => return Next::Stopped,
            }
        }
    }

    /// Takes the response to a request.
    pub(super) fn responded(&mut self, ticket: u64, response: Incoming, now: &Moment) {
        let problem = match &response {
            Incoming::Batch(result) => result.as_ref().err().map(Problem::of),
            Incoming::Single(result) => result.as_ref().err().map(Problem::of),
        };
        if self.lane().is_batched() {
            self.of_all.clone_from(&problem);
        } else if let Some(problem) = &problem {
            self.of_calls.extend(self.machine.flying(ticket).iter().map(|number| (*number, problem.clone())));
        }
        self.machine.responded(ticket, response, now);
        for event in self.machine.take_events() {
            match event {
                Event::Blocked(_) => (self.is_blocked, self.of_all) = (true, problem.clone()),
                Event::Unblocked => (self.is_blocked, self.of_all) = (false, None),
                _ => {}
            }
        }
    }

    /// The outcome of each call, by its number.
    pub(super) fn outcomes(mut self, now: &Moment) -> impl Iterator<Item = (u64, Outcome)> {
        let mut ended = mem::take(&mut self.ended);
        let numbers = mem::take(&mut self.numbers);
        let now = *now;
        numbers.into_iter().map(move |number| {
            let outcome = ended.remove(&number).unwrap_or_else(|| Outcome::Retry(self.retry(number, &now)));
            (number, outcome)
        })
    }

    fn retry(&self, number: u64, now: &Moment) -> Retry {
        let problem = self.of_calls.get(&number).or(self.of_all.as_ref());
        Retry {
            after: self.machine.waits(number, now),
            is_blocked: self.is_blocked,
            status: problem.and_then(|problem| problem.status),
            message: problem.map(|problem| problem.message.clone()),
        }
    }
}
