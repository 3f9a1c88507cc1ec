//! What the transactional messages of all channels have in common.
//!
//! Limits: 1 MB without attachments; `send_at` up to 90 days ahead.
//! <https://docs.customer.io/integrations/api/app/#tag/Send-Messages>

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize};

use crate::{Body, BuildError, Problem, UnixSeconds, Unreadable, decode_json, limits};

/// Names a transactional message of the workspace: by its number, or by its trigger name.
///
/// ```
/// use customerio_core::app::TemplateId;
///
/// assert_eq!(TemplateId::from(44), TemplateId::Id(44));
/// assert_eq!(TemplateId::from("password_reset"), TemplateId::Name("password_reset"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum TemplateId<'a> {
    /// The number, as in the message's URL.
    Id(u64),
    /// The trigger name, in any case.
    Name(&'a str),
}

impl TemplateId<'_> {
    pub(super) fn check(self) -> Result<(), BuildError> {
        match self {
            Self::Name(name) if name.trim().is_empty() => Err(BuildError::new("the trigger name", Problem::Empty)),
            Self::Id(_) | Self::Name(_) => Ok(()),
        }
    }
}

impl From<u64> for TemplateId<'_> {
    fn from(id: u64) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a str> for TemplateId<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

/// A message that Customer.io has taken to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// The id of the message: reporting webhooks and metrics name it.
    pub delivery_id: String,
    /// When Customer.io took it; not when it goes out, if that is later.
    pub queued_at: UnixSeconds,
    /// When it goes out, if `send_at` asked for a time to come.
    #[serde(default)]
    pub send_at: Option<UnixSeconds>,
    /// What else the answer has.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

pub(super) fn decode(response: &Response<Bytes>) -> Result<SentMessage, Unreadable> {
    decode_json(response)
}

/// Encodes a message of which `attachments` bytes are attachments.
pub(super) fn encode(message: &impl Serialize, attachments: usize) -> Result<Body, BuildError> {
    let body = Body::json(message)?;
    let bytes = body.bytes().len() - attachments;
    if bytes > limits::MESSAGE {
        return Err(BuildError::new("the message", Problem::TooLong { bytes, limit: limits::MESSAGE }));
    }
    Ok(body)
}

/// Refuses an argument of no characters.
pub(super) fn check_text(what: &'static str, value: &str) -> Result<(), BuildError> {
    if value.trim().is_empty() { Err(BuildError::new(what, Problem::Empty)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> Result<SentMessage, Unreadable> {
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
