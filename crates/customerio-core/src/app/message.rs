//! What the transactional messages of all channels have in common.
//!
//! Limits: 1 MB without attachments; `send_at` up to 90 days ahead.
//! <https://docs.customer.io/integrations/api/app/#tag/Send-Messages>

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize, Serializer, ser::Error as _};

use crate::{
    Body, BuildError, BuildErrorKind, DecodeFailure, Limits, Nothing, PersonId, Timestamp, decode_json, json::Object,
    limits::check_bytes,
};

/// Names a transactional message of the workspace: by its number, or by its trigger name.
///
/// ```
/// use customerio_core::app::TransactionalMessageId;
///
/// assert_eq!(TransactionalMessageId::from(44), TransactionalMessageId::Id(44));
/// assert_eq!(TransactionalMessageId::from("password_reset"), TransactionalMessageId::Name("password_reset"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum TransactionalMessageId<'a> {
    /// The number, as in the message's URL.
    Id(u64),
    /// The trigger name, in any case.
    Name(&'a str),
}

impl TransactionalMessageId<'_> {
    pub(super) fn check(self) -> Result<(), BuildError> {
        match self {
            Self::Name(name) if name.trim().is_empty() => {
                Err(BuildError::new("the trigger name", BuildErrorKind::Empty))
            }
            Self::Id(_) | Self::Name(_) => Ok(()),
        }
    }
}

impl From<u64> for TransactionalMessageId<'_> {
    fn from(id: u64) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a str> for TransactionalMessageId<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

/// The fields that several channels have. Each channel offers the setters of its own contract alone, and a field that is
/// not set is not sent.
#[derive(Default, Serialize)]
#[serde(bound = "D: Serialize")]
pub(super) struct Common<'a, D: ?Sized> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transactional_message_id: Option<TransactionalMessageId<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identifiers: Option<PersonId<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tracked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disable_message_retention: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) send_to_unsubscribed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) queue_draft: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) send_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auto_create: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_data: Option<Object<'a, D>>,
}

impl<'a> Common<'a, Nothing> {
    pub(super) fn new(template: impl Into<TransactionalMessageId<'a>>, person: impl Into<PersonId<'a>>) -> Self {
        Self { transactional_message_id: Some(template.into()), identifiers: Some(person.into()), ..Self::default() }
    }
}

impl<'a, D: ?Sized> Common<'a, D> {
    pub(super) fn with_message_data<E: ?Sized>(self, data: &'a E) -> Common<'a, E> {
        Common {
            transactional_message_id: self.transactional_message_id,
            identifiers: self.identifiers,
            tracked: self.tracked,
            disable_message_retention: self.disable_message_retention,
            send_to_unsubscribed: self.send_to_unsubscribed,
            queue_draft: self.queue_draft,
            send_at: self.send_at,
            language: self.language,
            auto_create: self.auto_create,
            message_data: Some(Object(data)),
        }
    }

    pub(super) fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.transactional_message_id.map_or(Ok(()), TransactionalMessageId::check)?;
        self.identifiers.map_or(Ok(()), |person| person.check(limits))
    }
}

/// The setters of the named fields of [`Common`].
macro_rules! common_setters {
    (@tracked_links) => { $crate::macros::setters! {
        /// Whether clicks on links are tracked. Default: as the transactional message says.
        with_tracked, common.tracked: bool;
    }};
    (@disable_message_retention) => { $crate::macros::setters! {
        /// Whether the message's text is kept out of the delivery history. Default: as the transactional message says.
        with_disable_message_retention, common.disable_message_retention: bool;
    }};
    (@send_to_unsubscribed) => { $crate::macros::setters! {
        /// Whether it goes to a person who has unsubscribed too. Default: as the transactional message says.
        with_send_to_unsubscribed, common.send_to_unsubscribed: bool;
    }};
    (@queue_draft) => { $crate::macros::setters! {
        /// Whether it is held as a draft, to be sent by hand. Default: false.
        with_queue_draft, common.queue_draft: bool;
    }};
    (@send_at) => { $crate::macros::setters! {
        /// When it goes out, up to 90 days ahead; a time in the past is now.
        with_send_at, common.send_at: Timestamp;
    }};
    (@language) => { $crate::macros::setters! {
        /// The language, instead of the person's: a code such as `en` or `pt-BR`.
        with_language, common.language: &'a str;
    }};
    (@auto_create) => { $crate::macros::setters! {
        /// Whether a trigger name that no transactional message has makes a new, empty one. Default: false. It has no
        /// effect for a number.
        with_auto_create, common.auto_create: bool;
    }};
    ($($field:ident)*) => { $($crate::app::message::common_setters!(@$field);)* };
}

pub(super) use common_setters;

/// A message that Customer.io has taken to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// The id of the message: reporting webhooks and metrics name it.
    pub delivery_id: String,
    /// When Customer.io took it; not when it goes out, if that is later.
    pub queued_at: Timestamp,
    /// When it goes out, if `send_at` asked for a time to come.
    #[serde(default)]
    pub send_at: Option<Timestamp>,
    /// What else the answer has.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

pub(super) fn decode(response: &Response<Bytes>) -> Result<SentMessage, DecodeFailure> {
    decode_json(response)
}

/// Encodes a message of which `attachments` bytes are attachments.
pub(super) fn encode(message: &impl Serialize, attachments: usize, limits: &Limits) -> Result<Body, BuildError> {
    let body = Body::json(message)?;
    check_bytes("the message", body.bytes().len() - attachments, limits.message)?;
    Ok(body)
}

/// Writes pairs as an object, and refuses a key that stands twice: which of the two counts is up to the reader.
pub(super) fn serialize_pairs<S: Serializer>(pairs: &[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut keys = BTreeSet::new();
    if !pairs.iter().all(|(key, _)| keys.insert(key)) {
        return Err(S::Error::custom("a key is given twice"));
    }
    serializer.collect_map(pairs.iter().copied())
}

/// Refuses an argument of no characters.
pub(super) fn check_text(what: &'static str, value: &str) -> Result<(), BuildError> {
    if value.trim().is_empty() { Err(BuildError::new(what, BuildErrorKind::Empty)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{app::SendInApp, testing::refused_app};

    #[test]
    fn data_is_checked_through_the_common_fields() {
        let nan = BTreeMap::from([("score", f64::NAN)]);
        for (error, expected) in [
            (refused_app(&SendInApp::new(1, "42").with_message_data(&nan)), "a number is NaN or infinite"),
            (refused_app(&SendInApp::new(1, "42").with_message_data(&[1])), "attributes and data must be an object"),
            (
                refused_app(&SendInApp::new(1, "42").with_send_at(1_700_000_000_000.into())),
                "1700000000000 is not a time in seconds",
            ),
        ] {
            let error = error.to_string();
            assert!(error.starts_with(&format!("the body cannot be sent: {expected}")), "{error}");
        }
    }

    fn read(body: &'static str) -> Result<SentMessage, DecodeFailure> {
        decode(&Response::new(body.into()))
    }

    #[test]
    fn the_answer_keeps_what_it_does_not_know() {
        let sent = read(r#"{"delivery_id":"RPIL","queued_at":1700000000,"send_at":1700000100,"new":[1]}"#).unwrap();
        assert_eq!(sent.delivery_id, "RPIL");
        assert_eq!((sent.queued_at, sent.send_at), (1_700_000_000.into(), Some(1_700_000_100.into())));
        assert_eq!(sent.extra["new"], serde_json::json!([1]));
        assert_eq!(read(r#"{"delivery_id":"R","queued_at":1,"send_at":null}"#).unwrap().send_at, None);
    }

    #[test]
    fn an_answer_without_an_id_is_not_read_as_one() {
        for body in ["{}", "null", "<html>", r#"{"delivery_id":null,"queued_at":1}"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
