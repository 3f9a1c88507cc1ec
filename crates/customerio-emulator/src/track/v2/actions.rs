//! All actions, and which of them a body is about. Each is in the file of its handler.

use std::fmt;

use serde_json::Value;

use crate::{
    call::Call,
    contract::{
        choice::chosen,
        fault::{At, Faults},
    },
    server::reply::Refusal,
    track::v2::{action::Action, delivery, object, person},
};

static ACTIONS: [&Action; 18] = [
    &person::identify::ACTION,
    &person::delete::ACTION,
    &person::event::ACTION,
    &person::screen::ACTION,
    &person::page::ACTION,
    &person::add_relationships::ACTION,
    &person::delete_relationships::ACTION,
    &person::add_device::ACTION,
    &person::delete_device::ACTION,
    &person::merge::ACTION,
    &person::suppress::ACTION,
    &person::unsuppress::ACTION,
    &object::identify::ACTION,
    &object::identify_anonymous::ACTION,
    &object::delete::ACTION,
    &object::add_relationships::ACTION,
    &object::delete_relationships::ACTION,
    &delivery::event::ACTION,
];

/// Checks the entity that is the call's body at `place` of the request's, and applies it.
pub(crate) fn apply(call: &mut Call<'_>, at: At<'_>, place: impl fmt::Display) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let action = find(&call.body, at, &mut faults);
    if let Some(action) = action {
        action.shape.check(&call.body, at, &mut faults);
    }
    call.accept(place, faults)?;
    action.map_or(Ok(()), |action| action.apply(call))
}

/// The action that a body names; or what is wrong with `type` or `action`.
fn find(value: &Value, at: At<'_>, faults: &mut Faults) -> Option<&'static Action> {
    let Some(fields) = value.as_object() else {
        faults.add(at, "must be an object");
        return None;
    };
    let entity = chosen(fields, "type", ACTIONS.iter().map(|action| action.entity), at, faults)?;
    let of_entity = || ACTIONS.iter().copied().filter(|action| action.entity == entity);
    let name = chosen(fields, "action", of_entity().map(|action| action.name), at, faults)?;
    of_entity().find(|action| action.name == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ACTIONS;
    use crate::testing::{ENTITY_LINE, call, emulator};

    #[test]
    fn an_entity_is_of_a_legal_type_and_action() {
        let emulator = emulator();
        let types = "type must be one of person, object, delivery";
        let of_objects =
            "action must be one of identify, identify_anonymous, delete, add_relationships, delete_relationships";
        for (body, reason, field, message) in [
            (json!([]), "invalid", "", "the body must be an object"),
            (json!({}), "required", "type", "type is missing"),
            (json!({"type": "people"}), "invalid", "type", types),
            (json!({"type": 1, "action": "identify"}), "invalid", "type", types),
            (json!({"type": "person"}), "required", "action", "action is missing"),
            (json!({"type": "object", "action": "merge"}), "invalid", "action", of_objects),
            (json!({"type": "delivery", "action": "open"}), "invalid", "action", "action must be one of event"),
        ] {
            let expected = json!({"errors": [{"reason": reason, "field": field, "message": message}]});
            assert_eq!(call(&emulator, ENTITY_LINE, &body), (400, expected), "{body}");
        }
        assert_eq!(ACTIONS.len(), 18);
    }
}
