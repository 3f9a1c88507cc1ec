//! Pages: whatever is added and removed between them, a row that stays is on exactly one.

use std::collections::BTreeSet;

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::support::World;

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Step {
    Add,
    Remove(prop::sample::Index),
    Change(prop::sample::Index),
    Page,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => Just(Step::Add),
        2 => any::<prop::sample::Index>().prop_map(Step::Remove),
        1 => any::<prop::sample::Index>().prop_map(Step::Change),
        4 => Just(Step::Page),
    ];
    prop::collection::vec(step, 1..40)
}

/// A kind whose rows the test adds, changes and removes by a number of its own.
struct Kind {
    name: &'static str,
    add: fn(usize) -> (String, Value),
    change: fn(usize) -> (String, Value),
    remove: fn(usize) -> (String, Value),
    /// The field by which an item is known.
    field: &'static str,
    known_as: fn(usize) -> String,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "people",
        add: |number| (format!("PUT /api/v1/customers/{number}"), json!({"plan": "free"})),
        change: |number| (format!("PUT /api/v1/customers/{number}"), json!({"plan": "pro"})),
        remove: |number| (format!("DELETE /api/v1/customers/{number}"), Value::Null),
        field: "id",
        known_as: |number| number.to_string(),
    },
    Kind {
        name: "devices",
        add: |number| {
            let device = json!({"device": {"id": format!("token-{number}"), "platform": "ios"}});
            (format!("PUT /api/v1/customers/{}/devices", number % 3), device)
        },
        change: |number| {
            let device = json!({"device": {"id": format!("token-{number}"), "platform": "android"}});
            (format!("PUT /api/v1/customers/{}/devices", number % 3), device)
        },
        remove: |number| (format!("DELETE /api/v1/customers/{}/devices/token-{number}", number % 3), Value::Null),
        field: "id",
        known_as: |number| format!("token-{number}"),
    },
    Kind {
        name: "objects",
        add: |number| entity(number, "identify", &json!({"name": "a"})),
        change: |number| entity(number, "identify", &json!({"name": "b"})),
        remove: |number| entity(number, "delete", &Value::Null),
        field: "id",
        known_as: |number| format!("object-{number}"),
    },
    Kind {
        name: "events",
        add: |number| ("POST /api/v1/customers/0/events".to_owned(), json!({"name": format!("event-{number}")})),
        change: |_| ("PUT /api/v1/customers/0".to_owned(), json!({"plan": "pro"})),
        remove: |number| (format!("DELETE /_emulator/v1/events?name=event-{number}"), Value::Null),
        field: "name",
        known_as: |number| format!("event-{number}"),
    },
];

/// A call that is about an object, whose id sorts otherwise than it came.
fn entity(number: usize, action: &str, attributes: &Value) -> (String, Value) {
    let mut body = json!({
        "type": "object", "action": action,
        "identifiers": {"object_type_id": (number % 2 + 1).to_string(), "object_id": format!("object-{number}")},
    });
    if !attributes.is_null() {
        body["attributes"] = attributes.clone();
    }
    ("POST /api/v2/entity".to_owned(), body)
}

/// Reads a list page by page while the steps are taken. What was there all the time must be there once, and nothing twice.
async fn read(kind: &Kind, newest_first: bool, limit: usize, steps: &[Step]) {
    let world = World::new().await;
    let call = async |(line, body): (String, Value)| {
        let (status, response) = world.call(&line, body).await;
        assert!((200..300).contains(&status), "{line}: {status} {response}");
    };
    let (mut there, mut added) = (BTreeSet::new(), 0);
    for _ in 0..10 {
        call((kind.add)(added)).await;
        there.insert(added);
        added += 1;
    }
    let mut always = there.clone();
    let (mut seen, mut cursor) = (Vec::<String>::new(), if newest_first { None } else { Some(0) });
    let mut ended = false;
    for step in steps.iter().cloned().chain(std::iter::repeat_n(Step::Page, 200)) {
        let pick = |index: prop::sample::Index| there.iter().nth(index.index(there.len().max(1))).copied();
        match step {
            Step::Add => {
                call((kind.add)(added)).await;
                there.insert(added);
                added += 1;
            }
            Step::Remove(index) => {
                if let Some(number) = pick(index) {
                    call((kind.remove)(number)).await;
                    there.remove(&number);
                    always.remove(&number);
                }
            }
            Step::Change(index) => {
                if let Some(number) = pick(index) {
                    call((kind.change)(number)).await;
                }
            }
            Step::Page if ended => {}
            Step::Page => {
                let direction = if newest_first { "before" } else { "after" };
                let at = cursor.map_or_else(String::new, |cursor| format!("&{direction}={cursor}"));
                let page = world.get(&format!("{}?limit={limit}{at}", kind.name)).await;
                let items = page["items"].as_array().unwrap();
                assert!(items.len() <= limit);
                seen.extend(items.iter().map(|item| item[kind.field].as_str().unwrap().to_owned()));
                match page["next"].as_u64() {
                    Some(next) => cursor = Some(next),
                    None => ended = true,
                }
            }
        }
    }
    assert!(ended);
    let once: BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!(once.len(), seen.len(), "{}: nothing comes twice: {seen:?}", kind.name);
    for number in &always {
        assert!(once.contains(&(kind.known_as)(*number)), "{}: {number} is lost: {seen:?}", kind.name);
    }
}

#[test]
fn no_row_is_lost_or_comes_twice() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for kind in KINDS {
        let mut runner =
            TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
        runner
            .run(&(any::<bool>(), 1_usize..5, steps()), |(newest_first, limit, steps)| {
                runtime.block_on(read(kind, newest_first, limit, &steps));
                Ok(())
            })
            .unwrap();
    }
}
