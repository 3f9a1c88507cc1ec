//! Attributes of a person that mean something, in bodies.

use crate::contract::{
    identifier::EMAIL,
    shape::{Field, Need::May, Shape},
};

pub(crate) const ADDRESS: Field =
    ("email", May, Shape::Either("an e-mail address, or null or empty to remove it", &[EMAIL, REMOVED]));
pub(crate) const CIO_ID: Field = ("cio_id", May, Shape::Never("cannot be set"));
pub(crate) const CREATED_AT: Field = ("created_at", May, Shape::Nullable(&Shape::Timestamp));
pub(crate) const UPDATE: Field = ("_update", May, Shape::Boolean);
pub(crate) const UNSUBSCRIBED: Field = ("unsubscribed", May, Shape::Nullable(&Shape::Boolean));
pub(crate) const TOPIC_PREFERENCES: Field =
    (PREFERENCES, May, Shape::Nullable(&Shape::Open(&[("topics", May, TOPICS)], &Shape::Any)));

const REMOVED: Shape = Shape::Nullable(&Shape::OneOf(&[""]));

pub(crate) const PREFERENCES: &str = "cio_subscription_preferences";

/// What an attribute begins with that is one topic of the preferences, in dot notation.
pub(crate) const ONE_TOPIC: &str = "cio_subscription_preferences.topics.";

pub(crate) const TOPICS: Shape = Shape::Also(&Shape::Open(&[], &Shape::Boolean), |topics| {
    let is_topic = |name: &String| {
        let number = name.strip_prefix("topic_").and_then(|number| number.parse::<u32>().ok());
        number.is_some_and(|number| number > 0)
    };
    if topics.keys().all(is_topic) { Ok(()) } else { Err("must have names such as topic_1, from 1 on") }
});

/// What is not an attribute, or has its own limits.
pub(crate) const RESERVED: &[&str] =
    &["id", "email", "anonymous_id", "_timestamp", "_update", PREFERENCES, "cio_relationships"];
