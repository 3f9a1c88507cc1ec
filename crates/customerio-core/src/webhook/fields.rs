//! How events are read: every field that has the right shape, and nothing that would make the rest unreadable.
//!
//! The vendor's contract and its examples disagree on some types (`journey_id` is a string in one and a number in the
//! other), and an event that is refused holds all later ones back. So a field is read by itself: if it is absent, `null`
//! or of another shape it has no value, and the event's JSON still has it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    ActionId, BroadcastId, CampaignId, ContentId, DeliveryId, JourneyId, NewsletterId, Timestamp,
    TransactionalMessageId, TriggerId,
};

/// The fields of a JSON object. Of a name that comes twice the last counts, as in most readers.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Fields<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// The fields of `json`; none if it is not an object.
    pub(super) fn of(json: &'a RawValue) -> Self {
        serde_json::from_str(json.get()).unwrap_or_default()
    }

    pub(super) fn object(&self, name: &str) -> Self {
        self.0.get(name).map(|json| Self::of(json)).unwrap_or_default()
    }

    pub(super) fn read<T: Read>(&self, name: &str) -> T {
        self.0.get(name).map(|json| T::read(json)).unwrap_or_default()
    }
}

/// A type that a field can have. Its default is what it is without the field.
pub(super) trait Read: Default {
    fn read(json: &RawValue) -> Self;
}

/// A string, or the JSON of what should be one: numbers and objects come in the place of strings.
impl Read for Option<String> {
    fn read(json: &RawValue) -> Self {
        match json.get() {
            "null" => None,
            text if text.starts_with('"') => serde_json::from_str(text).ok(),
            other => Some(other.to_owned()),
        }
    }
}

/// What can be written as a string too.
macro_rules! read_text {
    ($($type:ty)*) => {$(
        impl Read for Option<$type> {
            fn read(json: &RawValue) -> Self {
                Option::<String>::read(json)?.trim().parse().ok()
            }
        }
    )*};
}

read_text!(u64 i64 bool);
read_text!(ActionId BroadcastId CampaignId ContentId NewsletterId TriggerId);
read_text!(DeliveryId JourneyId TransactionalMessageId);

impl Read for Option<Timestamp> {
    fn read(json: &RawValue) -> Self {
        Option::<i64>::read(json).map(Timestamp::from)
    }
}

/// A list, without those of its items that have another shape; or one value that should have been a list of one.
impl<T> Read for Vec<T>
where
    Option<T>: Read,
{
    fn read(json: &RawValue) -> Self {
        let items: Vec<&RawValue> = serde_json::from_str(json.get()).unwrap_or_else(|_| vec![json]);
        items.into_iter().filter_map(Option::read).collect()
    }
}

/// An object of lists of strings: headers.
impl Read for BTreeMap<String, Vec<String>> {
    fn read(json: &RawValue) -> Self {
        Fields::of(json).0.into_iter().map(|(name, values)| (name, Vec::read(values))).collect()
    }
}

/// The metrics of an object type: an enum of them, and a struct of each one's own data.
///
/// The fields of all metrics are described here, once, because a name means the same wherever it stands.
macro_rules! metrics {
    ($(#[$about:meta])* $metrics:ident {
        $($(#[$doc:meta])* $metric:ident = $name:literal { $($field:ident),* })*
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $metrics {
            $($(#[$doc])* $metric($metric),)*
            /// A metric that this version does not know: [`Event::metric`](super::Event::metric) names it, and
            /// [`Event::json`](super::Event::json) is all of it.
            Unknown,
        }

        impl $metrics {
            pub(super) fn read(metric: &str, data: &super::fields::Fields<'_>) -> Self {
                match metric {
                    $($name => Self::$metric($metric::read(data)),)*
                    _ => Self::Unknown,
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq)]
            #[non_exhaustive]
            pub struct $metric {
                $(
                    #[doc = crate::webhook::fields::field!(doc $field)]
                    pub $field: crate::webhook::fields::field!(type $field),
                )*
            }

            crate::macros::opaque_debug!($metric);

            impl $metric {
                fn read(data: &super::fields::Fields<'_>) -> Self {
                    // Some metrics have no data of their own.
                    let _ = data;
                    Self { $($field: data.read(stringify!($field))),* }
                }
            }
        )*
    };
}

/// What a field is, and its type.
#[rustfmt::skip]
macro_rules! field {
    (doc content) => { "What was sent or chosen, where the webhook's settings ask for body content. An object is in it as JSON text." };
    (doc email_address) => { "The person's e-mail address." };
    (doc failure_message) => { "Why it did not go out or did not arrive." };
    (doc headers) => { "The custom headers, where the webhook's settings ask for body content: by name, the values of each." };
    (doc href) => { "Where the link leads." };
    (doc inbound_event_id) => { "The id of the reply." };
    (doc link_id) => { "The number of the tracked link." };
    (doc machine) => { "Whether a machine clicked, such as a scanner." };
    (doc prefetched) => { "Whether a machine opened it: a mail provider's prefetching, or a user agent that is known to be one." };
    (doc proxied) => { "Whether a proxy opened it, which hides the person's address." };
    (doc recipient) => { "Whom it went to, or for a reply who it came from: an e-mail address, a phone number, a channel, a URL or a person's identifier, as the channel has it." };
    (doc recipients) => { "The devices." };
    (doc subject) => { "The subject line." };
    (doc synthetic) => { "Whether the opening was inferred from a click that came before it." };
    (doc to) => { "The phone number that the person replied to: the sender of the message." };
    (doc tracked_response) => { "The name of the action that was tapped." };

    (type headers) => { std::collections::BTreeMap<String, Vec<String>> };
    (type link_id) => { Option<u64> };
    (type machine) => { Option<bool> };
    (type prefetched) => { Option<bool> };
    (type proxied) => { Option<bool> };
    (type recipients) => { Vec<Recipient> };
    (type synthetic) => { Option<bool> };
    (type $text:ident) => { Option<String> };
}

pub(super) use {field, metrics};

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Read>(json: &str) -> T {
        T::read(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn text_is_read_from_what_stands_for_it() {
        for (json, expected) in [
            (r#""a\u00fcb""#, Some("aüb")),
            (r#""""#, Some("")),
            ("42", Some("42")),
            ("1.50e3", Some("1.50e3")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            (r#"{"topics":{"topic_1":true}}"#, Some(r#"{"topics":{"topic_1":true}}"#)),
            ("null", None),
            // JSON can hold it, and text cannot.
            (r#""\ud800""#, None),
        ] {
            assert_eq!(read::<Option<String>>(json).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn numbers_and_booleans_are_read_from_strings_too() {
        for (json, expected) in [
            ("42", Some(42)),
            (r#""42""#, Some(42)),
            (r#"" 42 ""#, Some(42)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("-1", None),
            ("1.5", None),
            (r#""""#, None),
            (r#""x""#, None),
            ("null", None),
            ("[1]", None),
        ] {
            assert_eq!(read::<Option<u64>>(json), expected, "{json}");
        }
        for (json, expected) in
            [("-5", Some((-5).into())), (r#""1700000000""#, Some(1_700_000_000.into())), ("{}", None)]
        {
            assert_eq!(read::<Option<Timestamp>>(json), expected, "{json}");
        }
        for (json, expected) in
            [("true", Some(true)), (r#""false""#, Some(false)), ("1", None), (r#""yes""#, None), ("null", None)]
        {
            assert_eq!(read::<Option<bool>>(json), expected, "{json}");
        }
    }

    #[test]
    fn lists_and_objects_keep_what_can_be_read() {
        assert_eq!(read::<Vec<String>>(r#"["a", 1, null, "b"]"#), ["a", "1", "b"]);
        assert_eq!(read::<Vec<String>>(r#""a""#), ["a"]);
        assert_eq!(read::<Vec<String>>("null"), [""; 0]);
        let headers = read::<BTreeMap<String, Vec<String>>>(r#"{"X-A": ["1", "2"], "X-B": "3", "X-C": null}"#);
        let expected = [("X-A", vec!["1", "2"]), ("X-B", vec!["3"]), ("X-C", vec![])];
        assert!(
            headers
                .iter()
                .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
                .eq(expected)
        );

        let of = |json| serde_json::from_str(json).unwrap();
        let fields = Fields::of(of(r#"{"a": 1, "a": 2, "b": {"c": 3}}"#));
        assert_eq!(fields.read::<Option<u64>>("a"), Some(2));
        assert_eq!(fields.object("b").read::<Option<u64>>("c"), Some(3));
        assert_eq!(fields.object("a").read::<Option<u64>>("c"), None);
        assert_eq!(Fields::of(of("[]")).read::<Option<u64>>("a"), None);
    }
}
