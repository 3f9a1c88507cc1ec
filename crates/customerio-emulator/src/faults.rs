//! Faults that were added: which requests they match, and what happens to those.

pub(crate) mod about;
pub(crate) mod kind;
mod which;

use std::{collections::VecDeque, time::Duration};

use http::{Method, StatusCode};

use crate::{
    faults::{
        about::About,
        kind::{FaultKind, Meeting, MetFault},
        which::Which,
    },
    store::{
        changes::{Action, Effect},
        record::Person,
    },
};

/// Most faults that are remembered after they have happened as often as was asked for.
const MOST_ENDED: usize = 100;

/// A fault for requests: [`Emulator::add_fault`](crate::Emulator::add_fault).
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Client, Delivery, app::SendEmail};
/// use customerio_emulator::{Emulator, Fault};
///
/// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
/// let emulator = Emulator::new();
/// emulator.add_fault(Fault::cut_after().with_route("/v1/send/email").with_times(1));
///
/// let app = Client::new(emulator.app_endpoint()?, emulator.clone());
/// let email = SendEmail::from_template("welcome", "ada@example.com").with_identifiers("42");
/// let error = app.send_email(email).await.unwrap_err();
///
/// // It was sent, and the client cannot know: it does not send it again.
/// assert_eq!((error.delivery(), error.attempts(), emulator.messages().len()), (Delivery::MaybeSent, 1, 1));
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(()) }).await }).unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "it happens once it is added"]
pub struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) which: Which,
    /// How often it happens at most.
    pub(crate) times: Option<u64>,
    /// From 0 to 1.
    pub(crate) probability: f64,
    pub(crate) seed: Option<u64>,
}

impl Fault {
    const fn new(kind: FaultKind) -> Self {
        let which = Which { method: None, route: None, person: None };
        Self { kind, which, times: None, probability: 1.0, seed: None }
    }

    /// The request is not applied, and the response has this status and an error in the shape of the route's API.
    pub const fn status(status: StatusCode) -> Self {
        Self::new(FaultKind::Status(status, None))
    }

    /// [`status`](Self::status) with a `Retry-After`, in whole seconds, rounded up.
    pub const fn status_with_retry_after(status: StatusCode, retry_after: Duration) -> Self {
        Self::new(FaultKind::Status(status, Some(retry_after)))
    }

    /// The request is applied after this delay. Over a socket that is real time, and the request is applied even if the
    /// client stops waiting; without a socket the emulator's clock moves.
    pub const fn delay(by: Duration) -> Self {
        Self::new(FaultKind::Delay(by))
    }

    /// The request is not applied, and the connection breaks without a response. The client cannot know that: for it, the
    /// request may have been sent, so a message is not retried.
    pub const fn cut_before() -> Self {
        Self::new(FaultKind::CutBefore)
    }

    /// The request is applied, and the connection breaks without a response.
    pub const fn cut_after() -> Self {
        Self::new(FaultKind::CutAfter)
    }

    /// The request is applied, and the body of the response arrives in small pieces over this time: byte by byte,
    /// unless that would be more than 200 pieces a second.
    pub const fn slow(over: Duration) -> Self {
        Self::new(FaultKind::Slow(over))
    }

    /// Only requests with this method.
    pub fn with_method(mut self, method: Method) -> Self {
        self.which.method = Some(method);
        self
    }

    /// Only requests of this route: its pattern, such as `/api/v1/customers/{identifier}`, whatever the name in the
    /// braces is; or a path, in which `*` matches anything, also several segments.
    pub fn with_route(mut self, route: impl Into<String>) -> Self {
        self.which.route = Some(route.into());
        self
    }

    /// Only requests about this person, who has an identifier of theirs in the path or in the body: `id`, `email`,
    /// `cio_id`, `phone`, `userId`, or an address in `to`; also in an item of a batch. A person whom the emulator knows
    /// matches by any of their identifiers.
    pub fn with_person(mut self, identifier: impl Into<String>) -> Self {
        self.which.person = Some(identifier.into());
        self
    }

    /// Limits how many times it happens. Default: always.
    pub const fn with_times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Sets the share of the requests that it happens to, from 0 to 1. The seed chooses which: the same seed chooses
    /// the same positions in the order of the matching requests. Default: 1, all of them.
    pub const fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        (self.probability, self.seed) = (probability, Some(seed));
        self
    }

    /// Returns the effect.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }
}

/// A fault that was added.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AddedFault {
    /// The number, from 1.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// How many times it may still happen; nothing if that has no end.
    pub left: Option<u64>,
    /// How many requests it has happened to.
    pub hits: u64,
}

/// All faults that were added.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<(AddedFault, fastrand::Rng)>,
    /// Those that happened as often as was asked for.
    ended: VecDeque<AddedFault>,
    last: u64,
    /// What was done since the last call.
    done: Vec<Effect>,
}

impl Faults {
    /// Adds one. Returns its number.
    pub(crate) fn add(&mut self, mut fault: Fault) -> u64 {
        self.last += 1;
        let certain = fault.probability >= 1.0;
        let random = fault.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        if !certain {
            // One that nobody chose is shown, so that what it did can be done again.
            fault.seed.get_or_insert(random.get_seed());
        }
        let added = AddedFault { id: self.last, left: fault.times, fault, hits: 0 };
        self.note(Action::Created, added.id);
        if added.left == Some(0) {
            self.end(added);
        } else {
            self.active.push((added, random));
        }
        self.last
    }

    /// By their numbers: those that may still happen, and the last hundred of the others.
    pub(crate) fn all(&self) -> Vec<AddedFault> {
        let mut all: Vec<_> = self.active.iter().map(|(added, _)| added).chain(&self.ended).cloned().collect();
        all.sort_unstable_by_key(|added| added.id);
        all
    }

    /// How many may still happen.
    pub(crate) fn active(&self) -> usize {
        self.active.len()
    }

    /// Removes one. Returns whether it was there.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.active.len() + self.ended.len();
        self.active.retain(|(added, _)| added.id != id);
        self.ended.retain(|added| added.id != id);
        let is_gone = self.active.len() + self.ended.len() < before;
        if is_gone {
            self.note(Action::Deleted, id);
        }
        is_gone
    }

    pub(crate) fn clear(&mut self) {
        for added in self.all() {
            self.remove(added.id);
        }
    }

    pub(crate) fn take_done(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.done)
    }

    fn note(&mut self, action: Action, id: u64) {
        self.done.push(Effect::new("faults", action, id.to_string(), "fault"));
    }

    fn end(&mut self, added: AddedFault) {
        if self.ended.len() == MOST_ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(added);
    }

    /// The first fault that a request meets. Without its body, one of a person who is not in the path is left for later; with
    /// it, only such ones are looked at.
    pub(crate) fn meet<'p>(&mut self, about: &mut About<'_>, known: impl Fn(&str) -> Option<&'p Person>) -> Meeting {
        let mut depends = false;
        for place in 0..self.active.len() {
            let (added, random) = &mut self.active[place];
            if !added.fault.which.is_of(about) {
                continue;
            }
            if let Some(person) = &added.fault.which.person {
                let names = which::names(person, known(person));
                match (about.path_names(&names), about.body_names(&names)) {
                    (true, None) | (false, Some(true)) => {}
                    (false, None) => {
                        depends = true;
                        continue;
                    }
                    (true, Some(_)) | (false, Some(false)) => continue,
                }
            } else if about.has_body() {
                continue;
            }
            if random.f64() < added.fault.probability {
                return Meeting::Met(self.hit(place));
            }
        }
        if depends { Meeting::OfBody } else { Meeting::None }
    }

    fn hit(&mut self, place: usize) -> MetFault {
        let added = &mut self.active[place].0;
        added.hits += 1;
        added.left = added.left.map(|left| left.saturating_sub(1));
        let (met, is_over) = (MetFault { id: added.id, kind: added.fault.kind }, added.left == Some(0));
        self.note(Action::Changed, met.id);
        if is_over {
            let (added, _) = self.active.remove(place);
            self.end(added);
        }
        met
    }
}

#[cfg(test)]
mod tests;
