//! The person whom a path names.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::paging::text,
    call::Call,
    contract::{
        identifier::Identifier,
        shape::{Field, Need::May, Shape},
    },
    server::reply::Refusal,
    store::record::Person,
};

/// What kind of identifier it is. Default: an id.
pub(crate) const ID_TYPE: Field = ("id_type", May, Shape::OneOf(&["id", "email", "phone", "cio_id"]));

/// The person whom the path names.
pub(crate) fn person<'a>(call: &'a Call<'_>) -> Result<&'a Person, Refusal> {
    let person = found(call, &call.segments[0]);
    person.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the person does not exist"))
}

/// The person who has the identifier, of the kind that the query names.
pub(crate) fn found<'a>(call: &'a Call<'_>, identifier: &str) -> Option<&'a Person> {
    let identifier = Identifier::of_kind(text(&call.query, ID_TYPE.0).unwrap_or("id"), identifier)?;
    call.state.people.get(&call.state.people.find(&identifier)?)
}

/// The identifiers of a person, as responses have them.
pub(crate) fn identifiers(person: &Person) -> Value {
    json!({ "email": person.email, "id": person.id, "cio_id": person.cio_id })
}
