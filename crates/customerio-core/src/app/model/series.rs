//! Numbers over time.

use std::collections::BTreeMap;

use crate::{
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// How many messages reached which metric, period by period.
    pub struct Metrics: Debug {
        /// The numbers.
        pub metric: Series,
        /// The start of the first period, as the service writes it, such as `2025-01-02 00:00:00 +0000 UTC`.
        pub start: Option<String>,
        /// The end of the last period, in the form of [`start`](Self::start).
        pub end: Option<String>,
        /// How long a period is, such as `days`.
        pub resolution: Option<String> = "res",
        /// The numbers of each translation, by the number of its action: of an action of a campaign that has translations.
        pub language_variants: BTreeMap<String, LanguageVariant>,
    }
}

returned!(Metrics = r#"{"metric":{"series":{"sent":[0,17]}}}"#);

entity! {
    /// Numbers by the name of the metric, such as `delivered`: one a period, the oldest first.
    ///
    /// Only the names that the service counts for this kind of message are there, and they can change.
    pub struct Series: Debug {
        /// The numbers.
        pub series: BTreeMap<String, Vec<i64>>,
    }
}

entity! {
    /// How many messages in one language reached which metric, period by period.
    pub struct LanguageVariant: Debug {
        /// Whether it is the text for people whose language has no translation.
        pub is_default: Option<bool> = "default",
        /// The language; empty if it has none.
        pub language: Option<String>,
        /// The numbers by the name of the metric, as in [`Series::series`].
        pub series: BTreeMap<String, Vec<i64>>,
    }
}

entity! {
    /// How often a link was clicked.
    pub struct LinkMetrics: Debug {
        /// The link.
        pub link: Option<Link>,
        /// How often it was clicked, period by period.
        pub metric: Option<Series>,
    }
}

listed!(LinkMetrics in "links" = r#"{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}"#);

entity! {
    /// A link in a message.
    pub struct Link: Debug {
        /// The id.
        pub id: Option<u64>,
        /// The URL.
        pub href: Option<String>,
    }
}
