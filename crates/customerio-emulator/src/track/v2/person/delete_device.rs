//! `person` / `delete_device`: takes a device from a person.

use crate::{
    call::{Call, Handler::Infallible},
    contract::shape::{Need::Must, Shape},
    track::v2::{
        action::{ACTION_NAME, Action, TYPE},
        person::identifiers::{PERSON, find},
    },
};

pub(crate) const ACTION: Action = Action::person("delete_device", BODY, Infallible(delete_device));

const BODY: Shape =
    Shape::Object(&[TYPE, PERSON, ACTION_NAME, ("device", Must, Shape::Object(&[("token", Must, Shape::Filled)]))]);

fn delete_device(call: &mut Call<'_>) {
    if let (Some(person), Some(token)) = (find(call), call.body["device"]["token"].as_str()) {
        call.state.people.remove_device(&person, token);
    }
}
