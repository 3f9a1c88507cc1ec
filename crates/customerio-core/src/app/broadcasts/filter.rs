//! Conditions that select people.

use serde::Serialize;

use crate::{
    BuildError, BuildErrorKind, SegmentId, limits::NESTING, macros::opaque_debug, text::Text, unseen::check_visible,
};

/// A condition on segments and attributes that selects people; conditions nest.
///
/// <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::Filter;
/// use serde_json::json;
///
/// // In segment 4 and not unsubscribed, or on the plan "pro".
/// let filter = Filter::any([
///     Filter::all([
///         Filter::segment(4),
///         Filter::not(Filter::attribute_equals("unsubscribed", true)),
///     ]),
///     Filter::attribute_equals("plan", "pro"),
/// ]);
/// assert_eq!(
///     serde_json::to_value(&filter)?,
///     json!({"or": [
///         {"and": [
///             {"segment": {"id": 4}},
///             {"not": {"attribute": {"field": "unsubscribed", "operator": "eq", "value": true}}},
///         ]},
///         {"attribute": {"field": "plan", "operator": "eq", "value": "pro"}},
///     ]}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Filter(Condition);

#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Segment { id: SegmentId },
    Attribute(Attribute),
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Attribute {
    field: Text,
    #[serde(flatten)]
    test: Test,
}

/// A value belongs to `eq`, and to `eq` alone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "operator", rename_all = "snake_case")]
enum Test {
    Eq { value: FilterValue },
    Exists,
}

/// The value to compare an attribute with: a text, as in the vendor's contract, or a boolean, as in its examples.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct FilterValue(Value);

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum Value {
    Text(Text),
    Bool(bool),
}

impl Filter {
    /// Matches people who meet all of these conditions; there must be at least one.
    #[must_use]
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Condition::And(filters.into_iter().collect()))
    }

    /// Matches people who meet any of these conditions; there must be at least one.
    #[must_use]
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Condition::Or(filters.into_iter().collect()))
    }

    /// Matches people who do not meet this condition.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it is beside `all` and `any` and reads as they do")]
    pub fn not(filter: Self) -> Self {
        Self(Condition::Not(Box::new(filter)))
    }

    /// Matches people in the segment with this number.
    #[must_use]
    pub fn segment(id: impl Into<SegmentId>) -> Self {
        Self(Condition::Segment { id: id.into() })
    }

    /// Matches people whose attribute `field` has this value.
    #[must_use]
    pub fn attribute_equals(field: impl AsRef<str>, value: impl Into<FilterValue>) -> Self {
        let test = Test::Eq { value: value.into() };
        Self(Condition::Attribute(Attribute { field: Text::new(field), test }))
    }

    /// Matches people who have the attribute `field`, whatever its value.
    #[must_use]
    pub fn attribute_exists(field: impl AsRef<str>) -> Self {
        Self(Condition::Attribute(Attribute { field: Text::new(field), test: Test::Exists }))
    }

    /// Refuses what selects nobody or everybody by accident.
    pub(in crate::app) fn check(&self) -> Result<(), BuildError> {
        self.check_within(NESTING)
    }

    /// [`check`](Self::check) with at most `left` nested conditions.
    fn check_within(&self, left: usize) -> Result<(), BuildError> {
        let Some(left) = left.checked_sub(1) else {
            let problem = format!("its conditions must not be nested deeper than {NESTING}");
            return Err(BuildError::new("the filter", BuildErrorKind::Invalid(problem.into())));
        };
        match &self.0 {
            Condition::And(filters) | Condition::Or(filters) if filters.is_empty() => {
                Err(BuildError::new("a list of conditions in the filter", BuildErrorKind::Empty))
            }
            Condition::And(filters) | Condition::Or(filters) => {
                filters.iter().try_for_each(|filter| filter.check_within(left))
            }
            Condition::Not(filter) => filter.check_within(left),
            Condition::Segment { id } => id.check(),
            Condition::Attribute(Attribute { field, .. }) => {
                check_visible("the name of an attribute in the filter", field)
            }
        }
    }
}

macro_rules! value_from_text {
    ($($text:ty)*) => {$(
        impl From<$text> for FilterValue {
            fn from(text: $text) -> Self {
                Self(Value::Text(Text::new(text)))
            }
        }
    )*};
}

value_from_text!(&str &String String);

impl From<bool> for FilterValue {
    fn from(value: bool) -> Self {
        Self(Value::Bool(value))
    }
}

opaque_debug!(Filter);
opaque_debug!(FilterValue);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_has_one_key() {
        let owned = "pro".to_owned();
        for (filter, expected) in [
            (Filter::segment(4), r#"{"segment":{"id":4}}"#),
            (
                Filter::attribute_equals("plan", &owned),
                r#"{"attribute":{"field":"plan","operator":"eq","value":"pro"}}"#,
            ),
            (
                Filter::attribute_equals("unsubscribed", false),
                r#"{"attribute":{"field":"unsubscribed","operator":"eq","value":false}}"#,
            ),
            (Filter::attribute_equals("plan", ""), r#"{"attribute":{"field":"plan","operator":"eq","value":""}}"#),
            (Filter::attribute_exists("plan"), r#"{"attribute":{"field":"plan","operator":"exists"}}"#),
            (Filter::not(Filter::segment(4)), r#"{"not":{"segment":{"id":4}}}"#),
            (Filter::all([Filter::segment(4)]), r#"{"and":[{"segment":{"id":4}}]}"#),
            (
                Filter::any([Filter::all([Filter::segment(1), Filter::segment(2)]), Filter::segment(3)]),
                r#"{"or":[{"and":[{"segment":{"id":1}},{"segment":{"id":2}}]},{"segment":{"id":3}}]}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&filter).unwrap(), expected);
            assert_eq!(filter.check(), Ok(()));
        }
    }

    #[test]
    fn what_could_choose_everybody_is_refused_however_deep() {
        let empty = "a list of conditions in the filter is empty";
        let nameless = "the name of an attribute in the filter is empty";
        for (filter, expected) in [
            (Filter::all([]), empty),
            (Filter::any([]), empty),
            (Filter::not(Filter::any([Filter::segment(1), Filter::all([])])), empty),
            (Filter::attribute_exists(""), nameless),
            (Filter::not(Filter::attribute_equals("", "x")), nameless),
            (Filter::any([Filter::segment(0)]), "the segment's id is not valid: it must be a positive number"),
        ] {
            assert_eq!(filter.check().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn conditions_are_not_nested_without_end() {
        let nested = |times| (0..times).fold(Filter::segment(1), |filter, _| Filter::not(filter));
        assert_eq!(nested(99).check(), Ok(()));
        let error = nested(100).check().unwrap_err();
        assert_eq!(error.to_string(), "the filter is not valid: its conditions must not be nested deeper than 100");
    }
}
