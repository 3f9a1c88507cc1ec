//! Conditions that select objects.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    BuildError, BuildErrorKind, ObjectTypeId, app::FilterValue, limits::NESTING, macros::opaque_debug, text::Text,
    unseen::check_visible,
};

/// A condition on attributes that selects objects; conditions nest.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::objects::{ObjectFilter, Search}, limits::Limits};
///
/// // On the plan "pro", and not archived.
/// let filter = ObjectFilter::all([
///     ObjectFilter::attribute_equals("plan", "pro"),
///     ObjectFilter::not(ObjectFilter::attribute_exists("archived_at")),
/// ]);
/// assert!(Prepared::new(Search::new(1, filter), &Limits::default()).is_ok());
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ObjectFilter(Condition);

#[derive(Clone, PartialEq, Eq)]
enum Condition {
    All(Vec<ObjectFilter>),
    Any(Vec<ObjectFilter>),
    Not(Box<ObjectFilter>),
    Attribute { field: Text, equals: Option<FilterValue> },
}

impl ObjectFilter {
    /// Matches objects that meet all of these conditions; there must be at least one.
    #[must_use]
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Condition::All(filters.into_iter().collect()))
    }

    /// Matches objects that meet any of these conditions; there must be at least one.
    #[must_use]
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Condition::Any(filters.into_iter().collect()))
    }

    /// Matches objects that do not meet this condition.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it is beside `all` and `any` and reads as they do")]
    pub fn not(filter: Self) -> Self {
        Self(Condition::Not(Box::new(filter)))
    }

    /// Matches objects whose attribute `field` has this value.
    #[must_use]
    pub fn attribute_equals(field: impl AsRef<str>, value: impl Into<FilterValue>) -> Self {
        Self(Condition::Attribute { field: Text::new(field), equals: Some(value.into()) })
    }

    /// Matches objects that have the attribute `field`, whatever its value.
    #[must_use]
    pub fn attribute_exists(field: impl AsRef<str>) -> Self {
        Self(Condition::Attribute { field: Text::new(field), equals: None })
    }

    /// Refuses what selects nothing or everything by accident.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.check_within(NESTING)
    }

    /// [`check`](Self::check) with at most `left` nested conditions.
    fn check_within(&self, left: usize) -> Result<(), BuildError> {
        let Some(left) = left.checked_sub(1) else {
            let problem = format!("its conditions must not be nested deeper than {NESTING}");
            return Err(BuildError::new("the filter", BuildErrorKind::Invalid(problem.into())));
        };
        match &self.0 {
            Condition::All(filters) | Condition::Any(filters) if filters.is_empty() => {
                Err(BuildError::new("a list of conditions in the filter", BuildErrorKind::Empty))
            }
            Condition::All(filters) | Condition::Any(filters) => {
                filters.iter().try_for_each(|filter| filter.check_within(left))
            }
            Condition::Not(filter) => filter.check_within(left),
            Condition::Attribute { field, .. } => check_visible("the name of an attribute in the filter", field),
        }
    }
}

opaque_debug!(ObjectFilter);

/// A filter of objects of a type, which each of its conditions on an attribute says.
pub(super) struct OfType<'a>(pub(super) &'a ObjectFilter, pub(super) ObjectTypeId);

#[derive(Serialize)]
struct Attribute<'a> {
    field: &'a str,
    operator: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a FilterValue>,
    type_id: String,
}

impl Serialize for OfType<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(ObjectFilter(condition), of) = *self;
        let mut object = serializer.serialize_map(Some(1))?;
        match condition {
            Condition::All(filters) => object.serialize_entry("and", &each(filters, of))?,
            Condition::Any(filters) => object.serialize_entry("or", &each(filters, of))?,
            Condition::Not(filter) => object.serialize_entry("not", &OfType(filter, of))?,
            Condition::Attribute { field, equals } => {
                let operator = if equals.is_some() { "eq" } else { "exists" };
                let attribute = Attribute { field, operator, value: equals.as_ref(), type_id: of.to_string() };
                object.serialize_entry("object_attribute", &attribute)?;
            }
        }
        object.end()
    }
}

fn each(filters: &[ObjectFilter], of: ObjectTypeId) -> Vec<OfType<'_>> {
    filters.iter().map(|filter| OfType(filter, of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_has_one_key_and_each_attribute_the_type() {
        let pro = || ObjectFilter::attribute_equals("plan", "pro");
        let old = || ObjectFilter::attribute_exists("old");
        let (plan, exists) = (
            r#"{"object_attribute":{"field":"plan","operator":"eq","value":"pro","type_id":"2"}}"#,
            r#"{"object_attribute":{"field":"old","operator":"exists","type_id":"2"}}"#,
        );
        let falsy = r#"{"object_attribute":{"field":"vip","operator":"eq","value":false,"type_id":"2"}}"#;
        for (filter, expected) in [
            (pro(), plan.to_owned()),
            (old(), exists.to_owned()),
            (ObjectFilter::attribute_equals("vip", false), falsy.to_owned()),
            (ObjectFilter::not(old()), format!(r#"{{"not":{exists}}}"#)),
            (ObjectFilter::all([pro(), old()]), format!(r#"{{"and":[{plan},{exists}]}}"#)),
            (
                ObjectFilter::any([ObjectFilter::all([pro(), ObjectFilter::not(old())]), old()]),
                format!(r#"{{"or":[{{"and":[{plan},{{"not":{exists}}}]}},{exists}]}}"#),
            ),
        ] {
            assert_eq!(serde_json::to_string(&OfType(&filter, 2.into())).unwrap(), expected);
            assert_eq!(filter.check(), Ok(()));
        }
    }

    #[test]
    fn what_could_choose_everything_is_refused_however_deep() {
        let empty = "a list of conditions in the filter is empty";
        let nameless = "the name of an attribute in the filter is empty";
        let nested =
            |times| (0..times).fold(ObjectFilter::attribute_exists("a"), |filter, _| ObjectFilter::not(filter));
        assert_eq!(nested(99).check(), Ok(()));
        for (filter, expected) in [
            (ObjectFilter::all([]), empty),
            (ObjectFilter::any([]), empty),
            (ObjectFilter::not(ObjectFilter::any([ObjectFilter::attribute_exists("a"), ObjectFilter::all([])])), empty),
            (ObjectFilter::attribute_exists(""), nameless),
            (ObjectFilter::not(ObjectFilter::attribute_equals("", "x")), nameless),
            (nested(100), "the filter is not valid: its conditions must not be nested deeper than 100"),
        ] {
            assert_eq!(filter.check().unwrap_err().to_string(), expected);
        }
    }
}
