//! `POST /api/v2/batch`: many entities in one request.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    call::{Call, Handler::Infallible},
    contract::{
        fault::At,
        json,
        shape::{Need::Must, Shape},
    },
    route::Route,
    server::reply::{Envelope, Refusal, Reply},
    track::v2::{action::MOST_ENTITY, actions::apply},
};

pub(crate) const ROUTE: Route = Route::track(Method::POST, "/api/v2/batch", Infallible(batch))
    .with_body(&BODY)
    .with_envelope(Envelope::Entity)
    .with_most(MOST_BATCH);

/// Most bytes of a batch. The vendor writes "500kb"; this is the larger reading of it.
const MOST_BATCH: usize = 500 * 1024;

/// Entities are checked one by one.
const BODY: Shape = Shape::Object(&[("batch", Must, Shape::List(&Shape::Any, 0, usize::MAX))]);

/// Every entity is applied, in order, but those that are refused, which the response lists.
fn batch(call: &mut Call<'_>) -> Reply {
    let Some(Value::Array(batch)) = call.take_fields().remove("batch") else { return Reply::empty() };
    let mut errors = Vec::new();
    for (index, item) in batch.into_iter().enumerate() {
        let outcome = match json::excess(&item, MOST_ENTITY) {
            Some(bytes) => Err(Refusal::bad(format!("the item has {bytes} bytes; the most is {MOST_ENTITY}"))),
            None => apply(&mut call.part(item), At::root("the item"), format_args!("/batch/{index}")),
        };
        if let Err(refusal) = outcome {
            // One error an item: with two of the same index it would be unclear how many items were refused.
            let mut error = refusal.entity_errors().swap_remove(0);
            error["message"] = refusal.text().into();
            error["batch_index"] = index.into();
            errors.push(error);
            call.deviations.refuse(format_args!("/batch/{index}"), refusal.faults);
        }
    }
    if errors.is_empty() {
        Reply::empty()
    } else {
        Reply::json(json!({"errors": errors})).with_status(StatusCode::MULTI_STATUS)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ENTITY_LINE, accept, call, emulator, request};

    const BATCH_LINE: &str = "POST /api/v2/batch";

    fn identify(id: &str, attributes: &Value) -> Value {
        json!({"type": "person", "identifiers": {"id": id}, "action": "identify", "attributes": attributes})
    }

    /// An identify of exactly this many bytes.
    fn of_bytes(id: &str, bytes: usize) -> Value {
        let numbered = |count: usize, last: usize| {
            let mut attributes = serde_json::Map::new();
            for number in 0..count {
                attributes.insert(format!("a{number:02}"), "x".repeat(1_000).into());
            }
            attributes.insert("b".to_owned(), "x".repeat(last).into());
            identify(id, &attributes.into())
        };
        let without = numbered(32, 1).to_string().len() - 1;
        let entity = numbered(32, bytes - without);
        assert_eq!(entity.to_string().len(), bytes);
        entity
    }

    #[test]
    fn the_limits_of_bytes_are_inclusive() {
        let emulator = emulator();
        accept(&emulator, ENTITY_LINE, &of_bytes("1", 32_768));
        let message = "the body has 32769 bytes; the most is 32768";
        let expected = json!({"errors": [{"reason": "invalid", "field": "", "message": message}]});
        assert_eq!(call(&emulator, ENTITY_LINE, &of_bytes("2", 32_769)), (400, expected));
        // Blanks count too.
        let batch_of_bytes = |bytes: usize| {
            let batch = json!({"batch": (0..15).map(|id| of_bytes(&id.to_string(), 32_768)).collect::<Vec<_>>()});
            let batch = batch.to_string();
            let blanks = " ".repeat(bytes - batch.len());
            batch + &blanks
        };
        for (bytes, status) in [(512_000, 200), (512_001, 400)] {
            let request = request(BATCH_LINE, &json!({})).map(|_| bytes::Bytes::from(batch_of_bytes(bytes)));
            assert_eq!(request.body().len(), bytes);
            assert_eq!(emulator.handle(&request).status(), status);
        }
        let (status, body) =
            call(&emulator, BATCH_LINE, &json!({"batch": [of_bytes("1", 32_769), of_bytes("2", 32_768)]}));
        assert_eq!((status, &body["errors"][0]["batch_index"]), (207, &json!(0)));
        assert_eq!(body["errors"][0]["message"], "the item has 32769 bytes; the most is 32768");
        assert!(emulator.person("2").is_some());
    }

    #[test]
    fn a_batch_is_applied_in_order_but_what_is_refused() {
        let emulator = emulator();
        let batch = json!({"batch": [
            identify("1", &json!({"plan": "free"})),
            {"type": "person", "identifiers": {"id": "2"}, "action": "event"},
            7,
            identify("1", &json!({"plan": "pro", "unsubscribed": 1, "created_at": "x"})),
            {"type": "object", "identifiers": {"object_type_id": "1", "object_id": "acme"}, "action": "identify"},
            identify("3", &json!({})),
            {"type": "person", "identifiers": {"id": "3"}, "action": "delete"},
            identify("1", &json!({"plan": "team"})),
        ]});
        let expected = json!({"errors": [
            {"batch_index": 1, "reason": "required", "field": "name", "message": "name is missing"},
            {"batch_index": 2, "reason": "invalid", "field": "", "message": "the item must be an object"},
            {
                "batch_index": 3, "reason": "invalid", "field": "attributes.created_at",
                "message": "attributes.created_at must be an integer; attributes.unsubscribed must be true or false",
            },
        ]});
        assert_eq!(call(&emulator, BATCH_LINE, &batch), (207, expected));
        let people = emulator.people();
        assert_eq!((people.len(), &people[0].attributes["plan"]), (1, &json!("team")));
        assert!(emulator.object("1", "acme").is_some());
        accept(&emulator, BATCH_LINE, &json!({"batch": []}));
    }

    #[test]
    fn what_is_taken_in_an_item_is_noted_with_its_place() {
        let emulator = emulator();
        let device = json!({"token": "t", "platform": "ios", "last_used": "5"});
        let batch = json!({"batch": [
            identify("1", &json!({})),
            {"type": "person", "identifiers": {"id": 2}, "action": "add_device", "device": device},
            {"type": "person", "identifiers": {"id": 3}, "action": "event"},
        ]});
        assert_eq!(call(&emulator, BATCH_LINE, &batch).0, 207);
        assert_eq!(emulator.person("2").unwrap().devices[0].last_used, 5.into());
        let noted = emulator.request_log()[0].deviations.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = [
            "/batch/1/identifiers/id: identifiers.id must be a string",
            "/batch/1/device/last_used: device.last_used must be an integer",
        ];
        assert_eq!(noted, expected);
    }

    #[test]
    fn what_is_no_batch_is_refused_whole() {
        let emulator = emulator();
        for (body, reason, field, message) in [
            (json!({}), "required", "batch", "batch is missing"),
            (json!([]), "invalid", "", "the body must be an object"),
            (json!({"batch": {}}), "invalid", "batch", "batch must be an array"),
            (
                json!({"batch": [identify("1", &json!({}))], "context": {}}),
                "invalid",
                "context",
                "context is not a field of this call",
            ),
        ] {
            let expected = json!({"errors": [{"reason": reason, "field": field, "message": message}]});
            assert_eq!(call(&emulator, BATCH_LINE, &body), (400, expected), "{body}");
        }
        let mut request = request(BATCH_LINE, &json!({"batch": []}));
        request.headers_mut().remove("authorization");
        assert_eq!(emulator.handle(&request).status(), 401);
        assert_eq!(emulator.people(), []);
    }

    /// Sends entities, which are JSON already, in batches of a little less than 490,000 bytes. Says in how many.
    fn backfill(emulator: &crate::Emulator, entities: impl Iterator<Item = String>) -> usize {
        let (mut batches, mut batch) = (0, String::new());
        let mut send = |batch: &mut String| {
            let body = format!(r#"{{"batch":[{}]}}"#, std::mem::take(batch));
            assert_eq!(emulator.handle(&request(BATCH_LINE, &json!({})).map(|_| body.into())).status(), 200);
            batches += 1;
        };
        for entity in entities {
            if batch.len() + entity.len() > 489_000 {
                send(&mut batch);
            }
            if !batch.is_empty() {
                batch.push(',');
            }
            batch.push_str(&entity);
        }
        send(&mut batch);
        batches
    }

    fn identify_text(number: usize) -> String {
        format!(
            r#"{{"type":"person","identifiers":{{"id":"{number}"}},"action":"identify","attributes":{{"email":"p{number}@example.com","plan":"pro","logins":{number}}}}}"#
        )
    }

    #[test]
    fn a_backfill_arrives() {
        let emulator = emulator();
        assert_eq!(backfill(&emulator, (0..20_000).map(identify_text)), 6);
        assert_eq!((emulator.people_count(), emulator.requests()), (20_000, 6));
        assert_eq!(emulator.person("p19999@example.com").unwrap().attributes["logins"], 19_999);
    }

    /// None of these looks at everyone, or at everything that was done.
    #[test]
    fn much_that_is_there_makes_nothing_slow() {
        let emulator = emulator();
        let of = |number: usize, action: &str, more: &str| {
            format!(r#"{{"type":"person","identifiers":{{"id":"{number}"}},"action":"{action}"{more}}}"#)
        };
        let merge = |number: usize| {
            let secondary = number + 1;
            format!(
                r#"{{"type":"person","action":"merge","primary":{{"id":"{number}"}},"secondary":{{"id":"{secondary}"}}}}"#
            )
        };
        backfill(&emulator, (0..5_000).map(identify_text));
        backfill(&emulator, (0..5_000).map(|number| of(number, "event", r#","name":"moved""#)));
        backfill(&emulator, (0..2_000).step_by(2).map(merge));
        assert_eq!((emulator.people_count(), emulator.events_of("0").len()), (4_000, 2));
        backfill(&emulator, (2_000..3_000).map(|number| of(number, "delete", "")));
        backfill(&emulator, (3_000..5_000).map(|number| of(number, "suppress", "")));
        assert_eq!((emulator.people_count(), emulator.events().len()), (1_000, 2_000));
        backfill(&emulator, (3_000..5_000).map(|number| of(number, "unsuppress", "")));
        assert!(!emulator.is_suppressed("p3000@example.com"));
    }
}
