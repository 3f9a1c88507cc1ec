//! How a person is named in a path of the App API.

use crate::{BuildError, Path, PersonId, Query};

/// Writes the person in place of a part of the route. Any kind of identifier works, including a phone number.
pub(super) fn write_path(person: &PersonId, path: &mut Path) -> Result<(), BuildError> {
    person.check_or_phone(path.limits())?;
    path.segment(person.id_type().what(), person.value(), usize::MAX)
}

/// Writes the kind of the identifier: without it the service takes anything for an id, and finds nobody.
pub(super) fn write_query(person: &PersonId, query: &mut Query<'_>) {
    query.pair("id_type", person.id_type().as_str());
}
