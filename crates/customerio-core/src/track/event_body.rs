//! The body that events of people and of unknown visitors have in common.

use serde::{Serialize, Serializer};

use crate::{
    BuildError, EventId, Moment, Problem, Replay, UnixSeconds,
    json::{self, Fields},
    limits,
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

pub(super) struct EventBody<'a, D: ?Sized> {
    pub(super) kind: EventType,
    pub(super) name: &'a str,
    pub(super) anonymous_id: Option<&'a str>,
    pub(super) id: Option<EventId>,
    pub(super) timestamp: Option<UnixSeconds>,
    pub(super) reserved: ReservedData<'a>,
    pub(super) data: Option<&'a D>,
}

/// The entries of `data` that change the messages which the event triggers.
#[derive(Clone, Copy, Default)]
pub(super) struct ReservedData<'a> {
    pub(super) recipient: Option<&'a str>,
    pub(super) from_address: Option<&'a str>,
    pub(super) reply_to: Option<&'a str>,
}

impl<'a, D: ?Sized> EventBody<'a, D> {
    pub(super) fn new(kind: EventType, name: &'a str) -> Self {
        Self {
            kind,
            name,
            anonymous_id: None,
            id: None,
            timestamp: None,
            reserved: ReservedData::default(),
            data: None,
        }
    }

    pub(super) fn with_data<E: ?Sized>(self, data: &'a E) -> EventBody<'a, E> {
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
            timestamp: self.timestamp.or_else(|| Some(moment.unix_seconds())),
            ..*self
        })
    }

    pub(super) fn replay(&self) -> Replay {
        if self.id.is_some() { Replay::Safe } else { Replay::OnlyIfNotSent }
    }
}

impl<D: Serialize + ?Sized> EventBody<'_, D> {
    pub(super) fn encode(&self) -> Result<crate::Body, BuildError> {
        let name = |problem| Err(BuildError::new("the event's name", problem));
        // Customer.io cuts off surrounding blanks, so they do not count.
        match self.name.trim().len() {
            0 => return name(Problem::Empty),
            bytes if bytes > limits::EVENT_NAME => {
                return name(Problem::TooLong { bytes, limit: limits::EVENT_NAME });
            }
            _ => {}
        }
        if self.anonymous_id.is_some_and(|id| id.trim().is_empty()) {
            return Err(BuildError::new("the anonymous id", Problem::Empty));
        }
        if self.reserved.recipient.is_some_and(|recipient| recipient.trim().is_empty()) {
            return Err(BuildError::new("the recipient", Problem::Empty));
        }
        let body = crate::Body::json(self)?;
        // Only where the whole body is over the limit can the data be, so it is encoded again in that case alone.
        if body.bytes().len() > limits::EVENT_DATA {
            let bytes = json::encode(&Data(self))?.len();
            if bytes > limits::EVENT_DATA {
                let problem = Problem::TooLong { bytes, limit: limits::EVENT_DATA };
                return Err(BuildError::new("the event's data", problem));
            }
        }
        Ok(body)
    }
}

impl<D: Serialize + ?Sized> Serialize for EventBody<'_, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ReservedData { recipient, from_address, reply_to } = self.reserved;
        let has_data = self.data.is_some() || recipient.or(from_address).or(reply_to).is_some();
        let mut fields = Fields::new(serializer)?;
        fields.field("name", self.name)?;
        fields.field("type", self.kind.as_str())?;
        fields.optional("anonymous_id", self.anonymous_id.as_ref())?;
        fields.optional("id", self.id.as_ref())?;
        fields.optional("timestamp", self.timestamp.as_ref())?;
        fields.optional("data", has_data.then_some(Data(self)).as_ref())?;
        fields.end()
    }
}

struct Data<'a, 'b, D: ?Sized>(&'b EventBody<'a, D>);

impl<D: Serialize + ?Sized> Serialize for Data<'_, '_, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.optional("recipient", self.0.reserved.recipient.as_ref())?;
        fields.optional("from_address", self.0.reserved.from_address.as_ref())?;
        fields.optional("reply_to", self.0.reserved.reply_to.as_ref())?;
        if let Some(data) = self.0.data {
            fields.rest(data)?;
        }
        fields.end()
    }
}
