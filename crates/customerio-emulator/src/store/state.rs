//! The state of a workspace.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use http::Uri;

use crate::{
    contract::identifier::Identifier,
    faults::Faults,
    rates::Rates,
    render::Cache,
    server::reply::Refusal,
    store::{
        capacity::{MOST_ENTRIES, MOST_MESSAGES, MOST_TRIGGER},
        changes::{Change, Changes},
        clock::Clock,
        exports::Exports,
        kept::{Kept, Key},
        library::{Broadcast, ImportResult, Library},
        objects::Objects,
        people::People,
        placed::Placed,
        record::{
            Channel, Event, FormSubmission, LoggedRequest, Message, Metric, Outcome, Person, Trigger, Unsubscribe,
            Verdict,
        },
        room::Room,
        run::Run,
        seen_ids::SeenIds,
        sequence::Sequence,
    },
    webhooks::outbox::Outbox,
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) sequence: Sequence,
    /// The recent changes.
    pub(crate) changes: Changes,
    pub(crate) people: People,
    pub(crate) objects: Objects,
    pub(crate) exports: Exports,
    pub(crate) library: Library,
    /// The result of later imports.
    pub(crate) import_result: ImportResult,
    #[cfg(test)]
    room: Room,
    pub(crate) events: Kept<Event>,
    /// The ids of the events in `events`, and of earlier ones.
    pub(crate) event_ids: SeenIds,
    /// The ids of the calls of the Pipelines API.
    pub(crate) message_ids: SeenIds,
    pub(crate) forms: Kept<FormSubmission>,
    pub(crate) metrics: Kept<Metric>,
    pub(crate) unsubscribes: Kept<Unsubscribe>,
    pub(crate) messages: Kept<Message>,
    pub(crate) disabled: BTreeSet<Channel>,
    pub(crate) deliveries: u64,
    pub(crate) broadcasts: Placed<u64, Broadcast>,
    pub(crate) triggers: Kept<Trigger>,
    pub(crate) last_trigger: u64,
    /// The triggers whose messages are being made.
    pub(crate) runs: VecDeque<Run>,
    /// The parsed templates.
    pub(crate) parsed: Cache,
    /// Whether an undefined variable in a template is blank instead of an error, if configured.
    pub(crate) blank_undefined: Option<bool>,
    /// The receiver of message events, besides the reporting webhooks.
    pub(crate) receiver: Option<Uri>,
    /// The events that a webhook without full resolution has received.
    pub(crate) once_told: SeenIds,
    /// What happens to messages, and how long after they were sent.
    pub(crate) outcomes: Vec<(Duration, Outcome)>,
    pub(crate) outbox: Outbox,
    pub(crate) log: Kept<LoggedRequest>,
    pub(crate) requests: u64,
    pub(crate) dropped: u64,
    /// How many requests got each verdict.
    pub(crate) verdicts: [u64; Verdict::ALL.len()],
    /// The injected faults.
    pub(crate) faults: Faults,
    /// The times of the last requests.
    pub(crate) rates: Rates,
}

impl State {
    /// Creates an empty state. Its numbers continue `sequence`.
    pub(crate) fn new(clock: Clock, room: &Room, log: (usize, usize), sequence: Sequence) -> Self {
        Self {
            clock,
            changes: Changes::since(sequence.last()),
            people: People::within(room, &sequence),
            objects: Objects::within(room, &sequence),
            exports: Exports::within(room),
            library: Library::within(room, &sequence),
            import_result: ImportResult::default(),
            #[cfg(test)]
            room: room.clone(),
            events: Kept::within(&sequence),
            event_ids: SeenIds::default(),
            message_ids: SeenIds::default(),
            forms: Kept::within(&sequence),
            metrics: Kept::within(&sequence),
            unsubscribes: Kept::within(&sequence),
            messages: Kept::holding(&sequence, MOST_ENTRIES, MOST_MESSAGES),
            disabled: BTreeSet::new(),
            deliveries: 0,
            broadcasts: Placed::of("broadcasts", room, &sequence),
            triggers: Kept::holding(&sequence, MOST_ENTRIES, MOST_TRIGGER),
            last_trigger: 0,
            runs: VecDeque::new(),
            parsed: Cache::default(),
            blank_undefined: None,
            receiver: None,
            once_told: SeenIds::default(),
            outcomes: Vec::new(),
            outbox: Outbox::within(&sequence),
            log: Kept::holding(&sequence, log.0, log.1),
            requests: 0,
            dropped: 0,
            verdicts: [0; Verdict::ALL.len()],
            faults: Faults::default(),
            rates: Rates::default(),
            sequence,
        }
    }

    /// The person with any identifier, for tests: as in a path, or as in the person's record.
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

    /// Replaces this state with a new one, and returns the old one. The clock is kept, and so are the settings: the
    /// receiver, the outcomes of messages (unless the new state has its own) and imports, and the allowed channels.
    pub(crate) fn replace(&mut self, mut new: Self, says_outcomes: bool) -> Self {
        // Clients that follow changes read everything again.
        new.changes = Changes::since(self.sequence.next());
        new.clock = self.clock.clone();
        new.receiver = self.receiver.take();
        new.import_result = std::mem::take(&mut self.import_result);
        new.disabled = std::mem::take(&mut self.disabled);
        new.blank_undefined = new.blank_undefined.or(self.blank_undefined);
        if !says_outcomes {
            new.outcomes = std::mem::take(&mut self.outcomes);
        }
        std::mem::replace(self, new)
    }

    /// Removes a segment, and everyone from it.
    pub(crate) fn remove_segment(&mut self, id: u32) {
        if !self.library.segments.remove(&id) {
            return;
        }
        self.people.empty_segment(id, usize::MAX);
    }

    #[cfg(test)]
    pub(crate) const fn room(&self) -> &Room {
        &self.room
    }

    /// Ends a call: publishes its changes, and returns them.
    pub(crate) fn settle(&mut self) -> Vec<Change> {
        let mut changes = self.people.settle();
        changes.append(&mut self.objects.take_done());
        changes.append(&mut self.library.segments.take_done());
        changes.append(&mut self.library.templates.shelf.take_done());
        changes.append(&mut self.broadcasts.take_done());
        changes.append(&mut self.events.take_done());
        changes.append(&mut self.messages.take_done());
        changes.append(&mut self.triggers.take_done());
        changes.append(&mut self.metrics.take_done());
        changes.append(&mut self.forms.take_done());
        changes.append(&mut self.unsubscribes.take_done());
        changes.append(&mut self.log.take_done());
        changes.append(&mut self.outbox.records.take_done());
        let faults = self.faults.take_done();
        changes.extend(faults.into_iter().map(|effect| Change { seq: self.sequence.next(), effect }));
        changes.sort_by_key(|change| change.seq);
        for change in &changes {
            self.changes.push(change.clone());
        }
        changes
    }

    /// Records the last request at the messages, and at the broadcasts in progress, that it made.
    pub(crate) fn note_request(&mut self, messages: &[u64]) {
        let request = self.log.last();
        for number in messages {
            self.messages.amend(*number, |message| message.request = request);
        }
        for run in self.runs.iter_mut().filter(|run| run.request.is_none()) {
            run.request = request;
        }
    }

    /// Removes a person and their activity.
    pub(crate) fn delete(&mut self, identifier: &Identifier) {
        let removed = self.people.find(identifier).and_then(|cio_id| self.people.remove(&cio_id));
        self.forget(removed.as_ref());
    }

    /// Removes a person and their activity, and suppresses them.
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

    /// Gives a visitor's anonymous id, activity and relationships to a person. Does nothing if the id is another
    /// person's.
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
