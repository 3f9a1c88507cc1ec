//! Everything that the emulator remembers.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use http::{StatusCode, Uri};

use crate::{
    contract::identifier::Identifier,
    server::answer::Refusal,
    store::{
        bounded::Bounded,
        capacity::{MOST_BYTES, MOST_ENTRIES, MOST_TRIGGER},
        clock::Clock,
        exports::Exports,
        kept::{Kept, Key},
        library::{ImportResult, Library},
        objects::Objects,
        people::People,
        record::{
            Channel, Event, FailedTrigger, FormSubmission, LoggedRequest, Message, Metric, Outcome, Person, Trigger,
            Unsubscribe,
        },
        room::Room,
        seen_ids::SeenIds,
    },
    webhooks::outbox::Outbox,
};

/// Most requests that the log has.
const MOST_LOGGED: usize = 1_000;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) people: People,
    pub(crate) objects: Objects,
    pub(crate) exports: Exports,
    pub(crate) library: Library,
    /// What becomes of imports from now on.
    pub(crate) import_result: ImportResult,
    #[cfg(test)]
    room: Room,
    pub(crate) events: Kept<Event>,
    /// The ids of events that are in `events`, or were.
    pub(crate) event_ids: SeenIds,
    /// The ids of calls of the Pipelines API.
    pub(crate) message_ids: SeenIds,
    pub(crate) forms: Bounded<FormSubmission>,
    pub(crate) metrics: Bounded<Metric>,
    pub(crate) unsubscribes: Bounded<Unsubscribe>,
    pub(crate) messages: Kept<Message>,
    pub(crate) disabled: BTreeSet<Channel>,
    pub(crate) deliveries: u64,
    /// With the time of the last trigger.
    pub(crate) broadcasts: BTreeMap<u64, Option<Duration>>,
    pub(crate) triggers: Bounded<Trigger>,
    pub(crate) failed_triggers: Bounded<FailedTrigger>,
    pub(crate) last_trigger: u64,
    /// Who is told what becomes of messages, beside the reporting webhooks.
    pub(crate) receiver: Option<Uri>,
    /// What a webhook that is told of it once was told.
    pub(crate) once_told: SeenIds,
    /// What becomes of messages, and how long after they go out.
    pub(crate) outcomes: Vec<(Duration, Outcome)>,
    pub(crate) outbox: Outbox,
    pub(crate) log: Bounded<LoggedRequest>,
    pub(crate) requests: u64,
    pub(crate) dropped: u64,
    /// What the next requests are refused with.
    pub(crate) refusals: VecDeque<StatusCode>,
}

impl State {
    pub(crate) fn new(clock: Clock, room: &Room) -> Self {
        Self {
            clock,
            people: People::within(room),
            objects: Objects::within(room),
            exports: Exports::within(room),
            library: Library::within(room),
            import_result: ImportResult::default(),
            #[cfg(test)]
            room: room.clone(),
            events: Kept::default(),
            event_ids: SeenIds::default(),
            message_ids: SeenIds::default(),
            forms: Bounded::default(),
            metrics: Bounded::default(),
            unsubscribes: Bounded::default(),
            messages: Kept::default(),
            disabled: BTreeSet::new(),
            deliveries: 0,
            broadcasts: BTreeMap::new(),
            triggers: Bounded::holding(MOST_ENTRIES, MOST_TRIGGER),
            failed_triggers: Bounded::default(),
            last_trigger: 0,
            receiver: None,
            once_told: SeenIds::default(),
            outcomes: Vec::new(),
            outbox: Outbox::default(),
            log: Bounded::holding(MOST_LOGGED, MOST_BYTES),
            requests: 0,
            dropped: 0,
            refusals: VecDeque::new(),
        }
    }

    /// The person with any identifier, for tests: as in a path, or as the person's record has it.
    pub(crate) fn person(&self, identifier: &str) -> Option<&Person> {
        let candidates = [
            Identifier::of_shape(identifier),
            Identifier::Id(identifier.to_owned()),
            Identifier::CioId(identifier.to_owned()),
            Identifier::Phone(identifier.to_owned()),
        ];
        let cio_id = candidates.iter().find_map(|candidate| self.people.find(candidate))?;
        self.people.get(&cio_id)
    }

    /// Removes a segment, and everybody from it.
    pub(crate) fn remove_segment(&mut self, id: u32) {
        if self.library.segments.remove(&id).is_none() {
            return;
        }
        let members = self.people.all().filter(|person| person.segments.contains(&id));
        let members: Vec<_> = members.map(|person| person.cio_id.clone()).collect();
        for cio_id in members {
            if let Some(person) = self.people.get_mut(&cio_id) {
                person.segments.remove(&id);
            }
        }
    }

    #[cfg(test)]
    pub(crate) const fn room(&self) -> &Room {
        &self.room
    }

    /// Ends a call: what it has changed counts from now on.
    pub(crate) fn settle(&mut self) {
        self.people.settle();
    }

    /// Removes a person and what they did.
    pub(crate) fn delete(&mut self, identifier: &Identifier) {
        let removed = self.people.find(identifier).and_then(|cio_id| self.people.remove(&cio_id));
        self.forget(removed.as_ref());
    }

    /// Removes a person and what they did, and keeps them out.
    pub(crate) fn suppress(&mut self, identifier: &Identifier) -> Result<(), Refusal> {
        let removed = self.people.suppress(identifier)?;
        self.forget(removed.as_ref());
        Ok(())
    }

    fn forget(&mut self, removed: Option<&Person>) {
        let Some(person) = removed else { return };
        self.events.forget_of(&Key::Person(person.cio_id.clone()));
        for relationship in &person.relationships {
            self.leave_object(&person.cio_id, relationship);
        }
    }

    /// Gives a visitor's anonymous id to a person, with what the visitor did and is related to. Nothing happens if it is
    /// another person's.
    pub(crate) fn adopt(&mut self, cio_id: &str, anonymous_id: &str) -> Result<(), Refusal> {
        if !self.people.claim_anonymous_id(cio_id, anonymous_id)? {
            return Ok(());
        }
        let visitor = Key::Visitor(anonymous_id.to_owned());
        self.events.change_of(&visitor, |event| event.person = Some(cio_id.to_owned()));
        for (key, attributes) in self.objects.take_visitor(anonymous_id) {
            self.relate(cio_id, &key, &attributes)?;
        }
        Ok(())
    }
}
