//! `PUT /api/v1/customers/{person}/devices`: gives a person a device, or updates it.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::Identifier,
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    track::device_body::{ATTRIBUTES, LAST_USED, PLATFORM, read},
};

pub(crate) const ROUTE: Route =
    Route::track(Method::PUT, "/api/v1/customers/{person}/devices", Fallible(add_device)).with_body(&BODY);

const BODY: Shape = Shape::Object(&[("device", Must, DEVICE)]);

/// A device of a person.
pub(crate) const DEVICE: Shape = Shape::Object(&[
    ("id", Must, Shape::Filled),
    ("platform", Must, PLATFORM),
    LAST_USED,
    ("attributes", May, ATTRIBUTES),
]);

fn add_device(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let identifier = Identifier::of_path(&call.segments[0])?;
    let now = call.now();
    if let Some(cio_id) = call.state.people.obtain(&identifier, now)? {
        let device = read(&call.body["device"], "id", now);
        call.state.people.put_device(&cio_id, device)?;
    }
    Ok(Reply::empty())
}

#[cfg(test)]
mod tests {
    use customerio_core::Timestamp;
    use serde_json::{Value, json};

    use crate::{
        store::record::Device,
        testing::{NOW, accept, emulator, refuse},
    };

    const DEVICES: &str = "PUT /api/v1/customers/42/devices";

    #[test]
    fn a_device_is_added_updated_moved_and_deleted() {
        let emulator = emulator();
        let attributes = json!({"push_enabled": "true", "shop": "north"});
        let device = json!({"id": "t/1", "platform": "ios", "last_used": 5, "attributes": attributes});
        accept(&emulator, DEVICES, &json!({"device": device}));
        let ada = emulator.person("42").unwrap();
        let (platform, last_used) = ("ios".to_owned(), Timestamp::from(5));
        let attributes = attributes.as_object().cloned().unwrap();
        assert_eq!(ada.devices, [Device { id: "t/1".into(), platform, last_used, attributes: attributes.clone() }]);

        accept(&emulator, DEVICES, &json!({"device": {"id": "t/1", "platform": "android"}}));
        let device = &emulator.person("42").unwrap().devices[0];
        assert_eq!((device.platform.as_str(), device.last_used), ("android", NOW.into()));
        assert_eq!(device.attributes, attributes);

        accept(&emulator, "PUT /api/v1/customers/7/devices", &json!({"device": {"id": "t/1", "platform": "ios"}}));
        assert_eq!(emulator.person("42").unwrap().devices, []);
        accept(&emulator, "DELETE /api/v1/customers/42/devices/t%2F1", &Value::Null);
        assert_eq!(emulator.person("7").unwrap().devices.len(), 1);
        accept(&emulator, "DELETE /api/v1/customers/7/devices/t%2F1", &Value::Null);
        assert_eq!(emulator.person("7").unwrap().devices, []);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        let device = |attributes| json!({"device": {"id": "t", "platform": "ios", "attributes": attributes}});
        for (body, reason) in [
            (json!({}), "device is missing"),
            (json!({"device": {"platform": "ios"}}), "device.id is missing"),
            (json!({"device": {"id": "", "platform": "ios"}}), "device.id must not be empty"),
            (json!({"device": {"id": "t", "platform": "web"}}), "device.platform must be one of ios, android"),
            (
                json!({"device": {"id": "t", "platform": "ios", "last_used": "now"}}),
                "device.last_used must be an integer",
            ),
            (
                json!({"device": {"id": "t", "platform": "ios", "token": "t"}}),
                "device.token is not a field of this call",
            ),
            (device(json!({"level": 3})), "device.attributes.level must be a string"),
            (device(json!({"push_enabled": true})), "device.attributes.push_enabled must be one of true, false"),
            (device(json!({"_last_status": "sent"})), "device.attributes._last_status cannot be set"),
        ] {
            refuse(&emulator, DEVICES, &body, reason);
        }
        assert_eq!(emulator.people(), []);
    }
}
