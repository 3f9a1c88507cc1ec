//! Everything that the emulator remembers.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    time::Duration,
};

use crate::{
    bounded::Bounded,
    clock::Clock,
    identifier::Identifier,
    people::People,
    record::{Channel, Event, FormSubmission, LoggedRequest, Message, Metric, Person, Trigger, Unsubscribe},
};

/// Most requests that the log has.
const MOST_LOGGED: usize = 1_000;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) people: People,
    pub(crate) segments: BTreeSet<u32>,
    pub(crate) events: Bounded<Event>,
    /// The ids of events that are in `events`, or were.
    pub(crate) event_ids: SeenIds,
    pub(crate) forms: Bounded<FormSubmission>,
    pub(crate) metrics: Bounded<Metric>,
    pub(crate) unsubscribes: Bounded<Unsubscribe>,
    pub(crate) messages: Bounded<Message>,
    pub(crate) disabled: BTreeSet<Channel>,
    pub(crate) deliveries: u64,
    /// With the time of the last trigger.
    pub(crate) broadcasts: BTreeMap<u64, Option<Duration>>,
    pub(crate) triggers: Bounded<Trigger>,
    pub(crate) last_trigger: u64,
    pub(crate) log: Bounded<LoggedRequest>,
    pub(crate) requests: u64,
}

impl State {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            people: People::default(),
            segments: BTreeSet::new(),
            events: Bounded::default(),
            event_ids: SeenIds::default(),
            forms: Bounded::default(),
            metrics: Bounded::default(),
            unsubscribes: Bounded::default(),
            messages: Bounded::default(),
            disabled: BTreeSet::new(),
            deliveries: 0,
            broadcasts: BTreeMap::new(),
            triggers: Bounded::default(),
            last_trigger: 0,
            log: Bounded::holding(MOST_LOGGED),
            requests: 0,
        }
    }

    /// The person with any identifier, for tests: as in a path, or as the person's record has it.
    pub(crate) fn person(&self, identifier: &str) -> Option<&Person> {
        let candidates = [
            Identifier::of_shape(identifier),
            Identifier::Id(identifier.to_owned()),
            Identifier::CioId(identifier.to_owned()),
        ];
        let cio_id = candidates.iter().find_map(|candidate| self.people.find(candidate))?;
        self.people.get(&cio_id)
    }

    /// Forgets what a person did.
    pub(crate) fn forget_events_of(&mut self, cio_id: &str) {
        self.events.retain(|event| event.person.as_deref() != Some(cio_id));
    }
}

/// Ids that have been seen; the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct SeenIds {
    known: HashSet<String>,
    order: Bounded<String>,
}

impl SeenIds {
    /// Notes an id. Says whether it is new.
    pub(crate) fn note(&mut self, id: &str) -> bool {
        let new = self.known.insert(id.to_owned());
        if new {
            for forgotten in self.order.push(id.to_owned(), 0) {
                self.known.remove(&forgotten);
            }
        }
        new
    }
}
