//! `Device Created or Updated` and `Device Deleted`: gives a person a device, or takes it.

use customerio_core::Timestamp;

use crate::{
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    pipelines::{
        common::{COMMON, DEVICE_TYPE, timestamp},
        event_body::PROPERTIES,
        semantic::event::{EVENT, PERSON, SemanticEvent},
        user_identity::{VISITOR, find, obtain},
    },
    server::reply::Refusal,
    store::record::Device,
};

pub(crate) const CREATED_OR_UPDATED: SemanticEvent =
    SemanticEvent { name: "Device Created or Updated", shape: OF_A_DEVICE, handler: Fallible(put_device) };

pub(crate) const DELETED: SemanticEvent =
    SemanticEvent { name: "Device Deleted", shape: OF_A_DEVICE, handler: Infallible(delete_device) };

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

fn delete_device(call: &mut Call<'_>) {
    if let (Some(person), Some(token)) = (find(call), call.body["context"]["device"]["token"].as_str()) {
        call.state.people.remove_device(&person, token);
    }
}
