//! Who gets a newsletter.

use serde::Serialize;

use crate::{BuildError, BuildErrorKind, SegmentId, macros::opaque_debug, text::Text, unseen::check_visible};

/// The recipients of a newsletter: the people who meet each of one or more conditions.
///
/// It can do less than [`Filter`](crate::app::Filter), which the service would refuse here: segments are in lists,
/// people are excluded by a list of segments or by a condition on an attribute, and nothing nests.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::newsletters::Recipients;
/// use serde_json::json;
///
/// // In segment 42 or 99, not in segment 7, and on another plan than "trial".
/// let recipients = Recipients::in_any_segment([42, 99])
///     .and(Recipients::in_no_segment([7]))
///     .and(Recipients::attribute_differs("plan", "trial"));
/// assert_eq!(
///     serde_json::to_value(&recipients)?,
///     json!({"and": [
///         {"or": [{"segment": {"id": 42}}, {"segment": {"id": 99}}]},
///         {"not": {"or": [{"segment": {"id": 7}}]}},
///         {"attribute": {"field": "plan", "operator": "eq", "value": "trial", "inverse": true}},
///     ]}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[doc(alias = "audience")]
#[doc(alias = "filter")]
pub struct Recipients {
    and: Vec<Condition>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    Or(Vec<Member>),
    Not {
        or: Vec<Member>,
    },
    Attribute {
        field: Text,
        #[serde(flatten)]
        test: Test,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        inverse: bool,
    },
}

#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Member {
    Segment { id: SegmentId },
}

/// A value belongs to `eq`, and to `eq` alone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "operator", rename_all = "snake_case")]
enum Test {
    Eq { value: Text },
    Exists,
}

impl Recipients {
    fn of(condition: Condition) -> Self {
        Self { and: vec![condition] }
    }

    /// Matches people in at least one of these segments; there must be at least one segment. A temporary segment, which
    /// an upload makes, is refused.
    #[must_use]
    pub fn in_any_segment(ids: impl IntoIterator<Item = impl Into<SegmentId>>) -> Self {
        Self::of(Condition::Or(members(ids)))
    }

    /// Matches people in none of these segments; there must be at least one segment.
    #[must_use]
    pub fn in_no_segment(ids: impl IntoIterator<Item = impl Into<SegmentId>>) -> Self {
        Self::of(Condition::Not { or: members(ids) })
    }

    /// Matches people whose attribute `field` has this value, as text: `true`, `42`.
    #[must_use]
    pub fn attribute_equals(field: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        Self::attribute(field, Test::Eq { value: Text::new(value) }, false)
    }

    /// Matches people whose attribute `field` has another value than this text: `true`, `42`.
    #[must_use]
    pub fn attribute_differs(field: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        Self::attribute(field, Test::Eq { value: Text::new(value) }, true)
    }

    /// Matches people who have the attribute `field`, whatever its value.
    #[must_use]
    pub fn attribute_exists(field: impl AsRef<str>) -> Self {
        Self::attribute(field, Test::Exists, false)
    }

    /// Matches people who do not have the attribute `field`.
    #[must_use]
    pub fn attribute_is_missing(field: impl AsRef<str>) -> Self {
        Self::attribute(field, Test::Exists, true)
    }

    fn attribute(field: impl AsRef<str>, test: Test, inverse: bool) -> Self {
        Self::of(Condition::Attribute { field: Text::new(field), test, inverse })
    }

    /// Matches people who meet the conditions of both.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.and.append(&mut other.and);
        self
    }

    /// Refuses what selects nobody or everybody by accident.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.and.iter().try_for_each(|condition| match condition {
            Condition::Or(members) | Condition::Not { or: members } if members.is_empty() => {
                Err(BuildError::new("a list of segments among the recipients", BuildErrorKind::Empty))
            }
            Condition::Or(members) | Condition::Not { or: members } => {
                members.iter().try_for_each(|Member::Segment { id }| id.check())
            }
            Condition::Attribute { field, .. } => check_visible("the name of an attribute among the recipients", field),
        })
    }
}

fn members(ids: impl IntoIterator<Item = impl Into<SegmentId>>) -> Vec<Member> {
    ids.into_iter().map(|id| Member::Segment { id: id.into() }).collect()
}

opaque_debug!(Recipients);

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::app::Filter;

    #[test]
    fn each_condition_stands_in_one_outer_list_and_has_one_key() {
        for (recipients, expected) in [
            (Recipients::in_any_segment([4]), r#"{"and":[{"or":[{"segment":{"id":4}}]}]}"#),
            (
                Recipients::in_no_segment([4, 5]),
                r#"{"and":[{"not":{"or":[{"segment":{"id":4}},{"segment":{"id":5}}]}}]}"#,
            ),
            (
                Recipients::attribute_equals("plan", "pro"),
                r#"{"and":[{"attribute":{"field":"plan","operator":"eq","value":"pro"}}]}"#,
            ),
            (
                Recipients::attribute_differs("plan", ""),
                r#"{"and":[{"attribute":{"field":"plan","operator":"eq","value":"","inverse":true}}]}"#,
            ),
            (Recipients::attribute_exists("plan"), r#"{"and":[{"attribute":{"field":"plan","operator":"exists"}}]}"#),
            (
                Recipients::attribute_is_missing("plan"),
                r#"{"and":[{"attribute":{"field":"plan","operator":"exists","inverse":true}}]}"#,
            ),
            (
                Recipients::in_any_segment([1])
                    .and(Recipients::in_any_segment([2]).and(Recipients::attribute_exists("a"))),
                "{\"and\":[{\"or\":[{\"segment\":{\"id\":1}}]},{\"or\":[{\"segment\":{\"id\":2}}]},\
                 {\"attribute\":{\"field\":\"a\",\"operator\":\"exists\"}}]}",
            ),
        ] {
            assert_eq!(serde_json::to_string(&recipients).unwrap(), expected);
            assert_eq!(recipients.check(), Ok(()));
        }
    }

    /// Whether the service takes it here: it says "Invalid filter spec" to anything else.
    fn is_taken(recipients: &Value) -> bool {
        let only = |json: &Value, name: &str| {
            json.as_object().filter(|object| object.len() == 1).and_then(|object| object.get(name)).cloned()
        };
        let is_list = |json: &Value| {
            only(json, "or").is_some_and(|members| {
                members.as_array().unwrap().iter().all(|member| only(member, "segment").is_some())
            })
        };
        only(recipients, "and").is_some_and(|conditions| {
            conditions.as_array().unwrap().iter().all(|condition| {
                is_list(condition)
                    || only(condition, "not").is_some_and(|negated| is_list(&negated))
                    || only(condition, "attribute").is_some()
            })
        })
    }

    #[test]
    fn the_service_refuses_what_a_filter_writes() {
        let recipients = Recipients::in_any_segment([4])
            .and(Recipients::in_no_segment([5, 6]))
            .and(Recipients::attribute_equals("plan", "pro"))
            .and(Recipients::attribute_differs("plan", "pro"))
            .and(Recipients::attribute_exists("plan"))
            .and(Recipients::attribute_is_missing("plan"));
        assert!(is_taken(&serde_json::to_value(&recipients).unwrap()));
        for filter in [
            Filter::segment(4),
            Filter::all([Filter::segment(4)]),
            Filter::any([Filter::segment(4)]),
            Filter::all([Filter::not(Filter::segment(4))]),
            Filter::all([Filter::not(Filter::attribute_equals("plan", "pro"))]),
            Filter::all([Filter::any([Filter::segment(4), Filter::attribute_exists("plan")])]),
        ] {
            assert!(!is_taken(&serde_json::to_value(&filter).unwrap()));
        }
    }

    #[test]
    fn what_could_choose_nobody_or_everybody_is_refused() {
        let none: [u64; 0] = [];
        let empty = "a list of segments among the recipients is empty";
        let nameless = "the name of an attribute among the recipients is empty";
        let good = || Recipients::attribute_exists("a");
        for (recipients, expected) in [
            (Recipients::in_any_segment(none), empty),
            (good().and(Recipients::in_no_segment(none)), empty),
            (Recipients::in_any_segment([1, 0]), "the segment's id is not valid: it must be a positive number"),
            (Recipients::in_no_segment([-1]), "the segment's id is not valid: it must be a positive number"),
            (Recipients::attribute_exists(""), nameless),
            (good().and(Recipients::attribute_differs("", "a")), nameless),
        ] {
            assert_eq!(recipients.check().unwrap_err().to_string(), expected);
        }
    }
}
