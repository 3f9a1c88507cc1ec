//! `Relationship Deleted` and `Object Deleted`: ends the relationship of a person to an object, or removes the object.

use serde_json::json;

use crate::{
    call::{Call, Handler::Infallible},
    contract::shape::{
        Field,
        Need::{May, Must},
        Shape,
    },
    pipelines::{
        common::{COMMON, CONTEXT, ID, id},
        semantic::event::{ANY_PERSON, EVENT, PERSON, SemanticEvent},
        user_identity::{VISITOR, find},
    },
    store::objects::ObjectKey,
};

pub(crate) const RELATIONSHIP_DELETED: SemanticEvent =
    SemanticEvent { name: "Relationship Deleted", shape: OF_A_RELATIONSHIP, handler: Infallible(delete_relationship) };

pub(crate) const DELETED: SemanticEvent =
    SemanticEvent { name: "Object Deleted", shape: OF_AN_OBJECT, handler: Infallible(delete_object) };

const OBJECT: Field =
    ("properties", Must, Shape::Open(&[("objectId", Must, ID), ("objectTypeId", May, Shape::Natural)], &Shape::Any));

const OF_A_RELATIONSHIP: Shape = Shape::Joined(&[COMMON, &[EVENT, PERSON, VISITOR, OBJECT, CONTEXT]]);

/// The contract asks for a visitor here, though none has to do with it.
const OF_AN_OBJECT: Shape = Shape::Joined(&[COMMON, &[EVENT, ("anonymousId", Must, ID), ANY_PERSON, OBJECT, CONTEXT]]);

fn delete_relationship(call: &mut Call<'_>) {
    if let (Some(person), Some(object)) = (find(call), object(call)) {
        call.state.unrelate(&person, &object);
    }
}

fn delete_object(call: &mut Call<'_>) {
    if let Some(object) = object(call) {
        call.state.delete_object(&object);
    }
}

/// The object that the properties name, of type 1 if they do not say otherwise.
fn object(call: &Call<'_>) -> Option<ObjectKey> {
    let properties = &call.body["properties"];
    let type_id = properties["objectTypeId"].as_i64().unwrap_or(1).to_string();
    call.state.objects.find(&json!({"object_type_id": type_id, "object_id": id(&properties["objectId"])}))
}
