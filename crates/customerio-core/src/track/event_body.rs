//! What events have in common: of people and of unknown visitors, in version 1 of the API and in version 2.

use std::ops::{Deref, DerefMut};

use serde::Serialize;

use crate::{
    Body, BuildError, EventId, Limits, Moment, Replay, Timestamp,
    json::{Attributes, Writer},
    limits::check_bytes,
    text::Text,
    unseen::{check_lines, check_visible},
};

/// The type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventType {
    /// Something that the person did.
    Event,
    /// A view of a web page; the name is its URL, of any length.
    Page,
    /// A view of a screen of an app; the name is the screen's.
    Screen,
}

impl EventType {
    /// Returns the type as the API writes it: `event`, `page` or `screen`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Page => "page",
            Self::Screen => "screen",
        }
    }
}

#[derive(Clone)]
pub(super) struct EventBody<R = ReservedData> {
    pub(super) kind: EventType,
    pub(super) name: Text,
    pub(super) anonymous_id: Option<Text>,
    pub(super) id: Option<EventId>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) reserved: Rare<R>,
    data: Option<Attributes>,
}

/// What most events do not have: apart, so that those are not as large.
#[derive(Clone, Default)]
pub(super) struct Rare<R>(Option<Box<R>>);

impl<R: Reserved> Deref for Rare<R> {
    type Target = R;

    fn deref(&self) -> &R {
        self.0.as_deref().unwrap_or(R::NOTHING)
    }
}

impl<R: Reserved> DerefMut for Rare<R> {
    fn deref_mut(&mut self) -> &mut R {
        self.0.get_or_insert_default()
    }
}

/// The entries of an event's data that mean something to Customer.io.
pub(super) trait Reserved: Clone + Default + 'static {
    /// None of them is set.
    const NOTHING: &'static Self;

    /// Refuses what cannot be sent.
    fn check(&self) -> Result<(), BuildError>;
    /// Writes those that are set.
    fn write(&self, data: &mut Writer) -> Result<(), BuildError>;
}

/// The entries of `data` that change the messages which the event triggers.
#[derive(Clone, Default)]
pub(super) struct ReservedData {
    pub(super) recipient: Option<Text>,
    pub(super) from_address: Option<Text>,
    pub(super) reply_to: Option<Text>,
}

impl Reserved for ReservedData {
    const NOTHING: &'static Self = &Self { recipient: None, from_address: None, reply_to: None };

    fn check(&self) -> Result<(), BuildError> {
        self.recipient.as_ref().map_or(Ok(()), |recipient| check_visible("the recipient", recipient))?;
        // They become headers of e-mails.
        check_lines([
            ("the recipient", self.recipient.as_deref()),
            ("`from_address`", self.from_address.as_deref()),
            ("`reply_to`", self.reply_to.as_deref()),
        ])
    }
    fn write(&self, data: &mut Writer) -> Result<(), BuildError> {
        data.optional("recipient", &self.recipient)?;
        data.optional("from_address", &self.from_address)?;
        data.optional("reply_to", &self.reply_to)
    }
}

/// Where nothing in the data means something to Customer.io.
impl Reserved for () {
    const NOTHING: &'static Self = &();

    fn check(&self) -> Result<(), BuildError> {
        Ok(())
    }
    fn write(&self, _: &mut Writer) -> Result<(), BuildError> {
        Ok(())
    }
}

impl<R: Reserved> EventBody<R> {
    pub(super) fn new(kind: EventType, name: impl AsRef<str>) -> Self {
        Self {
            kind,
            name: Text::new(name),
            anonymous_id: None,
            id: None,
            timestamp: None,
            reserved: Rare(None),
            data: None,
        }
    }

    // By reference, as is `encode`: an event is large, and moving it takes as long as encoding some of its fields.
    pub(super) fn set_data(&mut self, what: &'static str, data: &impl Serialize) {
        self.data = Some(Attributes::new(what, data));
    }

    /// Gives the event the id and the time that it does not have yet.
    pub(super) fn stamp(&mut self, moment: &Moment) {
        self.id.get_or_insert_with(|| EventId::new(moment));
        self.timestamp.get_or_insert_with(|| moment.timestamp());
    }

    pub(super) fn replay(&self) -> Replay {
        if self.id.is_some() { Replay::Safe } else { Replay::OnlyIfNotSent }
    }

    /// Refuses what Customer.io would drop, sizes but that of the name aside.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        const NAME: &str = "the event's name";
        check_visible(NAME, &self.name)?;
        // The name of a page is its URL, which is as long as it is: what is limited are names of events and screens.
        if self.name.len() > limits.event_name && self.kind != EventType::Page {
            // Customer.io cuts off surrounding blanks, so they do not count.
            check_bytes(NAME, self.name.trim().len(), limits.event_name)?;
        }
        self.anonymous_id.as_ref().map_or(Ok(()), |id| check_visible("the anonymous id", id))?;
        self.reserved.check()
    }

    /// The data as an object, if there is any: for a [`Writer`] to hold.
    pub(super) fn take_data(&mut self) -> Result<Option<Vec<u8>>, BuildError> {
        let data = self.data.take();
        if self.reserved.0.is_none() {
            return data.map(Attributes::into_json).transpose();
        }
        let is_given = data.is_some();
        let mut writer = Writer::before(data.unwrap_or(Attributes::empty()))?;
        let nothing = writer.written();
        self.reserved.write(&mut writer)?;
        Ok((is_given || writer.written() > nothing).then(|| writer.merge()))
    }

    pub(super) fn encode(&mut self, limits: &Limits) -> Result<Body, BuildError> {
        self.check(limits)?;
        let data = self.take_data()?;
        check_bytes("the event's data", data.as_ref().map_or(0, Vec::len), limits.event_data)?;
        let has_data = data.is_some();
        let mut body = Writer::holding(data.unwrap_or_default());
        body.field("name", &self.name)?;
        body.field("type", self.kind.as_str())?;
        body.optional("anonymous_id", &self.anonymous_id)?;
        body.optional("id", &self.id)?;
        body.optional("timestamp", &self.timestamp)?;
        if has_data {
            body.place("data");
        }
        Ok(Body::encoded(body.merge()))
    }
}
