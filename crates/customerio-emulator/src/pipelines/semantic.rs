//! The semantic events: tracks whose names mean that something is to be done.

use customerio_core::{Timestamp, limits};
use serde_json::{Map, Value, json};

use super::{
    COMMON, CONTEXT, DEVICE_TYPE,
    calls::{find, obtain},
    timestamp,
};
use crate::{
    call::Call,
    contract::{
        identifier::Identifier,
        object,
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    server::answer::Refusal,
    store::{
        objects::ObjectKey,
        record::{Device, Metric},
    },
};

/// An event that does something.
pub(super) struct Semantic {
    name: &'static str,
    pub(super) shape: Shape,
    pub(super) apply: fn(&mut Call<'_>) -> Result<(), Refusal>,
}

const fn semantic(name: &'static str, shape: Shape, apply: fn(&mut Call<'_>) -> Result<(), Refusal>) -> Semantic {
    Semantic { name, shape, apply }
}

static EVENTS: &[Semantic] = &[
    semantic("User Deleted", OF_A_PERSON, delete),
    semantic("User Suppressed", OF_A_PERSON, suppress),
    semantic("User Unsuppressed", OF_A_PERSON, unsuppress),
    semantic("Device Created or Updated", OF_A_DEVICE, put_device),
    semantic("Device Deleted", OF_A_DEVICE, delete_device),
    semantic("Relationship Deleted", OF_A_RELATIONSHIP, delete_relationship),
    semantic("Object Deleted", OF_AN_OBJECT, delete_object),
    semantic("Report Delivery Event", OF_A_DELIVERY, report_delivery),
    semantic("Report Content Event", OF_CONTENT, report_content),
];

const EVENT: Field = ("event", Must, Shape::Text);
const USER_ID: Shape = Shape::Bytes(limits::PERSON_ID);
const PERSON: Field = ("userId", Must, USER_ID);
const ANY_PERSON: Field = ("userId", May, Shape::Text);
const VISITOR: Field = ("anonymousId", May, Shape::Text);
const PROPERTIES: Field = ("properties", May, Shape::Open(&[], &Shape::Any));

const OF_A_PERSON: Shape = Shape::Joined(&[COMMON, &[EVENT, PERSON, VISITOR, PROPERTIES, CONTEXT]]);

const OF_A_DEVICE: Shape = Shape::Joined(&[
    COMMON,
    &[
        EVENT,
        PERSON,
        VISITOR,
        PROPERTIES,
        (
            "context",
            Must,
            Shape::Open(
                &[(
                    "device",
                    Must,
                    Shape::Open(&[("token", Must, Shape::Filled), ("type", May, DEVICE_TYPE)], &Shape::Any),
                )],
                &Shape::Any,
            ),
        ),
    ],
]);

const OBJECT: Field = (
    "properties",
    Must,
    Shape::Open(&[("objectId", Must, object::ID), ("objectTypeId", May, Shape::Integer)], &Shape::Any),
);

const OF_A_RELATIONSHIP: Shape = Shape::Joined(&[COMMON, &[EVENT, PERSON, VISITOR, OBJECT, CONTEXT]]);

/// The contract asks for a visitor here, though none has to do with it.
const OF_AN_OBJECT: Shape =
    Shape::Joined(&[COMMON, &[EVENT, ("anonymousId", Must, Shape::Filled), ANY_PERSON, OBJECT, CONTEXT]]);

const OF_A_DELIVERY: Shape = Shape::Joined(&[
    COMMON,
    &[
        EVENT,
        ANY_PERSON,
        VISITOR,
        CONTEXT,
        (
            "properties",
            Must,
            Shape::Object(&[
                ("deliveryId", Must, Shape::Filled),
                ("metric", Must, Shape::OneOf(&["delivered", "clicked", "converted", "opened"])),
                ("recipient", May, Shape::Text),
                ("reason", May, Shape::Text),
                ("actionValue", May, Shape::Text),
                ("href", May, Shape::Text),
            ]),
        ),
    ],
]);

/// The contract calls one field `actionType` and asks for it as `activityType`: either does.
const OF_CONTENT: Shape = Shape::Joined(&[
    COMMON,
    &[
        EVENT,
        ANY_PERSON,
        VISITOR,
        CONTEXT,
        (
            "properties",
            Must,
            Shape::Also(
                &Shape::Object(&[
                    ("actionType", May, CONTENT_ACTION),
                    ("activityType", May, CONTENT_ACTION),
                    ("contentId", May, Shape::Integer),
                    ("templateId", May, Shape::Integer),
                ]),
                |properties| {
                    let said = properties.contains_key("actionType") || properties.contains_key("activityType");
                    if said { Ok(()) } else { Err("must have actionType or activityType") }
                },
            ),
        ),
    ],
]);

const CONTENT_ACTION: Shape = Shape::OneOf(&["viewed_content", "clicked_content"]);

/// The semantic event that a call of a kind is.
pub(super) fn of(kind: &str, call: &Value) -> Option<&'static Semantic> {
    let name = call.get("event")?.as_str()?;
    EVENTS.iter().find(|event| kind == "track" && event.name == name)
}

fn person(call: &Call<'_>) -> Identifier {
    Identifier::Id(call.body["userId"].as_str().unwrap_or_default().to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn delete(call: &mut Call<'_>) -> Result<(), Refusal> {
    let person = person(call);
    call.state.delete(&person);
    Ok(())
}

fn suppress(call: &mut Call<'_>) -> Result<(), Refusal> {
    let person = person(call);
    call.state.suppress(&person)
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn unsuppress(call: &mut Call<'_>) -> Result<(), Refusal> {
    let person = person(call);
    call.state.people.unsuppress(&person);
    Ok(())
}

/// The properties become attributes of the device.
fn put_device(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = obtain(call)? else { return Ok(()) };
    let said = &call.body["context"]["device"];
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let device = Device {
        id: text("token"),
        platform: text("type"),
        last_used: Timestamp::from(timestamp(call)),
        attributes: call.body["properties"].as_object().cloned().unwrap_or_default(),
    };
    call.state.people.put_device(&person, device)
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn delete_device(call: &mut Call<'_>) -> Result<(), Refusal> {
    if let (Some(person), Some(token)) = (find(call), call.body["context"]["device"]["token"].as_str()) {
        call.state.people.remove_device(&person, token);
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn delete_relationship(call: &mut Call<'_>) -> Result<(), Refusal> {
    if let (Some(person), Some(object)) = (find(call), object(call)) {
        call.state.unrelate(&person, &object);
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn delete_object(call: &mut Call<'_>) -> Result<(), Refusal> {
    if let Some(object) = object(call) {
        call.state.delete_object(&object);
    }
    Ok(())
}

/// The object that the properties name, of type 1 if they do not say otherwise.
fn object(call: &Call<'_>) -> Option<ObjectKey> {
    let properties = &call.body["properties"];
    let type_id = properties["objectTypeId"].as_i64().unwrap_or(1).to_string();
    call.state.objects.find(&json!({"object_type_id": type_id, "object_id": properties["objectId"]}))
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn report_delivery(call: &mut Call<'_>) -> Result<(), Refusal> {
    report(call, "deliveryId", &["metric"]);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "it is called like those that can fail")]
fn report_content(call: &mut Call<'_>) -> Result<(), Refusal> {
    report(call, "", &["actionType", "activityType"]);
    Ok(())
}

/// Keeps a report about the message in the property `delivery`, of what is in the first of `metrics`.
fn report(call: &mut Call<'_>, delivery: &str, metrics: &[&str]) {
    let none = Map::new();
    let properties = call.body["properties"].as_object().unwrap_or(&none);
    let text = |name: &str| properties.get(name).and_then(Value::as_str).map(str::to_owned);
    let delivery_id = text(delivery).unwrap_or_default();
    let metric = metrics.iter().find_map(|name| text(name)).unwrap_or_default();
    let timestamp = Timestamp::from(timestamp(call));
    call.state.metrics.push(Metric { delivery_id, metric, timestamp, body: call.body.take() }, call.bytes);
}
