//! Broadcasts: a trigger over the socket makes its messages.

use std::time::{Duration, Instant};

use customerio_core::app::Filter;
use customerio_emulator::{Channel, Emulator};
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn a_trigger_makes_messages() {
    let world = World::new().await;
    for (id, plan) in [("1", "pro"), ("2", "free"), ("3", "pro")] {
        let body = json!({"email": format!("p{id}@example.com"), "plan": plan});
        assert_eq!(world.call(&format!("PUT /api/v1/customers/{id}"), body).await.0, 200);
    }
    let parts = [("subject", "{{ trigger.title }}"), ("html", "<p>{{ customer.plan }}</p>")];
    world.emulator.set_content("news", Channel::Email, "", parts);
    world.emulator.set_broadcast(12, "News", Some(&Filter::attribute_equals("plan", "pro")), Some("news"));
    let (status, trigger) = world.call("POST /v1/campaigns/12/triggers", json!({"data": {"title": "Hi"}})).await;
    assert_eq!((status, &trigger["id"]), (200, &json!(1)));
    let messages = world.get("messages?broadcast=12&after=0").await;
    let shown: Vec<_> = messages["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["to"].clone(), item["subject"].clone()))
        .collect();
    assert_eq!(shown, [(json!("p1@example.com"), json!("Hi")), (json!("p3@example.com"), json!("Hi"))]);
    let whole = world.get("messages/latest?broadcast=12").await;
    assert_eq!(
        (&whole["html"], &whole["data"], &whole["trigger"]),
        (&json!("<p>pro</p>"), &json!({"title": "Hi"}), &json!(1))
    );
    let request = world.get(&format!("requests/{}", whole["request"])).await;
    assert_eq!(request["path"], "/v1/campaigns/12/triggers");
    assert_eq!(world.get("messages?broadcast=13").await["items"], json!([]));
}

/// While the messages of a large broadcast are made, others are served.
#[tokio::test]
async fn a_large_broadcast_holds_nobody_up() {
    const MANY: usize = 3_000;
    let world = World::of(Emulator::new()).await;
    world.emulator.set_content("news", Channel::Email, "", [("subject", "{{ customer.email }}"), ("html", "<p>x</p>")]);
    world.emulator.set_broadcast(12, "News", None, Some("news"));
    for start in (0..MANY).step_by(500) {
        let person = |number| {
            json!({"type": "person", "action": "identify", "identifiers": {"id": format!("{number}")},
                "attributes": {"email": format!("p{number}@example.com")}})
        };
        let batch: Vec<Value> = (start..start + 500).map(person).collect();
        assert_eq!(world.call("POST /api/v2/batch", json!({"batch": batch})).await.0, 200);
    }
    assert_eq!(world.emulator.people_count(), MANY);
    let triggering = async {
        let started = Instant::now();
        assert_eq!(world.call("POST /v1/campaigns/12/triggers", json!({})).await.0, 200);
        started.elapsed()
    };
    let asking = async {
        let (mut longest, mut asked) = (Duration::ZERO, 0);
        while world.emulator.triggers().first().is_none_or(|trigger| trigger.processed_at.is_none()) {
            let started = Instant::now();
            world.get("counts").await;
            (longest, asked) = (longest.max(started.elapsed()), asked + 1);
        }
        (longest, asked)
    };
    let (took, (longest, asked)) = tokio::join!(triggering, asking);
    println!("{MANY} messages took {took:?}; {asked} others were served meanwhile, the slowest in {longest:?}");
    assert_eq!(world.emulator.messages().len(), MANY);
    assert!(asked > 3 && longest < took.max(Duration::from_millis(100)), "{asked} in {longest:?} of {took:?}");
}
