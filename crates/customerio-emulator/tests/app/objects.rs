//! Objects, and the people who are related to them.

use customerio_core::track::{Identify, ObjectId, Relationship};
use serde_json::{Value, json};

use crate::{World, detail, world};

/// Seven accounts of type 1, one of type 2, and two people.
async fn accounts() -> World {
    let world = world();
    for person in ["1", "2", "3"] {
        let related = (0..7).map(|number| Relationship::new(ObjectId::new(1, format!("acme{number}"))));
        world.track.call(Identify::new(person).with_relationships(related)).await.unwrap();
    }
    let other = [Relationship::new(ObjectId::new(2, "course"))];
    world.track.call(Identify::new("1").with_relationships(other)).await.unwrap();
    for number in 0..7 {
        let attributes = json!({"even": number % 2 == 0, "size": number});
        let object = customerio_core::track::v2::object::Identify::new(ObjectId::new(1, format!("acme{number}")));
        world.track.call(object.with_attributes(attributes)).await.unwrap();
    }
    world
}

#[tokio::test]
async fn objects_are_found_and_read_by_either_id() {
    let world = accounts().await;
    let (_, types) = world.call("GET /v1/object_types", &Value::Null);
    let ids: Vec<_> = types["types"].as_array().unwrap().iter().map(|kind| kind["id"].clone()).collect();
    assert_eq!(ids, ["1", "2"]);

    let even = json!({"object_attribute": {"field": "even", "operator": "eq", "value": "true", "type_id": "1"}});
    let search = json!({"object_type_id": "1", "filter": {"and": [even]}});
    let (found, pages) = world.pages("POST /v1/objects", &search, "identifiers");
    let ids: Vec<_> = found.iter().map(|object| object["object_id"].clone()).collect();
    assert_eq!((ids, pages), (vec![json!("acme0"), json!("acme2"), json!("acme4"), json!("acme6")], 2));
    for (filter, expected) in [
        (json!({"not": even}), 3),
        (
            json!({"or": [even, {"object_attribute": {"field": "size", "operator": "eq", "value": "1", "type_id": 1}}]}),
            5,
        ),
        (json!({"object_attribute": {"field": "none", "operator": "exists", "type_id": "1"}}), 0),
        (json!({"object_attribute": {"field": "size", "operator": "exists", "type_id": "2"}}), 0),
    ] {
        let (_, page) = world.call("POST /v1/objects", &json!({"object_type_id": "1", "filter": filter}));
        assert_eq!(page["ids"].as_array().unwrap().len(), expected, "{filter}");
    }
    let (status, _) = world.call("POST /v1/objects", &json!({"object_type_id": "1", "filter": {"segment": {"id": 1}}}));
    assert_eq!(status, 400);

    let (_, one) = world.call("GET /v1/objects/1/acme3/attributes", &Value::Null);
    assert_eq!(one["object"]["attributes"], json!({"even": false, "size": 3}));
    let cio_object_id = one["object"]["identifiers"]["cio_object_id"].as_str().unwrap();
    let by_other = format!("GET /v1/objects/1/{cio_object_id}/attributes?id_type=cio_object_id");
    assert_eq!(world.call(&by_other, &Value::Null), (200, one));
    for path in ["1/nobody", "2/acme3"] {
        let (status, body) = world.call(&format!("GET /v1/objects/{path}/attributes"), &Value::Null);
        assert_eq!((status, detail(&body)), (404, "the object does not exist"), "{path}");
    }
}

#[tokio::test]
async fn the_people_of_an_object_come_page_by_page() {
    let world = accounts().await;
    let (people, pages) = world.pages("GET /v1/objects/1/acme0/relationships", &Value::Null, "cio_relationships");
    let ids: Vec<_> = people.iter().map(|person| person["identifiers"]["id"].clone()).collect();
    assert_eq!((ids, pages), (vec![json!("1"), json!("2"), json!("3")], 2));
    assert_eq!(people[0]["object_type_id"], "1");
}
