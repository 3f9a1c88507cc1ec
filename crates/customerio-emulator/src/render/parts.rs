//! Which parts a message of a channel has.

use serde_json::Value;

use crate::{Channel, Message};

/// A part of a message: what templates call it, and the field of a request that has it instead.
pub(crate) struct Slot {
    pub(crate) name: &'static str,
    pub(crate) field: Option<&'static str>,
}

const fn both(name: &'static str, field: &'static str) -> Slot {
    Slot { name, field: Some(field) }
}

const fn of_template(name: &'static str) -> Slot {
    Slot { name, field: None }
}

const EMAIL: &[Slot] = &[
    both("to", "to"),
    both("from", "from"),
    both("reply_to", "reply_to"),
    both("cc", "cc"),
    both("bcc", "bcc"),
    both("subject", "subject"),
    both("preheader", "preheader"),
    both("html", "body"),
    both("text", "body_plain"),
    both("amp", "body_amp"),
];

const PUSH: &[Slot] = &[
    both("to", "to"),
    both("title", "title"),
    both("message", "message"),
    both("image_url", "image_url"),
    both("link", "link"),
];

const TEXT: &[Slot] = &[both("to", "to"), both("from", "from"), of_template("text")];
const IN_APP: &[Slot] = &[of_template("html")];
const INBOX: &[Slot] = &[both("to", "to")];

/// The parts of a channel's messages.
pub(crate) const fn slots(channel: Channel) -> &'static [Slot] {
    match channel {
        Channel::Email => EMAIL,
        Channel::Push => PUSH,
        Channel::Sms | Channel::WhatsApp => TEXT,
        Channel::InApp => IN_APP,
        Channel::Inbox => INBOX,
    }
}

/// The parts without all of which there is nothing to read. If none are named, the app shows what it likes.
pub(crate) const fn content(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Email => &["html", "text"],
        Channel::Push => &["title", "message"],
        Channel::Sms | Channel::WhatsApp => &["text"],
        Channel::InApp => &["html"],
        Channel::Inbox => &[],
    }
}

/// The fields of a request that are JSON, in whose texts there may be Liquid.
pub(crate) const fn payloads(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Push => &["custom_data", "custom_payload"],
        _ => &[],
    }
}

/// The part that is plain text.
pub(crate) const fn plain(channel: Channel) -> &'static str {
    match channel {
        Channel::Push => "message",
        _ => "text",
    }
}

impl Message {
    /// A part as the recipient gets it; of one that could not be rendered, its source.
    pub(crate) fn part(&self, name: &str) -> Option<String> {
        let part = self.rendered.as_ref().and_then(|rendered| rendered.part(name));
        let text = part.and_then(|part| part.text.as_deref().or(part.source.as_deref()));
        text.map(str::to_owned).or_else(|| self.said(name))
    }

    /// A field of the request that is JSON, as the recipient gets it; of one that could not be rendered, its source.
    pub(crate) fn payload(&self, name: &str) -> Option<Value> {
        let part = self.rendered.as_ref().and_then(|rendered| rendered.part(name));
        let rendered = part.and_then(|part| part.text.as_deref()).and_then(|text| serde_json::from_str(text).ok());
        rendered.or_else(|| Some(self.body()[name].take()).filter(|value| !value.is_null()))
    }

    /// The source of a part, where something else was made of it, or could not be.
    #[cfg(feature = "control")]
    pub(crate) fn source(&self, name: &str) -> Option<String> {
        let part = self.rendered.as_ref().and_then(|rendered| rendered.part(name));
        part.and_then(|part| part.source.as_deref()).map(str::to_owned).or_else(|| self.said(name))
    }

    /// A part as the request has it.
    fn said(&self, name: &str) -> Option<String> {
        let field = slots(self.channel).iter().find(|slot| slot.name == name)?.field?;
        match self.body()[field].take() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}
