//! `person` / `add_device`: gives a person a device, or updates it.

use crate::{
    call::{Call, Handler::Fallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    server::reply::Refusal,
    track::{
        device_body::{ATTRIBUTES, LAST_USED, PLATFORM, read},
        v2::{
            action::{ACTION_NAME, Action, TYPE},
            person::identifiers::{PERSON, obtain},
        },
    },
};

pub(crate) const ACTION: Action = Action::person("add_device", BODY, Fallible(add_device));

const BODY: Shape = Shape::Object(&[
    TYPE,
    PERSON,
    ACTION_NAME,
    (
        "device",
        Must,
        Shape::Object(&[
            ("token", Must, Shape::Filled),
            ("platform", Must, PLATFORM),
            LAST_USED,
            ("attributes", May, ATTRIBUTES),
        ]),
    ),
]);

fn add_device(call: &mut Call<'_>) -> Result<(), Refusal> {
    let Some(person) = obtain(call)? else { return Ok(()) };
    let device = read(&call.body["device"], "token", call.now());
    call.state.people.put_device(&person, device)
}
