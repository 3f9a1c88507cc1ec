//! `POST /v1/identify`: adds or updates a person.

use serde_json::{Map, Value};

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        date,
        identifier::{EMAIL, Identifier},
        person,
        shape::{Need::May, Shape},
    },
    pipelines::{
        common::{COMMON, DATE_TIME, id, text, timestamp},
        kind::{Kind, MOST_CALL},
        user_identity::{WHO, is_named, user},
    },
    route::Route,
    server::reply::Refusal,
    store::person_update::PersonUpdate,
};

pub(crate) const ROUTE: Route =
    Route::pipelines("/v1/identify", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("identify", SHAPE, Fallible(identify));

const SHAPE: Shape =
    Shape::Also(&Shape::Joined(&[WHO, COMMON, &[("traits", May, Shape::Attributes(&TRAITS, RESERVED))]]), |call| {
        let is_named = is_named(call) || call.get("traits").is_some_and(|traits| text(&traits["email"]).is_some());
        if is_named { Ok(()) } else { Err("must have userId, anonymousId or traits.email") }
    });

const RESERVED: &[&str] = &["email", person::PREFERENCES];

const TRAITS: Shape = Shape::Open(
    &[
        ("email", May, Shape::Either("an e-mail address, or null or empty to remove it", &[EMAIL, EMPTY])),
        ("createdAt", May, Shape::Nullable(&DATE_TIME)),
        // "Any casing of true, 1 or "1"" is meant as true; anything else as false.
        (
            "unsubscribed",
            May,
            Shape::Either("true or false", &[Shape::Boolean, Shape::Text, Shape::Integer, Shape::Null]),
        ),
        (
            person::PREFERENCES,
            May,
            Shape::Nullable(&Shape::Open(
                &[("topics", May, person::TOPICS), ("channels", May, Shape::Open(&[], &Shape::Boolean))],
                &Shape::Any,
            )),
        ),
        ("anonymous_id", May, Shape::Never("is not a trait: anonymousId goes beside the traits")),
        ("_timestamp", May, Shape::Never("is not a trait: timestamp goes beside the traits")),
        ("cio_relationships", May, Shape::Never("is not a trait: relationships are made by group calls")),
    ],
    &Shape::Any,
);

const EMPTY: Shape = Shape::Nullable(&Shape::OneOf(&[""]));

/// Who is not known by `userId`, as a person is by `anonymousId` once they were both in one call, can be by `email`.
fn identify(call: &mut Call<'_>) -> Result<(), Refusal> {
    let anonymous_id = id(&call.body["anonymousId"]);
    let by_id = user(call);
    let visitor = || anonymous_id.as_deref().and_then(|id| call.state.people.of_anonymous_id(id));
    let by_email = || text(&call.body["traits"]["email"]).map(Identifier::email);
    let Some(person) = by_id.or_else(|| visitor().map(Identifier::CioId)).or_else(by_email) else { return Ok(()) };

    let mut fields = Map::new();
    for (name, value) in call.body["traits"].take().as_object_mut().into_iter().flat_map(std::mem::take) {
        match name.as_str() {
            "createdAt" => {
                let seconds = value.as_str().and_then(date::seconds).map_or(Value::Null, Value::from);
                fields.insert("created_at".to_owned(), seconds);
            }
            "unsubscribed" if !value.is_null() => {
                let is_true = value == 1 || value == true || value == "1";
                let says_true = value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"));
                fields.insert(name, (is_true || says_true).into());
            }
            _ => {
                fields.insert(name, value);
            }
        }
    }
    let (timestamp, now) = (timestamp(call), call.now());
    let update = PersonUpdate::of(fields).with_timestamp(Some(timestamp)).with_anonymous_id(anonymous_id);
    call.state.update_person(&person, update, now)
}
