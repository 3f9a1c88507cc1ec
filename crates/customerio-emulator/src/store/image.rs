//! A workspace as it is written down, with everything that matters to go on: all but the requests.
//!
//! An image shares what it has with the state, which copies what changes meanwhile: it is made in a time that is short, and
//! written when nothing is locked.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use http::Uri;
use serde::{Deserialize, Serialize};

use crate::{
    store::{
        changes::Changes,
        clock::{Clock, ClockImage},
        exports::Export,
        kept::Numbered,
        library::{Broadcast, ImportResult, LibraryImage},
        objects::ObjectsImage,
        people::PeopleImage,
        placed::PlacedImage,
        record::{Channel, Event, FormSubmission, Message, Metric, Outcome, Trigger, Unsubscribe, Verdict},
        run::Run,
        state::State,
    },
    webhooks::outbox::image::OutboxImage,
};

/// A workspace.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Image {
    /// The last number that was given.
    seq: u64,
    clock: ClockImage,
    people: PeopleImage,
    objects: ObjectsImage,
    exports: BTreeMap<u64, Export>,
    library: LibraryImage,
    import_result: ImportResult,
    events: Numbered<Event>,
    event_ids: Vec<Arc<str>>,
    message_ids: Vec<Arc<str>>,
    forms: Numbered<FormSubmission>,
    metrics: Numbered<Metric>,
    unsubscribes: Numbered<Unsubscribe>,
    messages: Numbered<Message>,
    disabled: BTreeSet<Channel>,
    deliveries: u64,
    broadcasts: PlacedImage<u64, Broadcast>,
    triggers: Numbered<Trigger>,
    last_trigger: u64,
    /// The broadcasts whose messages were being made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<Run>,
    #[serde(with = "receiver")]
    receiver: Option<Uri>,
    once_told: Vec<Arc<str>>,
    outcomes: Vec<(Duration, Outcome)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blank_undefined: Option<bool>,
    outbox: OutboxImage,
    requests: u64,
    dropped: u64,
    verdicts: [u64; Verdict::ALL.len()],
}

impl State {
    pub(crate) fn image(&self) -> Image {
        Image {
            seq: self.sequence.last(),
            clock: self.clock.image(),
            people: self.people.image(),
            objects: self.objects.image(),
            exports: self.exports.image(),
            library: self.library.image(),
            import_result: self.import_result.clone(),
            events: self.events.image(),
            event_ids: self.event_ids.image(),
            message_ids: self.message_ids.image(),
            forms: self.forms.image(),
            metrics: self.metrics.image(),
            unsubscribes: self.unsubscribes.image(),
            messages: self.messages.image(),
            disabled: self.disabled.clone(),
            deliveries: self.deliveries,
            broadcasts: self.broadcasts.image(),
            triggers: self.triggers.image(),
            last_trigger: self.last_trigger,
            runs: self.runs.iter().cloned().collect(),
            receiver: self.receiver.clone(),
            once_told: self.once_told.image(),
            outcomes: self.outcomes.clone(),
            blank_undefined: self.blank_undefined,
            outbox: self.outbox.image(),
            requests: self.requests,
            dropped: self.dropped,
            verdicts: self.verdicts,
        }
    }

    /// Puts back what was written down, into a state that has nothing yet.
    pub(crate) fn restore(&mut self, image: Image) {
        self.sequence.reach(image.seq);
        self.changes = Changes::since(self.sequence.last());
        self.clock = Clock::of(image.clock);
        self.people.restore(image.people);
        self.objects.restore(image.objects);
        self.exports.restore(image.exports);
        self.library.restore(image.library);
        self.import_result = image.import_result;
        self.events.restore(image.events);
        self.event_ids.restore(&image.event_ids);
        self.message_ids.restore(&image.message_ids);
        self.forms.restore(image.forms);
        self.metrics.restore(image.metrics);
        self.unsubscribes.restore(image.unsubscribes);
        self.messages.restore(image.messages);
        self.disabled = image.disabled;
        self.deliveries = image.deliveries;
        self.broadcasts.restore(image.broadcasts);
        self.triggers.restore(image.triggers);
        self.last_trigger = image.last_trigger;
        self.runs = image.runs.into();
        self.receiver = image.receiver;
        self.once_told.restore(&image.once_told);
        self.outcomes = image.outcomes;
        self.blank_undefined = image.blank_undefined;
        self.outbox.restore(image.outbox);
        self.requests = image.requests;
        self.dropped = image.dropped;
        self.verdicts = image.verdicts;
    }
}

/// A URL as text.
mod receiver {
    use http::Uri;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(url: &Option<Uri>, serializer: S) -> Result<S::Ok, S::Error> {
        url.as_ref().map(Uri::to_string).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uri>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
