//! Each kind of what is kept: its items, its filters, and what deleting some of it leaves.

use serde_json::{Value, json};

use crate::support::World;

/// The first item of each kind: the oldest, Ada's.
#[tokio::test]
async fn each_kind_has_its_items() {
    let world = World::populated().await;
    let first = async |kind: &str| {
        let items = world.items(&format!("{kind}?after=0")).await;
        let numbers: Vec<_> = items.iter().map(|item| item["seq"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted_by(|one, other| one < other), "{kind}: {numbers:?}");
        let mut newest = world.items(kind).await;
        newest.reverse();
        assert_eq!(newest, items, "{kind}");
        let mut item = items[0].clone();
        item.as_object_mut().unwrap().remove("seq").unwrap();
        item
    };
    let ada = json!({"cio_id": world.emulator.person("42").unwrap().cio_id, "label": "ada@example.com"});
    let now = "2023-11-14T22:13:20.000Z";
    assert_eq!(
        first("devices").await,
        json!({"id": "token-ada", "platform": "ios", "last_used": now, "person": ada, "attributes": {}})
    );
    assert_eq!(first("segments").await, json!({"id": 7, "name": "segment 7", "description": "", "people": 1}));
    let cio_object_id = &world.emulator.object("1", "acme-ada").unwrap().cio_object_id;
    assert_eq!(
        first("objects").await,
        json!({"type_id": "1", "id": "acme-ada", "cio_object_id": cio_object_id, "attributes": {}, "people": 1})
    );
    let trigger = first("triggers").await;
    assert_eq!(
        trigger,
        json!({"id": 1, "broadcast": 12, "at": now, "recipients": 0, "deliveries": 0, "processed_at": now, "errors": []})
    );
    assert_eq!(
        first("metrics").await,
        json!({
            "delivery_id": "delivery-ada", "metric": "opened", "at": now,
            "body": {"delivery_id": "delivery-ada", "metric": "opened"},
        })
    );
    assert_eq!(
        first("forms").await,
        json!({"form_id": "form-ada", "person": ada, "data": {"id": "42", "colour": "red-ada"}})
    );
    assert_eq!(first("templates").await, json!({"id": 3, "name": "welcome", "channels": [], "languages": []}));
    let broadcast = first("broadcasts").await;
    assert_eq!(broadcast, json!({"id": 12, "name": "", "template": null, "recipients": null, "triggered_at": now}));
    let mut one = world.get("triggers/1").await;
    one.as_object_mut().unwrap().remove("seq");
    assert_eq!(one, trigger);
    for (path, status) in [("triggers/9", 404), ("triggers/x", 400)] {
        assert_eq!(world.control(&format!("GET /_emulator/v1/{path}"), Value::Null).await.0, status, "{path}");
    }
}

/// A query, and how many items it chooses of how many.
const FILTERS: &[(&str, &str, usize, usize)] = &[
    ("requests", "verdict=accepted", 22, 22),
    ("requests", "verdict=tolerated", 0, 22),
    ("requests", "method=put", 6, 22),
    ("requests", "route=/send/", 4, 22),
    ("requests", "status=200", 20, 22),
    ("requests", "person=42", 9, 22),
    ("requests", "person=ada@example.com&method=PUT", 3, 22),
    ("requests", "q=NOTE-BOB", 1, 22),
    ("people", "segment=7", 1, 2),
    ("people", "segment=9", 0, 2),
    ("people", "segment=x", 0, 2),
    ("people", "attribute=plan:plan-bob", 1, 2),
    ("people", "attribute=id:42", 1, 2),
    ("people", "person=bob@example.com", 1, 2),
    ("people", "person=nobody", 0, 2),
    ("people", "q=plan-b", 1, 2),
    ("events", "person=42", 2, 4),
    ("events", "name=purchase-ada", 1, 4),
    ("events", "type=page", 2, 4),
    ("events", "q=12.5", 2, 4),
    ("devices", "person=42", 1, 2),
    ("devices", "person=nobody", 0, 2),
    ("devices", "platform=IOS", 1, 2),
    ("devices", "token=token-bob", 1, 2),
    ("devices", "q=TOKEN-B", 1, 2),
    ("segments", "id=8", 1, 2),
    ("segments", "q=segment 7", 1, 2),
    ("objects", "type=2", 1, 2),
    ("objects", "id=acme-ada", 1, 2),
    ("objects", "q=acme", 2, 2),
    ("messages", "to=ADA@example.com", 1, 4),
    ("messages", "channel=email", 2, 4),
    ("messages", "template=welcome", 1, 4),
    ("messages", "template=5", 2, 4),
    ("messages", "person=7", 2, 4),
    ("messages", "outcome=sent", 0, 4),
    ("messages", "q=hello bob", 1, 4),
    ("triggers", "broadcast=12", 1, 2),
    ("triggers", "broadcast=x", 0, 2),
    ("triggers", "q=note-bob", 1, 2),
    ("metrics", "delivery=delivery-bob", 1, 2),
    ("metrics", "metric=opened", 1, 2),
    ("metrics", "q=DELIVERY-", 2, 2),
    ("forms", "form=form-ada", 1, 2),
    ("forms", "person=7", 1, 2),
    ("forms", "q=red-bob", 1, 2),
    ("templates", "q=welcome", 1, 3),
    ("broadcasts", "q=x", 0, 2),
];

#[tokio::test]
async fn filters_choose() {
    let world = World::populated().await;
    for (kind, query, chosen, all) in FILTERS {
        let query = query.replace(' ', "%20");
        assert_eq!(world.items(kind).await.len(), *all, "{kind}");
        assert_eq!(world.items(&format!("{kind}?{query}")).await.len(), *chosen, "{kind}?{query}");
        // One after another they are the same.
        let (mut found, mut cursor) = (0, "after=0".to_owned());
        loop {
            let page = world.get(&format!("{kind}?{query}&limit=1&{cursor}")).await;
            found += page["items"].as_array().unwrap().len();
            if page["next"].is_null() {
                break;
            }
            cursor = format!("after={}", page["next"]);
        }
        assert_eq!(found, *chosen, "{kind}?{query}, page by page");
    }
}

#[tokio::test]
async fn what_filters_choose_is_deleted_and_the_rest_stays() {
    for (kind, query, chosen, all) in FILTERS {
        let world = World::populated().await;
        let query = query.replace(' ', "%20");
        let line = format!("DELETE /_emulator/v1/{kind}?{query}");
        let (status, response) = world.control(&line, Value::Null).await;
        if ["templates", "broadcasts"].contains(kind) {
            assert_eq!(status, 405, "{line}");
            continue;
        }
        assert_eq!((status, response), (200, json!({"deleted": chosen})), "{line}");
        assert_eq!(world.items(&format!("{kind}?{query}")).await.len(), 0, "{line}");
        assert_eq!(world.items(kind).await.len(), all - chosen, "{line}");
        assert_eq!(world.get("counts").await[kind], json!(all - chosen), "{line}");
        let (_, response) = world.control(&format!("DELETE /_emulator/v1/{kind}"), Value::Null).await;
        assert_eq!(response, json!({"deleted": all - chosen}), "{kind}");
        assert_eq!(world.get("counts").await[kind], 0, "{kind}");
    }
}

#[tokio::test]
async fn what_goes_with_a_row_goes_with_it() {
    let world = World::populated().await;
    let delete = async |path: &str| {
        let (status, response) = world.control(&format!("DELETE /_emulator/v1/{path}"), Value::Null).await;
        assert_eq!(status, 200, "{path}: {response}");
        response["deleted"].as_u64().unwrap()
    };
    // More of everything than is removed in one step.
    for number in 0..100 {
        let id = format!("crowd-{number}");
        let relationship = json!({"identifiers": {"object_type_id": "1", "object_id": "acme-ada"}});
        let related = json!({"action": "add_relationships", "relationships": [relationship]});
        world.call(&format!("PUT /api/v1/customers/{id}"), json!({"cio_relationships": related})).await;
        world.call("POST /api/v1/segments/7/add_customers", json!({"ids": [id]})).await;
        world.call("POST /api/v1/customers/42/events", json!({"name": "visit"})).await;
    }
    assert_eq!(world.items("segments?id=7").await[0]["people"], 101);
    assert_eq!(world.items("objects?id=acme-ada").await[0]["people"], 101);

    assert_eq!(delete("people?person=42").await, 1);
    assert_eq!((world.items("events").await.len(), world.items("devices").await.len()), (2, 1));
    assert_eq!(world.items("segments?id=7").await[0]["people"], 100);
    assert_eq!(world.items("objects?id=acme-ada").await[0]["people"], 100);
    // Not suppressed: they come back.
    world.call("PUT /api/v1/customers/42", json!({})).await;
    assert!(world.emulator.person("42").is_some());

    assert_eq!(delete("segments?id=7").await, 1);
    assert_eq!(delete("objects?id=acme-ada").await, 1);
    assert_eq!(delete("devices?person=7").await, 1);
    let people = world.emulator.people();
    assert_eq!(people.len(), 102);
    assert!(people.iter().all(|person| !person.segments.contains(&7) && person.devices.is_empty()));
    assert_eq!(people.iter().map(|person| person.relationships.len()).sum::<usize>(), 1);
    assert_eq!(world.items("people?segment=8").await.len(), 1);

    // What is kept after the deletion is what `after` chooses before it.
    let seq = world.items("people?limit=1000&attribute=id:crowd-49").await[0]["seq"].as_u64().unwrap();
    assert_eq!(delete(&format!("people?after={seq}&q=crowd")).await, 50);
    for refused in ["limit=1", "wait=1s", "count=2", "nonsense=1", "segment=7&limit=1"] {
        let (status, problem) = world.control(&format!("DELETE /_emulator/v1/people?{refused}"), Value::Null).await;
        assert_eq!(status, 400, "{refused}");
        let text = problem["error"].as_str().unwrap();
        assert!(text.ends_with("; there are segment, attribute, person, workspace, after, before, q"), "{text}");
    }
}

#[tokio::test]
async fn a_device_that_changes_hands_and_a_merge_keep_what_is_counted_right() {
    let world = World::populated().await;
    let device = json!({"device": {"id": "token-ada", "platform": "ios"}});
    let before = world.items("devices?token=token-ada").await[0]["seq"].as_u64();
    world.call("PUT /api/v1/customers/42/devices", device.clone()).await;
    assert_eq!(world.items("devices?token=token-ada").await[0]["seq"].as_u64(), before);
    world.call("PUT /api/v1/customers/7/devices", device).await;
    assert!(world.items("devices?token=token-ada").await[0]["seq"].as_u64() > before);
    let labels = async |query: &str| -> Vec<Value> {
        world.items(query).await.into_iter().map(|item| item["person"]["label"].clone()).collect()
    };
    assert_eq!(labels("devices?person=7").await, ["bob@example.com", "bob@example.com"]);
    assert_eq!(labels("devices?person=7&after=0").await, ["bob@example.com", "bob@example.com"]);
    let merge = json!({"primary": {"id": "42"}, "secondary": {"id": "7"}});
    world.call("POST /api/v1/merge_customers", merge).await;
    assert_eq!(labels("devices").await, ["ada@example.com", "ada@example.com"]);
    let people: Vec<_> = world.items("segments").await.into_iter().map(|item| item["people"].clone()).collect();
    assert_eq!(people, [1, 1]);
    assert_eq!(world.items("people?segment=8").await[0]["id"], "42");
    world.call("DELETE /api/v1/customers/42", Value::Null).await;
    let people: Vec<_> = world.items("segments").await.into_iter().map(|item| item["people"].clone()).collect();
    assert_eq!((people, world.items("devices").await.len()), (vec![json!(0), json!(0)], 0));
}

#[tokio::test]
async fn a_timeline_has_what_a_person_did_and_got() {
    let world = World::populated().await;
    let path = "people/ada@example.com/timeline";
    let all = world.items(path).await;
    let numbers: Vec<_> = all.iter().map(|item| item["seq"].as_u64().unwrap()).collect();
    assert!(numbers.is_sorted_by(|one, other| one > other), "{numbers:?}");
    let mut expected = Vec::new();
    for kind in ["requests", "events", "messages"] {
        let rows = world.items(&format!("{kind}?person=42")).await;
        expected
            .extend(rows.into_iter().map(|row| (row["seq"].as_u64().unwrap(), kind.trim_end_matches('s').to_owned())));
    }
    expected.sort_by(|one, other| other.cmp(one));
    let found = all.iter().map(|item| (item["seq"].as_u64().unwrap(), item["kind"].as_str().unwrap().to_owned()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(all.iter().all(|item| item["at"] == "2023-11-14T22:13:20.000Z"));

    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&format!("{path}?limit=2{cursor}")).await;
        paged.extend(page["items"].as_array().unwrap().clone());
        if page["next"].is_null() {
            break;
        }
        cursor = format!("&before={}", page["next"]);
    }
    assert_eq!(paged, all);
    assert_eq!(world.control("GET /_emulator/v1/people/nobody/timeline", Value::Null).await.0, 404);
    // What comes is waited for, and what others do is not it.
    let wait = format!("{path}?after={}&wait=10s", numbers[0]);
    let sending = async {
        for id in ["7", "42"] {
            world.call(&format!("POST /api/v1/customers/{id}/events"), json!({"name": format!("late-{id}")})).await;
        }
    };
    let (waited, ()) = tokio::join!(world.get(&wait), sending);
    assert_eq!((&waited["items"][0]["kind"], &waited["items"][0]["name"]), (&json!("event"), &json!("late-42")));
}

#[tokio::test]
async fn counts_are_complete() {
    let world = World::populated().await;
    world.call("POST /api/v1/customers/9/suppress", Value::Null).await;
    world.call("PUT /api/v1/customers/9", json!({})).await;
    world.call("PUT /api/v1/customers/42", json!({"unsubscribed": "yes"})).await;
    world.emulator.refuse_next(http::StatusCode::SERVICE_UNAVAILABLE);
    world.call("PUT /api/v1/customers/42", json!({})).await;
    let mut counts = world.get("counts").await;
    assert!(counts.as_object_mut().unwrap().remove("seq").unwrap().as_u64() > Some(50));
    assert_eq!(
        counts,
        json!({
            "requests": 26, "people": 2, "events": 4, "messages": 4, "devices": 2, "segments": 2, "objects": 2,
            "webhooks": 0, "webhooks_failed": 0, "triggers": 2, "metrics": 2, "forms": 2,
            "dropped": 1, "refused": 1, "faults": 0,
        })
    );
}
