//! What events have in common: of people and of unknown visitors, in version 1 of the API and in version 2.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    BuildError, BuildErrorKind, EventId, Limits, Moment, Replay, Timestamp,
    json::{self, Fields},
    limits::check_bytes,
};

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventType {
    /// Something that the person did.
    Event,
    /// A view of a web page; the name is its URL.
    Page,
    /// A view of a screen of an app; the name is the screen's.
    Screen,
}

impl EventType {
    /// As the API writes it: `event`, `page` or `screen`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Page => "page",
            Self::Screen => "screen",
        }
    }
}

pub(super) struct EventBody<'a, D: ?Sized, R = ReservedData<'a>> {
    pub(super) kind: EventType,
    pub(super) name: &'a str,
    pub(super) anonymous_id: Option<&'a str>,
    pub(super) id: Option<EventId>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) reserved: R,
    pub(super) data: Option<&'a D>,
}

/// The entries of `data` that change the messages which the event triggers.
#[derive(Clone, Copy, Default)]
pub(super) struct ReservedData<'a> {
    pub(super) recipient: Option<&'a str>,
    pub(super) from_address: Option<&'a str>,
    pub(super) reply_to: Option<&'a str>,
}

/// The entries of an event's data that mean something to Customer.io.
pub(super) trait Reserved: Copy + Default {
    /// Refuses what cannot be sent.
    fn check(&self) -> Result<(), BuildError>;
    /// Whether none of them is set.
    fn is_empty(&self) -> bool;
    /// Writes those that are set.
    fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error>;
}

impl Reserved for ReservedData<'_> {
    fn check(&self) -> Result<(), BuildError> {
        if self.recipient.is_some_and(|recipient| recipient.trim().is_empty()) {
            return Err(BuildError::new("the recipient", BuildErrorKind::Empty));
        }
        Ok(())
    }
    fn is_empty(&self) -> bool {
        self.recipient.or(self.from_address).or(self.reply_to).is_none()
    }
    fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        fields.optional("recipient", self.recipient.as_ref())?;
        fields.optional("from_address", self.from_address.as_ref())?;
        fields.optional("reply_to", self.reply_to.as_ref())
    }
}

impl<'a, D: ?Sized, R: Reserved> EventBody<'a, D, R> {
    pub(super) fn new(kind: EventType, name: &'a str) -> Self {
        Self { kind, name, anonymous_id: None, id: None, timestamp: None, reserved: R::default(), data: None }
    }

    pub(super) fn with_data<E: ?Sized>(self, data: &'a E) -> EventBody<'a, E, R> {
        EventBody {
            kind: self.kind,
            name: self.name,
            anonymous_id: self.anonymous_id,
            id: self.id,
            timestamp: self.timestamp,
            reserved: self.reserved,
            data: Some(data),
        }
    }

    /// The body with the id and the time that it does not have yet; `None` where it has both.
    pub(super) fn capture(&self, moment: &Moment) -> Option<Self> {
        (self.id.is_none() || self.timestamp.is_none()).then(|| Self {
            id: self.id.or_else(|| Some(EventId::new(moment))),
            timestamp: self.timestamp.or_else(|| Some(moment.timestamp())),
            ..*self
        })
    }

    pub(super) fn replay(&self) -> Replay {
        if self.id.is_some() { Replay::Safe } else { Replay::OnlyIfNotSent }
    }

    /// Refuses what Customer.io would drop, sizes but that of the name aside.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        const NAME: &str = "the event's name";
        // Customer.io cuts off surrounding blanks, so they do not count.
        let name = self.name.trim();
        if name.is_empty() {
            return Err(BuildError::new(NAME, BuildErrorKind::Empty));
        }
        check_bytes(NAME, name.len(), limits.event_name)?;
        if self.anonymous_id.is_some_and(|id| id.trim().is_empty()) {
            return Err(BuildError::new("the anonymous id", BuildErrorKind::Empty));
        }
        self.reserved.check()
    }

    /// The data, if there is any.
    pub(super) fn data(&self) -> Option<Data<'a, '_, D, R>> {
        (self.data.is_some() || !self.reserved.is_empty()).then_some(Data(self))
    }
}

impl<D: Serialize + ?Sized> EventBody<'_, D> {
    pub(super) fn encode(&self, limits: &Limits) -> Result<crate::Body, BuildError> {
        self.check(limits)?;
        let body = crate::Body::json(self)?;
        // Only where the whole body is over the limit can the data be, so it is encoded again in that case alone.
        if body.bytes().len() > limits.event_data {
            check_bytes("the event's data", json::encode(&Data(self))?.len(), limits.event_data)?;
        }
        Ok(body)
    }
}

impl<D: Serialize + ?Sized> Serialize for EventBody<'_, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.field("name", self.name)?;
        fields.field("type", self.kind.as_str())?;
        fields.optional("anonymous_id", self.anonymous_id.as_ref())?;
        fields.optional("id", self.id.as_ref())?;
        fields.optional("timestamp", self.timestamp.as_ref())?;
        fields.optional("data", self.data().as_ref())?;
        fields.end()
    }
}

pub(super) struct Data<'a, 'b, D: ?Sized, R>(&'b EventBody<'a, D, R>);

impl<D: Serialize + ?Sized, R: Reserved> Serialize for Data<'_, '_, D, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        self.0.reserved.write(&mut fields)?;
        if let Some(data) = self.0.data {
            fields.rest(data)?;
        }
        fields.end()
    }
}
