//! What the transactional messages of all channels have in common.
//!
//! <https://docs.customer.io/integrations/api/app/#tag/Send-Messages>

use std::collections::BTreeSet;

use serde::{Serialize, Serializer, ser::Error as _};

use crate::{
    Body, BuildError, DeliveryId, Limits, PersonId, Timestamp, TransactionalMessageId,
    entity::{entity, returned},
    json::{Attributes, Reason, Writer},
    limits::check_bytes,
    text::Text,
};

/// Room for what a message has besides attachments: most have less.
const ROOM: usize = 1024;

/// Writes the named fields of `$from` that are set.
macro_rules! write_set {
    ($body:ident, $from:ident: $($field:ident)*) => {
        $(if let Some(value) = &$from.$field {
            $body.field(stringify!($field), value)?;
        })*
    };
}
pub(in crate::app) use write_set;

/// The fields that several channels have. Each channel has only the setters of its own contract, and a field that is
/// not set is not sent.
#[derive(Clone, Default)]
pub(in crate::app) struct MessageFields {
    pub(in crate::app) transactional_message_id: Option<TransactionalMessageId>,
    pub(in crate::app) identifiers: Option<PersonId>,
    pub(in crate::app) tracked: Option<bool>,
    pub(in crate::app) disable_message_retention: Option<bool>,
    pub(in crate::app) send_to_unsubscribed: Option<bool>,
    pub(in crate::app) queue_draft: Option<bool>,
    pub(in crate::app) send_at: Option<Timestamp>,
    pub(in crate::app) language: Option<Text>,
    pub(in crate::app) auto_create: Option<bool>,
    message_data: Option<Attributes>,
}

impl MessageFields {
    pub(in crate::app) fn new(message: impl Into<TransactionalMessageId>, person: impl Into<PersonId>) -> Self {
        Self { transactional_message_id: Some(message.into()), identifiers: Some(person.into()), ..Self::default() }
    }

    pub(in crate::app) fn set_message_data(&mut self, data: &impl Serialize) {
        self.message_data = Some(Attributes::new("the message data", data));
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.transactional_message_id.as_ref().map_or(Ok(()), TransactionalMessageId::check)?;
        self.identifiers.as_ref().map_or(Ok(()), |person| person.check(limits))
    }

    /// The body of a message whose own fields `write` writes first, and of which `attachments` bytes are attachments.
    pub(in crate::app) fn encode(
        self,
        attachments: usize,
        limits: &Limits,
        write: impl FnOnce(&mut Writer) -> Result<(), BuildError>,
    ) -> Result<Body, BuildError> {
        self.check(limits)?;
        let data = self.message_data.map(Attributes::into_json).transpose()?;
        let has_data = data.is_some();
        // The data's buffer becomes the body's, unless that would move the attachments, which are large.
        let (held, copied) = match data {
            Some(data) if attachments == 0 => (data, Vec::new()),
            data => {
                let data = data.unwrap_or_default();
                (Vec::with_capacity(attachments + data.len() + ROOM), data)
            }
        };
        let mut body = Writer::holding(held);
        write(&mut body)?;
        write_set!(body, self: transactional_message_id identifiers tracked disable_message_retention);
        write_set!(body, self: send_to_unsubscribed queue_draft send_at language auto_create);
        match copied.as_slice() {
            [] if has_data => body.place("message_data"),
            [] => {}
            data => body.field_of("message_data", data),
        }
        let body = body.merge();
        check_bytes("the message", body.len() - attachments, limits.message)?;
        Ok(Body::encoded(body))
    }
}

/// The setters of the named fields of [`MessageFields`].
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
        /// Whether it is also sent to people who have unsubscribed. Default: as the transactional message says.
        with_send_to_unsubscribed, common.send_to_unsubscribed: bool;
    }};
    (@queue_draft) => { $crate::macros::setters! {
        /// Whether it is held as a draft, to be sent by hand. Default: false.
        with_queue_draft, common.queue_draft: bool;
    }};
    (@send_at) => { $crate::macros::setters! {
        /// When it is sent, up to 90 days ahead; a time in the past means now.
        with_send_at, common.send_at: time;
    }};
    (@language) => { $crate::macros::setters! {
        /// The language, instead of the person's: a code such as `en` or `pt-BR`.
        with_language, common.language: text;
    }};
    (@auto_create) => { $crate::macros::setters! {
        /// Whether a trigger name that no transactional message has creates a new, empty one. Default: false. It has no
        /// effect on a number.
        with_auto_create, common.auto_create: bool;
    }};
    ($($field:ident)*) => { $($crate::app::send::message::common_setters!(@$field);)* };
}

pub(super) use common_setters;

entity! {
    /// A message that Customer.io has accepted.
    pub struct SentMessage: Debug {
        /// The id of the message: reporting webhooks and metrics name it.
        pub delivery_id: DeliveryId,
        /// When Customer.io accepted it, if the response says so. The message can be sent later.
        pub queued_at: Option<Timestamp>,
        /// When it will be sent, if `send_at` asked for a future time.
        pub send_at: Option<Timestamp>,
    }
}

returned!(SentMessage = r#"{"delivery_id":"RPIL","queued_at":1700000000}"#);

/// Names and values, as an object. A name that appears twice is refused: which of the two counts is up to the reader.
#[derive(Clone, Default)]
pub(in crate::app) struct Pairs(Vec<(Text, Text)>);

impl Pairs {
    pub(in crate::app) fn new(pairs: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (Text::new(name), Text::new(value))).collect())
    }

    pub(in crate::app) fn push(&mut self, name: impl AsRef<str>, value: impl AsRef<str>) {
        self.0.push((Text::new(name), Text::new(value)));
    }

    pub(in crate::app) fn as_slice(&self) -> &[(Text, Text)] {
        &self.0
    }

    pub(in crate::app) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !are_distinct(self.0.iter().map(|(name, _)| name)) {
            return Err(S::Error::custom(Reason("a key is given twice")));
        }
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Whether no name appears twice.
pub(in crate::app) fn are_distinct<T: Ord>(names: impl ExactSizeIterator<Item = T>) -> bool {
    let mut before = BTreeSet::new();
    names.len() < 2 || names.into_iter().all(|name| before.insert(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http::Response;

    use super::*;
    use crate::{
        DecodeFailure, FromResponse,
        app::send::SendInApp,
        testing::{body, refused_app},
    };

    #[test]
    fn data_is_checked_through_the_common_fields() {
        let nan = BTreeMap::from([("score", f64::NAN)]);
        for (error, expected) in [
            (
                refused_app(SendInApp::new(1, "42").with_message_data(&nan)),
                "`score` is NaN: as JSON it would be null, which erases an attribute",
            ),
            (
                refused_app(SendInApp::new(1, "42").with_message_data([1])),
                "the message data must be an object, not a list",
            ),
            (
                refused_app(SendInApp::new(1, "42").with_send_at(1_700_000_000_000_i64)),
                "`send_at` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn data_that_says_nothing_is_an_empty_object() {
        let message = SendInApp::new(1, "42").with_message_data(());
        let expected = r#"{"transactional_message_id":1,"identifiers":{"id":"42"},"message_data":{}}"#;
        assert_eq!(body(message), expected);
    }

    fn read(body: &'static str) -> Result<SentMessage, DecodeFailure> {
        SentMessage::from_response(&Response::new(body.into()))
    }

    #[test]
    fn the_response_keeps_what_it_does_not_know() {
        let sent = read(r#"{"delivery_id":"RPIL","queued_at":1700000000,"send_at":1700000100,"new":[1]}"#).unwrap();
        assert_eq!(sent.delivery_id.as_str(), "RPIL");
        assert_eq!((sent.queued_at, sent.send_at), (Some(1_700_000_000.into()), Some(1_700_000_100.into())));
        assert_eq!(sent.extra["new"], serde_json::json!([1]));
        assert_eq!(read(r#"{"delivery_id":"R","queued_at":1,"send_at":null}"#).unwrap().send_at, None);
    }

    #[test]
    fn a_response_without_times_still_gives_the_delivery() {
        let sent = read(r#"{"delivery_id":"RPIL"}"#).unwrap();
        assert_eq!((sent.delivery_id.as_str(), sent.queued_at, sent.send_at), ("RPIL", None, None));
        assert_eq!(serde_json::to_string(&sent).unwrap(), r#"{"delivery_id":"RPIL"}"#);
        for (queued_at, expected) in [
            ("1700000000", Some(1_700_000_000.into())),
            ("\"1700000000\"", Some(1_700_000_000.into())),
            ("\"2023-11-14T22:13:20Z\"", Some(1_700_000_000.into())),
            ("null", None),
            ("\"soon\"", None),
            ("1.5e300", None),
            ("{\"at\":1}", None),
        ] {
            let body = format!(r#"{{"delivery_id":"RPIL","queued_at":{queued_at},"send_at":[]}}"#);
            let sent = SentMessage::from_response(&Response::new(body.into())).unwrap();
            assert_eq!((sent.delivery_id.as_str(), sent.queued_at, sent.send_at), ("RPIL", expected, None));
        }
    }

    #[test]
    fn a_response_without_an_id_is_not_read_as_one() {
        for body in ["{}", "null", "<html>", r#"{"delivery_id":null,"queued_at":1}"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
