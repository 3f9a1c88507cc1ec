//! `POST /api/v1/merge_customers`: merges two people into one.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        identifier::{IDENTIFIERS, Identifier},
        shape::{Need::Must, Shape},
    },
    route::Route,
    server::reply::{Envelope, Refusal, Reply},
};

pub(crate) const ROUTE: Route = Route::track(Method::POST, "/api/v1/merge_customers", Fallible(merge))
    .with_body(&BODY)
    .with_envelope(Envelope::TrackError);

const BODY: Shape = Shape::Object(&[("primary", Must, IDENTIFIERS), ("secondary", Must, IDENTIFIERS)]);

fn merge(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let person = |name: &str| call.body[name].as_object().and_then(Identifier::of_body);
    if let (Some(primary), Some(secondary)) = (person("primary"), person("secondary")) {
        let now = call.now();
        call.state.merge(&primary, &secondary, now)?;
    }
    Ok(Reply::empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{accept, call, emulator};

    const MERGE: &str = "POST /api/v1/merge_customers";

    #[test]
    fn the_primary_person_gets_what_they_lack() {
        let emulator = emulator();
        emulator.create_segment(3);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({"plan": "pro"}));
        let other = json!({"email": "ada@example.com", "plan": "free", "city": "London", "anonymous_id": "cookie"});
        accept(&emulator, "PUT /api/v1/customers/2", &other);
        accept(&emulator, "PUT /api/v1/customers/2/devices", &json!({"device": {"id": "t", "platform": "ios"}}));
        accept(&emulator, "POST /api/v1/customers/2/events", &json!({"name": "e"}));
        accept(&emulator, "POST /api/v1/segments/3/add_customers", &json!({"ids": ["2"]}));
        accept(&emulator, MERGE, &json!({"primary": {"id": "1"}, "secondary": {"email": "ADA@example.com"}}));

        let ada = emulator.person("1").unwrap();
        assert_eq!(emulator.people(), std::slice::from_ref(&ada));
        assert_eq!((ada.id.as_deref(), ada.email.as_deref()), (Some("1"), Some("ada@example.com")));
        assert_eq!(Value::Object(ada.attributes), json!({"plan": "pro", "city": "London"}));
        assert_eq!((ada.devices.len(), ada.segments.contains(&3), emulator.events_of("1").len()), (1, true, 1));
        // What led to the secondary person leads to the primary one.
        accept(&emulator, "POST /api/v1/events", &json!({"name": "e", "anonymous_id": "cookie"}));
        assert_eq!(emulator.events_of("1").len(), 2);
    }

    #[test]
    fn ids_may_be_numbers() {
        let emulator = emulator();
        for id in ["1", "2"] {
            accept(&emulator, &format!("PUT /api/v1/customers/{id}"), &json!({}));
        }
        accept(&emulator, MERGE, &json!({"primary": {"id": 1}, "secondary": {"id": 2}}));
        assert_eq!((emulator.people_count(), emulator.person("2")), (1, None));
        let noted = emulator.request_log().pop().unwrap().deviations;
        let noted = noted.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = ["primary", "secondary"].map(|name| format!("/{name}/id: {name}.id must be a string"));
        assert_eq!(noted, expected);
    }

    #[test]
    fn without_two_people_nothing_happens() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/2", &json!({}));
        let before = emulator.people();
        for (primary, secondary) in [("1", "2"), ("2", "1"), ("2", "2")] {
            accept(&emulator, MERGE, &json!({"primary": {"id": primary}, "secondary": {"id": secondary}}));
        }
        assert_eq!(emulator.people(), before);
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        let one = "must be an object of exactly one of id, email, cio_id";
        for (body, reason) in [
            (json!({"primary": {"id": "1"}}), "secondary is missing".to_owned()),
            (json!({"primary": {"id": "1", "email": "a@b"}, "secondary": {"id": "2"}}), format!("primary {one}")),
            (json!({"primary": {"id": "1"}, "secondary": {}}), format!("secondary {one}")),
            (json!({"primary": "1", "secondary": {"id": 2}}), format!("primary {one}")),
            (
                json!({"primary": {"cio_id": "cio_03"}, "secondary": {"id": "2"}}),
                "primary.cio_id must be a cio_id, without the prefix cio_".to_owned(),
            ),
        ] {
            assert_eq!(call(&emulator, MERGE, &body), (400, json!({"meta": {"error": reason}})), "{body}");
        }
    }
}
