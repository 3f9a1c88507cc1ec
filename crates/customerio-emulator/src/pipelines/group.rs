//! `POST /v1/group`: adds or updates an object, and relates who is named to it.

use serde_json::{Map, Value, json};

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        object::{self, TYPE_ID},
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    pipelines::{
        common::{COMMON, ID, id},
        kind::{Kind, MOST_CALL},
        user_identity::{WHO, must_be_named, obtain},
    },
    route::Route,
    server::reply::Refusal,
};

pub(crate) const ROUTE: Route =
    Route::pipelines("/v1/group", &Shape::Any, MOST_CALL, Fallible(|call| KIND.alone(call)));

pub(crate) const KIND: Kind = Kind::new("group", SHAPE, Fallible(group));

const SHAPE: Shape = Shape::Also(
    &Shape::Joined(&[
        WHO,
        COMMON,
        &[
            ("groupId", Must, ID),
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

/// A group is an object; of type 1 if it does not say otherwise.
fn group(call: &mut Call<'_>) -> Result<(), Refusal> {
    let mut traits = match call.body["traits"].take() {
        Value::Object(traits) => traits,
        _ => Map::new(),
    };
    let type_id = traits.remove("object_type_id").unwrap_or_else(|| "1".into());
    let related = match traits.remove("relationshipAttributes") {
        Some(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    };
    let identifiers = json!({"object_type_id": type_id, "object_id": id(&call.body["groupId"])});
    let Some(object) = call.state.objects.obtain(&identifiers)? else { return Ok(()) };
    call.state.objects.change(&object, &traits)?;
    if id(&call.body["userId"]).is_some() {
        if let Some(person) = obtain(call)? {
            call.state.relate(&person, &object, &related)?;
        }
    } else if let Some(anonymous_id) = id(&call.body["anonymousId"]) {
        call.state.relate_visitor(&object, &anonymous_id, &related)?;
    }
    Ok(())
}
