//! What a team makes in its workspace: snippets, collections, imports, newsletters, senders.

use std::time::Duration;

use customerio_core::{
    IdType,
    app::{imports, segments, sender_identities, snippets, suppressions},
};
use customerio_emulator::ImportResult;
use serde_json::{Value, json};

use crate::{NOW, detail, told, world};

#[tokio::test]
async fn snippets_are_made_once_and_changed_and_deleted() {
    let world = world();
    let made = world.app.call(snippets::Create::new(" address ", " 1 Main St ")).await.unwrap();
    assert_eq!((made.name.as_str(), made.value.as_deref()), ("address", Some("1 Main St")));
    assert_eq!(made.updated_at, Some(NOW.into()));
    let error = world.app.call(snippets::Create::new("address", "2 Main St")).await.unwrap_err();
    assert_eq!(told(&error), (422, "name has already been taken".to_owned()));
    let pointer = error.as_api().unwrap().details()[0].pointer.clone();
    assert_eq!(pointer.as_deref(), Some("/data/attributes/name"));
    let long = json!({"name": "x".repeat(151), "value": "y"});
    assert_eq!(world.call("POST /v1/snippets", &long).0, 422);
    assert_eq!(world.call("PUT /v1/snippets", &long).0, 400);
    assert_eq!(world.call("POST /v1/snippets", &json!({"name": "x"})).0, 422);
    assert_eq!(world.call("PUT /v1/snippets", &json!({"name": "x", "value": "y".repeat(16_001)})).0, 400);

    world.emulator.advance(Duration::from_secs(60));
    world.app.call(snippets::Update::new("address", "2 Main St")).await.unwrap();
    world.app.call(snippets::Update::new("a/b c", "slash")).await.unwrap();
    let all = world.app.call(snippets::List::new()).await.unwrap().items;
    let names: Vec<_> = all.iter().map(|snippet| snippet.name.as_str()).collect();
    assert_eq!((names, all[1].value.as_deref()), (vec!["a/b c", "address"], Some("2 Main St")));
    assert_eq!(all[1].updated_at, Some((NOW + 60).into()));

    world.app.call(snippets::Delete::new("a/b c")).await.unwrap();
    let error = world.app.call(snippets::Delete::new("a/b c")).await.unwrap_err();
    assert_eq!(told(&error), (404, "the snippet does not exist".to_owned()));
}

#[tokio::test]
async fn segments_are_read_as_they_were_made() {
    let world = world();
    let made = world.app.call(segments::Create::new("VIPs").with_description("Those who matter")).await.unwrap();
    assert_eq!((made.name.as_deref(), made.description.as_deref()), (Some("VIPs"), Some("Those who matter")));
    assert_eq!((made.created_at, made.progress), (Some(NOW.into()), None));
    assert_eq!(world.app.call(segments::Get::new(made.id)).await.unwrap(), made);
    world.emulator.create_segment(7);
    let all = world.app.call(segments::List::new()).await.unwrap().items;
    assert_eq!((all.len(), &all[0], all[1].name.as_deref()), (2, &made, Some("segment 7")));
    world.app.call(segments::Delete::new(7)).await.unwrap();
    assert_eq!(world.app.call(segments::Create::new("more")).await.unwrap().id, 2.into());
}

#[test]
fn collections_keep_their_rows() {
    let world = world();
    let rows = json!([{"town": "London", "at": 1}, {"town": "Paris", "price": [1.5]}]);
    let (_, made) = world.call("POST /v1/collections", &json!({"name": "events", "data": rows}));
    let made = &made["collection"];
    assert_eq!((&made["id"], &made["rows"], &made["schema"]), (&json!(1), &json!(2), &json!(["at", "price", "town"])));
    assert_eq!((&made["bytes"], &made["created_at"]), (&json!(rows.to_string().len()), &json!(NOW)));
    assert_eq!(world.call("GET /v1/collections/1/content", &Value::Null), (200, rows));

    world.emulator.advance(Duration::from_secs(60));
    let (_, renamed) = world.call("PUT /v1/collections/1", &json!({"name": "shows"}));
    assert_eq!((&renamed["collection"]["name"], &renamed["collection"]["rows"]), (&json!("shows"), &json!(2)));
    assert_eq!(
        (&renamed["collection"]["created_at"], &renamed["collection"]["updated_at"]),
        (&json!(NOW), &json!(NOW + 60))
    );
    for content in [json!({"a": {"b": 1}}), json!([{"c": 1}]), json!([]), json!(["text"])] {
        assert_eq!(world.call("PUT /v1/collections/1/content", &content).0, 200);
        assert_eq!(world.call("GET /v1/collections/1/content", &Value::Null), (200, content));
    }
    let url = json!({"name": "more", "url": "https://example.com/rows.csv"});
    assert_eq!(world.call("POST /v1/collections", &url).1["collection"]["rows"], 0);
    assert_eq!(world.call("PUT /v1/collections/2", &json!({"data": [{"a": 1}]})).1["collection"]["rows"], 1);
    let (_, all) = world.call("GET /v1/collections", &Value::Null);
    assert_eq!(all["collections"].as_array().unwrap().len(), 2);
    assert_eq!(world.call("GET /v1/collections/2", &Value::Null).1["collection"], all["collections"][1]);

    let large = json!([{"a": "x".repeat(10_000)}]);
    for (line, body, status) in [
        ("POST /v1/collections", json!({"name": "a"}), 400),
        ("POST /v1/collections", json!({"name": "a", "data": [], "url": "https://a.example"}), 400),
        ("POST /v1/collections", json!({"name": "a", "data": [1]}), 400),
        ("POST /v1/collections", json!({"name": "a", "data": large}), 400),
        ("PUT /v1/collections/1/content", json!("text"), 400),
        ("PUT /v1/collections/9", json!({"name": "a"}), 404),
        ("GET /v1/collections/9", Value::Null, 404),
        ("GET /v1/collections/x/content", Value::Null, 404),
        ("DELETE /v1/collections/1", Value::Null, 204),
        ("DELETE /v1/collections/1", Value::Null, 404),
    ] {
        assert_eq!(world.call(line, &body).0, status, "{line}");
    }
    let ten_megabytes = vec![json!({"a": "x".repeat(9_900)}); 1_010];
    let (status, refused) = world.call("PUT /v1/collections/2/content", &json!(ten_megabytes));
    assert_eq!(status, 400);
    assert!(detail(&refused).ends_with("the most is 10000000"), "{refused}");
    // Its number is not given again.
    let (_, next) = world.call("POST /v1/collections", &json!({"name": "b", "data": []}));
    assert_eq!(next["collection"]["id"], 3);
}

#[tokio::test]
async fn an_import_goes_through_its_states() {
    let world = world();
    let people =
        || imports::Create::people("May", "https://example.com/a.csv", IdType::Email).with_description("new ones");
    let made = world.app.call(people()).await.unwrap();
    assert_eq!((made.id, made.state.as_ref().unwrap().as_str()), (1.into(), "preprocessing"));
    assert_eq!((made.identifier.as_deref(), made.rows_to_import), (Some("email"), Some(0)));
    assert!(made.extra.is_empty(), "{:?}", made.extra);
    let mut passed = Vec::new();
    let ended = loop {
        world.emulator.advance(Duration::from_secs(1));
        let import = world.app.call(imports::Get::new(made.id)).await.unwrap();
        passed.push(import.state.as_ref().unwrap().as_str().to_owned());
        if import.is_done().is_some() {
            break import;
        }
    };
    assert_eq!(passed, ["preprocessed", "validating", "validated", "importing", "imported"]);
    assert_eq!((ended.rows_imported, ended.updated_at), (Some(0), Some((NOW + 5).into())));

    world.emulator.set_import_result(ImportResult::Imported(3));
    let three = world.app.call(people()).await.unwrap().id;
    world.emulator.set_import_result(ImportResult::Failed("no such column".into()));
    let failed = world.app.call(imports::Create::objects("o", "https://example.com/b.csv", 1)).await.unwrap().id;
    world.emulator.advance(Duration::from_secs(4));
    let import = world.app.call(imports::Get::new(three)).await.unwrap();
    assert_eq!((import.rows_to_import, import.rows_imported), (Some(3), Some(0)));
    world.emulator.advance(Duration::from_secs(1));
    let import = world.app.call(imports::Get::new(three)).await.unwrap();
    assert_eq!((import.rows_imported, import.error), (Some(3), None));
    let import = world.app.call(imports::Get::new(failed)).await.unwrap();
    assert_eq!((import.is_done(), import.error.as_deref()), (Some(false), Some("no such column")));

    let error = world.app.call(imports::Get::new(9)).await.unwrap_err();
    assert_eq!(told(&error), (404, "the import does not exist".to_owned()));
    let with = |more: Value| {
        let mut import = json!({"name": "a", "data_file_url": "https://a.example", "type": "people"});
        import.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.call("POST /v1/imports", &json!({"import": import}))
    };
    for (more, reason) in [
        (json!({}), "import must have identifier"),
        (json!({"type": "object"}), "import must have object_type_id"),
        (json!({"type": "object", "object_type_id": "1", "identifier": "id"}), "import must not have identifier"),
        (json!({"data_file_url": "a.csv"}), "import.data_file_url must be an http or https URL"),
    ] {
        let (status, body) = with(more);
        assert_eq!((status, detail(&body)), (400, reason));
    }
}

#[tokio::test]
async fn senders_are_those_that_the_test_made() {
    let world = world();
    for id in 1..=5 {
        world.emulator.create_sender_identity(id, "Shop", format!("shop{id}@example.com"));
    }
    let (all, requests) = world.read(sender_identities::List::new().with_limit(2)).await;
    assert_eq!((all.len(), requests), (5, 3));
    assert_eq!(all[0].address.as_deref(), Some("Shop <shop1@example.com>"));
    assert_eq!(world.read(sender_identities::List::new().with_hidden(true)).await.0.len(), 0);
    let (status, page) = world.call("GET /v1/sender_identities?sort=desc&limit=1", &Value::Null);
    assert_eq!((status, &page["sender_identities"][0]["id"]), (200, &json!(5)));
    let one = world.app.call(sender_identities::Get::new(3)).await.unwrap();
    assert_eq!(one, all[2]);
    let from = newsletter(&json!({"from_id": 3}));
    assert_eq!(world.call("POST /v1/newsletters", &from).0, 200);
    let users = world.app.call(sender_identities::UsedBy::new(3)).await.unwrap();
    assert_eq!((users.campaigns, users.sent_newsletters, users.draft_newsletters), (vec![], vec![], vec![1.into()]));
    assert!(world.app.call(sender_identities::UsedBy::new(2)).await.unwrap().draft_newsletters.is_empty());
    let error = world.app.call(sender_identities::Get::new(9)).await.unwrap_err();
    assert_eq!(told(&error), (404, "the sender does not exist".to_owned()));
}

#[tokio::test]
async fn addresses_are_suppressed_and_found_and_released() {
    let world = world();
    for number in 0..5 {
        let email = format!("P{number}+a@example.com");
        world.app.call(suppressions::Suppress::new("bounces", &email)).await.unwrap();
        world.app.call(suppressions::Suppress::new("bounces", &email)).await.unwrap();
    }
    world.app.call(suppressions::Suppress::new("spam_reports", "p0+a@example.com")).await.unwrap();
    let (all, requests) = world.read(suppressions::List::new("bounces").with_limit(2)).await;
    assert_eq!((all.len(), requests), (5, 3));
    assert_eq!((all[0].email.as_deref(), all[0].created), (Some("p0+a@example.com"), Some(NOW.into())));
    let of_domain = || suppressions::ListOfDomain::new("example.com", "bounces");
    let (read, requests) = world.read(of_domain().with_limit(2)).await;
    assert_eq!((read, requests), (all, 3));
    assert_eq!(world.read(of_domain().with_email("P3+a@example.com")).await.0.len(), 1);
    let found = world.app.call(suppressions::Search::new("p0+a@example.com")).await.unwrap();
    assert_eq!((found.items.len(), &found.extra["category"]), (2, &json!("bounces")));

    world.app.call(suppressions::Unsuppress::new("bounces", "p0+a@example.com")).await.unwrap();
    let found = world.app.call(suppressions::Search::new("p0+a@example.com")).await.unwrap();
    assert_eq!((found.items.len(), &found.extra["category"]), (1, &json!("spam")));
    world.app.call(suppressions::Unsuppress::new("bounces", "nobody@example.com")).await.unwrap();
    assert_eq!(world.call("GET /v1/esp/suppression/bounce", &Value::Null).0, 404);
    assert_eq!(world.call("GET /v1/esp/suppression/bounces?offset=-1", &Value::Null).0, 400);
}

fn newsletter(more: &Value) -> Value {
    let segment = json!({"or": [{"segment": {"id": 7}}]});
    let recipients = json!({"and": [segment, {"not": {"or": [{"segment": {"id": 8}}]}}]});
    let mut newsletter =
        json!({"type": "email", "name": "May", "subject": "Hi", "body": "<p>Ho</p>", "recipients": recipients});
    newsletter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    newsletter
}

#[test]
fn newsletters_are_made_scheduled_and_marked_as_sent() {
    let world = world();
    world.emulator.create_segment(7);
    world.emulator.create_segment(8);
    for _ in 0..5 {
        assert_eq!(world.call("POST /v1/newsletters", &newsletter(&json!({}))).0, 200);
    }
    let (all, pages) = world.pages("GET /v1/newsletters", &Value::Null, "newsletters");
    assert_eq!((all.len(), pages), (5, 3));
    let first = &all[0];
    assert_eq!((&first["id"], &first["sent_at"], &first["type"]), (&json!(1), &Value::Null, &json!("email")));
    assert_eq!((&first["recipient_segment_ids"], &first["created"]), (&json!([7]), &json!(NOW)));
    let (_, page) = world.call("GET /v1/newsletters?sort=desc&limit=1", &Value::Null);
    assert_eq!(page["newsletters"][0]["id"], 5);

    let sent_at =
        |id: u64| world.call(&format!("GET /v1/newsletters/{id}"), &Value::Null).1["newsletter"]["sent_at"].clone();
    assert_eq!(world.call("POST /v1/newsletters/1/send", &Value::Null).1["newsletter"]["sent_at"], NOW);
    let (status, again) = world.call("POST /v1/newsletters/1/send", &json!({}));
    assert_eq!((status, detail(&again)), (400, "the newsletter has already been sent"));
    let later = json!({"scheduled_at": NOW + 60, "timezone": "Europe/London"});
    assert_eq!(world.call("POST /v1/newsletters/2/schedule", &later).0, 200);
    assert_eq!(world.call("POST /v1/newsletters/3/schedule", &later).0, 200);
    assert_eq!(world.call("POST /v1/newsletters/3/schedule", &json!({"scheduled_at": 0})).0, 200);
    let (status, refused) = world.call("POST /v1/newsletters/3/schedule", &json!({"scheduled_at": 0}));
    assert_eq!((status, detail(&refused)), (400, "the newsletter is not scheduled"));
    assert_eq!(sent_at(2), Value::Null);
    world.emulator.advance(Duration::from_secs(60));
    assert_eq!((sent_at(2), sent_at(3)), (json!(NOW + 60), Value::Null));
    assert_eq!(world.call("POST /v1/newsletters/2/schedule", &json!({"scheduled_at": 0})).0, 400);

    let (_, users) = world.call("GET /v1/segments/7/used_by", &Value::Null);
    assert_eq!(users["used_by"], json!({"campaigns": [], "sent_newsletters": [1, 2], "draft_newsletters": [3, 4, 5]}));
    let (_, others) = world.call("GET /v1/segments/8/used_by", &Value::Null);
    assert_eq!(others["used_by"], json!({"campaigns": [], "sent_newsletters": [], "draft_newsletters": []}));

    let sms = json!({"type": "twilio", "name": "SMS", "body": "Hi", "send_now": true, "recipients": newsletter(&json!({}))["recipients"]});
    assert_eq!(world.call("POST /v1/newsletters", &sms).1["newsletter"]["sent_at"], NOW + 60);
    for (line, status) in
        [("DELETE /v1/newsletters/4", 204), ("DELETE /v1/newsletters/4", 404), ("GET /v1/newsletters/4", 404)]
    {
        assert_eq!(world.call(line, &Value::Null).0, status, "{line}");
    }
    assert_eq!(world.call("POST /v1/newsletters/4/send", &Value::Null).0, 404);
}

#[test]
fn a_newsletter_that_is_not_right_is_a_422() {
    let world = world();
    let segment = json!({"segment": {"id": 7}});
    for (more, reason) in [
        (json!({"type": "fax"}), "type must be one of email, webhook, twilio, push, in_app, inbox"),
        (json!({"subject": ""}), "subject must not be empty"),
        (json!({"from": "a@b", "from_id": 1}), "the body must have at most one of from and from_id"),
        (json!({"name": "x".repeat(191)}), "name must be a name of 1 to 190 characters"),
        (json!({"type": "push"}), ""),
        (json!({"type": "in_app", "body_json": "[]"}), "body_json must be a JSON object as a string"),
        (json!({"send_now": true, "scheduled_at": NOW + 1}), "scheduled_at must not come with send_now"),
        (json!({"scheduled_at": NOW}), "scheduled_at must be in the future"),
        (json!({"rate_limit_email_rate": 1}), "rate_limit_time_period must come with rate_limit_email_rate"),
        (json!({"rate_limit_time_period": 60}), "rate_limit_email_rate must come with rate_limit_time_period"),
        (
            json!({"rate_limit_email_rate": 1, "rate_limit_time_period": 61}),
            "rate_limit_time_period must be one of 60, 3600, 86400",
        ),
        (
            json!({"recipients": {"and": [segment]}}),
            "recipients.and[0] must be an object of exactly one of or, not, attribute",
        ),
        (json!({"recipients": {"or": [segment]}}), "recipients.and is missing"),
    ] {
        let (status, body) = world.call("POST /v1/newsletters", &newsletter(&more));
        if reason.is_empty() {
            assert_eq!(status, 200, "{more}");
        } else {
            assert_eq!((status, detail(&body)), (422, reason), "{more}");
        }
    }
    let schedule = |body: Value| world.call("POST /v1/newsletters/1/schedule", &body);
    for (body, reason) in [
        (json!({"scheduled_at": NOW + 60}), "timezone is missing"),
        (json!({"scheduled_at": NOW, "timezone": "UTC"}), "scheduled_at must be in the future"),
        (
            json!({
                "scheduled_at": NOW + 60, "timezone": "UTC", "tz_match_enabled": true,
                "rate_limit_email_rate": 5, "rate_limit_time_period": 86_400,
            }),
            "rate_limit_time_period must be at most 3600 with tz_match_enabled",
        ),
    ] {
        let (status, refused) = schedule(body);
        assert_eq!((status, detail(&refused)), (422, reason));
    }
}
