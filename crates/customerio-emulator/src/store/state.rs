//! Everything that the emulator remembers.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    time::Duration,
};

use customerio_core::webhook::Verifier;
use http::{StatusCode, Uri};

use crate::{
    contract::{attributes::Attributes, identifier::Identifier},
    server::answer::Refusal,
    store::{
        bounded::Bounded,
        clock::Clock,
        kept::{Kept, Key},
        objects::{ObjectKey, Objects, changed},
        people::{MOST_OF_A_PERSON, People},
        record::{
            Channel, Event, FormSubmission, LoggedRequest, Message, Metric, Person, Relationship, Trigger, Unsubscribe,
        },
    },
    webhooks::{outbox::Outbox, reports::Outcome},
};

/// Most requests that the log has.
const MOST_LOGGED: usize = 1_000;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) people: People,
    pub(crate) objects: Objects,
    pub(crate) segments: BTreeSet<u32>,
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
    pub(crate) last_trigger: u64,
    /// Who is told what becomes of messages: where, and what signs it.
    pub(crate) receiver: Option<(Uri, Verifier)>,
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
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            people: People::default(),
            objects: Objects::default(),
            segments: BTreeSet::new(),
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
            triggers: Bounded::default(),
            last_trigger: 0,
            receiver: None,
            outcomes: Vec::new(),
            outbox: Outbox::default(),
            log: Bounded::holding(MOST_LOGGED),
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

    /// Takes a person, who has or had the relationship, from the people of its object.
    pub(crate) fn leave_object(&mut self, cio_id: &str, relationship: &Relationship) {
        let key = self.objects.find(&relationship.identifiers.clone().into());
        if let Some(object) = key.and_then(|key| self.objects.get_mut(&key)) {
            object.people.remove(cio_id);
        }
    }

    /// Relates a person to an object, or changes the attributes of their relationship.
    pub(crate) fn relate(&mut self, cio_id: &str, key: &ObjectKey, changes: &Attributes) -> Result<(), Refusal> {
        let Some(person) = self.people.get_mut(cio_id) else { return Ok(()) };
        let Some(object) = self.objects.get_mut(key) else { return Ok(()) };
        if let Some(known) = person.relationships.iter_mut().find(|known| is_to(known, key)) {
            known.attributes = changed(&known.attributes, changes, "the relationship")?;
            return Ok(());
        }
        if person.relationships.len() >= MOST_OF_A_PERSON {
            return Err(Refusal::full("relationships of a person", MOST_OF_A_PERSON));
        }
        let attributes = changed(&Attributes::new(), changes, "the relationship")?;
        let named = [("object_type_id", &key.0), ("object_id", &key.1)];
        let identifiers = named.map(|(name, value)| (name.to_owned(), value.clone().into())).into_iter().collect();
        person.relationships.push(Relationship { identifiers, attributes });
        object.people.insert(cio_id.to_owned());
        Ok(())
    }

    /// Ends the relationship of a person to an object.
    pub(crate) fn unrelate(&mut self, cio_id: &str, key: &ObjectKey) {
        if let Some(person) = self.people.get_mut(cio_id) {
            person.relationships.retain(|known| !is_to(known, key));
        }
        if let Some(object) = self.objects.get_mut(key) {
            object.people.remove(cio_id);
        }
    }

    /// Removes an object, and everyone's relationship to it.
    pub(crate) fn delete_object(&mut self, key: &ObjectKey) {
        for cio_id in self.objects.remove(key).map(|object| object.people).unwrap_or_default() {
            self.unrelate(&cio_id, key);
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

fn is_to(relationship: &Relationship, key: &ObjectKey) -> bool {
    relationship.identifiers["object_id"] == *key.1 && relationship.identifiers["object_type_id"] == *key.0
}

/// Ids that have been seen; the oldest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct SeenIds {
    known: HashSet<String>,
    order: Bounded<String>,
}

impl SeenIds {
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.known.contains(id)
    }

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
