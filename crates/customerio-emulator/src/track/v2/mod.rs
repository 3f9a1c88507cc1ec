//! `POST /api/v2/entity` and `POST /api/v2/batch`: people, objects and deliveries by one route, alone or many together.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{
    call::Call,
    contract::{
        fault::{At, Faults},
        json,
        shape::{Need::Must, Shape},
    },
    server::answer::{Refusal, Reply},
};

mod delivery;
mod object;
mod person;

/// Most bytes of an entity, alone or in a batch. The vendor writes "32kb"; this is the larger reading of it.
pub(crate) const MOST_ENTITY: usize = 32 * 1024;

/// Most bytes of a batch. The vendor writes "500kb"; this is the larger reading of it.
pub(crate) const MOST_BATCH: usize = 500 * 1024;

/// The shape of an entity depends on its type and action: see [`ENTITIES`].
pub(crate) const ENTITY: Shape = Shape::Any;

/// Entities are checked one by one.
pub(crate) const BATCH: Shape = Shape::Object(&[("batch", Must, Shape::List(&Shape::Any, 0, usize::MAX))]);

/// A legal pair of `type` and `action`.
struct Entity {
    kind: &'static str,
    action: &'static str,
    shape: Shape,
    apply: fn(&mut Call<'_>) -> Result<(), Refusal>,
}

const fn entity_of(
    kind: &'static str,
    action: &'static str,
    shape: Shape,
    apply: fn(&mut Call<'_>) -> Result<(), Refusal>,
) -> Entity {
    Entity { kind, action, shape, apply }
}

static ENTITIES: &[Entity] = &[
    entity_of("person", "identify", person::IDENTIFY, person::identify),
    entity_of("person", "delete", person::ALONE, person::delete),
    entity_of("person", "event", person::EVENT, person::event),
    entity_of("person", "screen", person::SCREEN, person::event),
    entity_of("person", "page", person::PAGE, person::event),
    entity_of("person", "add_relationships", person::RELATIONSHIPS, person::add_relationships),
    entity_of("person", "delete_relationships", person::RELATIONSHIPS, person::delete_relationships),
    entity_of("person", "add_device", person::ADD_DEVICE, person::add_device),
    entity_of("person", "delete_device", person::DELETE_DEVICE, person::delete_device),
    entity_of("person", "merge", person::MERGE, person::merge),
    entity_of("person", "suppress", person::ALONE, person::suppress),
    entity_of("person", "unsuppress", person::ALONE, person::unsuppress),
    entity_of("object", "identify", object::IDENTIFY, object::identify),
    entity_of("object", "identify_anonymous", object::IDENTIFY_ANONYMOUS, object::identify_anonymous),
    entity_of("object", "delete", object::ALONE, object::delete),
    entity_of("object", "add_relationships", object::RELATIONSHIPS, object::add_relationships),
    entity_of("object", "delete_relationships", object::RELATIONSHIPS, object::delete_relationships),
    entity_of("delivery", "event", delivery::EVENT, delivery::event),
];

pub(crate) fn entity(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    apply(call, At::root("the body"))?;
    Ok(Reply::empty())
}

/// Every entity is applied, in order, but those that are refused, which the answer lists.
#[expect(clippy::unnecessary_wraps, reason = "it is a handler like those that can fail")]
pub(crate) fn batch(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let Some(Value::Array(batch)) = call.take_fields().remove("batch") else { return Ok(Reply::empty()) };
    let mut errors = Vec::new();
    let share = call.share(batch.len());
    for (index, item) in batch.into_iter().enumerate() {
        let outcome = match json::excess(&item, MOST_ENTITY) {
            Some(bytes) => Err(Refusal::bad(format!("the item has {bytes} bytes; the most is {MOST_ENTITY}"))),
            None => apply(&mut call.part(item, share), At::root("the item")),
        };
        if let Err(refusal) = outcome {
            // One error an item: with two of the same index nobody could tell how many items were refused.
            let mut error = refusal.entity_errors().swap_remove(0);
            error["message"] = refusal.text().into();
            error["batch_index"] = index.into();
            errors.push(error);
        }
    }
    Ok(if errors.is_empty() {
        Reply::empty()
    } else {
        Reply::json(json!({"errors": errors})).with_status(StatusCode::MULTI_STATUS)
    })
}

/// Checks the entity that is the call's body, and does what it says.
fn apply(call: &mut Call<'_>, at: At<'_>) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    let entity = known(&call.body, at, &mut faults);
    if let Some(entity) = entity {
        entity.shape.check(&call.body, at, &mut faults);
    }
    faults.into_result().map_err(|faults| Refusal::faults(StatusCode::BAD_REQUEST, faults))?;
    entity.map_or(Ok(()), |entity| (entity.apply)(call))
}

/// The entry of [`ENTITIES`]; or what is wrong with `type` or `action`.
fn known(value: &Value, at: At<'_>, faults: &mut Faults) -> Option<&'static Entity> {
    let Some(fields) = value.as_object() else {
        faults.add(at, "must be an object");
        return None;
    };
    let kind = chosen(fields, "type", ENTITIES.iter().map(|entity| entity.kind), at, faults)?;
    let of_kind = || ENTITIES.iter().filter(|entity| entity.kind == kind);
    let action = chosen(fields, "action", of_kind().map(|entity| entity.action), at, faults)?;
    of_kind().find(|entity| entity.action == action)
}

/// The value of a field that must be one of `names`; or what is wrong with it. The same name may follow itself.
pub(crate) fn chosen(
    fields: &Map<String, Value>,
    field: &str,
    names: impl Iterator<Item = &'static str> + Clone,
    at: At<'_>,
    faults: &mut Faults,
) -> Option<&'static str> {
    let Some(given) = fields.get(field) else {
        faults.missing(at.key(field));
        return None;
    };
    let chosen = names.clone().find(|name| given == name);
    if chosen.is_none() {
        let mut names = names.collect::<Vec<_>>();
        names.dedup();
        faults.add(at.key(field), format_args!("must be one of {}", names.join(", ")));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{accept, call, emulator, request};

    pub(super) const ENTITY_LINE: &str = "POST /api/v2/entity";
    const BATCH_LINE: &str = "POST /api/v2/batch";

    fn identify(id: &str, attributes: &Value) -> Value {
        json!({"type": "person", "identifiers": {"id": id}, "action": "identify", "attributes": attributes})
    }

    /// An identify of exactly so many bytes.
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
        assert_eq!(ENTITIES.len(), 18);
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
