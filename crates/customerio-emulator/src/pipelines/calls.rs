//! The kinds of calls, but for the events that mean more than themselves.

use customerio_core::{Timestamp, limits, track::EventType};
use serde_json::{Map, Value, json};

use super::{COMMON, CONTEXT, DATE_TIME, text, timestamp};
use crate::{
    call::Call,
    contract::{
        date,
        identifier::{EMAIL, Identifier},
        object::{self, TYPE_ID},
        person,
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    server::answer::Refusal,
    store::{person_update::PersonUpdate, record::Event},
    track::event as events,
};

/// An id may be empty, where something else says who is meant.
const USER_ID: Shape =
    Shape::Either("a string of at most 150 bytes", &[Shape::Bytes(limits::PERSON_ID), Shape::OneOf(&[""])]);
const WHO: &[Field] = &[("userId", May, USER_ID), ("anonymousId", May, Shape::Text), CONTEXT];

const PROPERTIES: Field = ("properties", May, Shape::Open(&[], &Shape::Any));

pub(super) const IDENTIFY: Shape =
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
        ("unsubscribed", May, Shape::Either("true or false", &[Shape::Boolean, Shape::Text, Shape::Integer, NULL])),
        (
            person::PREFERENCES,
            May,
            Shape::Nullable(&Shape::Open(
                &[("topics", May, person::TOPICS), ("channels", May, Shape::Open(&[], &Shape::Boolean))],
                &Shape::Any,
            )),
        ),
        ("anonymous_id", May, Shape::Never("is not a trait: anonymousId stands beside the traits")),
        ("_timestamp", May, Shape::Never("is not a trait: timestamp stands beside the traits")),
        ("cio_relationships", May, Shape::Never("is not a trait: relationships are made by group calls")),
    ],
    &Shape::Any,
);

const NULL: Shape = Shape::Nullable(&Shape::OneOf(&[]));
const EMPTY: Shape = Shape::Nullable(&Shape::OneOf(&[""]));

pub(super) const TRACK: Shape = Shape::Also(
    &Shape::Joined(&[WHO, COMMON, &[("event", Must, events::NAME.2), ("groupId", May, Shape::Filled), PROPERTIES]]),
    |call| {
        let is_named = is_named(call) || call.contains_key("groupId");
        if is_named { Ok(()) } else { Err("must have userId, anonymousId or groupId") }
    },
);

/// A page and a screen may be without a name.
pub(super) const PAGE: Shape = Shape::Also(
    &Shape::Joined(&[
        WHO,
        COMMON,
        &[
            ("name", May, Shape::Text),
            (
                "properties",
                May,
                Shape::Open(
                    &[
                        ("category", May, Shape::Text),
                        ("url", May, Shape::Text),
                        ("title", May, Shape::Text),
                        ("referrer", May, Shape::Text),
                        ("path", May, Shape::Text),
                        ("search", May, Shape::Text),
                    ],
                    &Shape::Any,
                ),
            ),
        ],
    ]),
    must_be_named,
);

pub(super) const SCREEN: Shape =
    Shape::Also(&Shape::Joined(&[WHO, COMMON, &[("name", May, Shape::Text), PROPERTIES]]), must_be_named);

pub(super) const GROUP: Shape = Shape::Also(
    &Shape::Joined(&[
        WHO,
        COMMON,
        &[
            ("groupId", Must, object::ID),
            (
                "traits",
                May,
                Shape::Attributes(
                    &Shape::Open(
                        &[("object_type_id", May, TYPE_ID), ("relationshipAttributes", May, object::ATTRIBUTES)],
                        &Shape::Any,
                    ),
                    &["object_type_id", "relationshipAttributes"],
                ),
            ),
        ],
    ]),
    must_be_named,
);

pub(super) const ALIAS: Shape = Shape::Joined(&[
    COMMON,
    &[CONTEXT, ("previousId", Must, Shape::Filled), ("userId", Must, Shape::Bytes(limits::PERSON_ID))],
]);

fn is_named(call: &Map<String, Value>) -> bool {
    ["userId", "anonymousId"].iter().any(|name| call.get(*name).is_some_and(|value| text(value).is_some()))
}

fn must_be_named(call: &Map<String, Value>) -> Result<(), &'static str> {
    if is_named(call) { Ok(()) } else { Err("must have userId or anonymousId") }
}

/// Who is not known by `userId`, as a person is by `anonymousId` once they were both in one call, can be by `email`.
pub(super) fn identify(call: &mut Call<'_>) -> Result<(), Refusal> {
    let anonymous_id = text(&call.body["anonymousId"]).map(str::to_owned);
    let by_id = text(&call.body["userId"]).map(|id| Identifier::Id(id.to_owned()));
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

pub(super) fn track(call: &mut Call<'_>) -> Result<(), Refusal> {
    record(call, EventType::Event, "event")
}

pub(super) fn page(call: &mut Call<'_>) -> Result<(), Refusal> {
    record(call, EventType::Page, "name")
}

pub(super) fn screen(call: &mut Call<'_>) -> Result<(), Refusal> {
    record(call, EventType::Screen, "name")
}

/// Keeps an event, whose name stands in the field `name`. Its `messageId` is known to be new.
fn record(call: &mut Call<'_>, event_type: EventType, name: &str) -> Result<(), Refusal> {
    let anonymous_id = text(&call.body["anonymousId"]).map(str::to_owned);
    let named = text(&call.body["userId"]).is_some();
    let person = if named {
        // An event of someone suppressed is nobody's.
        let Some(person) = obtain(call)? else { return Ok(()) };
        if let Some(anonymous_id) = &anonymous_id {
            call.state.adopt(&person, anonymous_id)?;
        }
        Some(person)
    } else {
        anonymous_id.as_deref().and_then(|id| call.state.people.of_anonymous_id(id))
    };
    let event = Event {
        id: call.body["messageId"].as_str().map(str::to_owned),
        event_type,
        name: call.body[name].as_str().unwrap_or_default().trim().to_owned(),
        person,
        anonymous_id,
        group_id: text(&call.body["groupId"]).map(str::to_owned),
        timestamp: Timestamp::from(timestamp(call)),
        data: call.body["properties"].as_object().cloned().unwrap_or_default(),
    };
    call.state.events.push(event, call.bytes);
    Ok(())
}

/// A group is an object; of type 1 if it does not say otherwise.
pub(super) fn group(call: &mut Call<'_>) -> Result<(), Refusal> {
    let mut traits = match call.body["traits"].take() {
        Value::Object(traits) => traits,
        _ => Map::new(),
    };
    let type_id = traits.remove("object_type_id").unwrap_or_else(|| "1".into());
    let related = match traits.remove("relationshipAttributes") {
        Some(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    };
    let identifiers = json!({"object_type_id": type_id, "object_id": call.body["groupId"]});
    let Some(object) = call.state.objects.obtain(&identifiers)? else { return Ok(()) };
    call.state.objects.change(&object, &traits)?;
    if text(&call.body["userId"]).is_some() {
        if let Some(person) = obtain(call)? {
            call.state.relate(&person, &object, &related)?;
        }
    } else if let Some(anonymous_id) = text(&call.body["anonymousId"]) {
        call.state.relate_visitor(&object, anonymous_id, &related)?;
    }
    Ok(())
}

/// The person or the visitor `previousId` becomes one with the person `userId`.
pub(super) fn alias(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = find(call) else { return Ok(()) };
    let previous = call.body["previousId"].as_str().unwrap_or_default().to_owned();
    if call.state.people.find(&Identifier::Id(previous.clone())).is_none() {
        return call.state.adopt(&person, &previous);
    }
    let (Some(primary), secondary, now) = (user(call), Identifier::Id(previous), call.now()) else { return Ok(()) };
    call.state.merge(&primary, &secondary, now)
}

fn user(call: &Call<'_>) -> Option<Identifier> {
    text(&call.body["userId"]).map(|id| Identifier::Id(id.to_owned()))
}

/// The `cio_id` of the person with the `userId`, if they exist.
pub(super) fn find(call: &Call<'_>) -> Option<String> {
    call.state.people.find(&user(call)?)
}

/// The `cio_id` of the person with the `userId`, who is added if they do not exist; `None` if they cannot be.
pub(super) fn obtain(call: &mut Call<'_>) -> Result<Option<String>, Refusal> {
    let now = call.now();
    user(call).map_or(Ok(None), |identifier| call.state.people.obtain(&identifier, now))
}
