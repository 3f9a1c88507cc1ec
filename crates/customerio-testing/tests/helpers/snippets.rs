//! Snippets made to be as they are wanted.

use customerio_core::{Error, app::snippets::SnippetStep};
use customerio_testing::Recorder;
use serde_json::{Value, json};

use super::{client, lines};

const LIST: &str = "GET /v1/snippets";

/// Four that are there.
fn there() -> Recorder {
    let snippets = json!([
        {"name": "same", "value": "1"},
        {"name": "other\n", "value": "2"},
        {"name": "differs", "value": "3"},
        {"name": "without", "value": null},
        {"value": "odd"},
    ]);
    Recorder::new().responding(200, json!({"snippets": snippets}).to_string())
}

const WANTED: [(&str, &str); 5] = [("same", "1"), ("new", "{{ 1 }}"), ("differs", "4"), ("without", "5"), ("b", "6")];

fn done(recorder: Recorder, count: usize) -> Recorder {
    (0..count).fold(recorder, |recorder, _| recorder.responding(200, r#"{"snippet":{"name":"x","value":"y"}}"#))
}

#[tokio::test]
async fn a_plan_alone_changes_nothing() {
    let recorder = there();
    let plan = client(&recorder).plan_snippets(WANTED).await.unwrap();
    let make = |value: &str| SnippetStep::Create(value.to_owned());
    let change = |value: &str| SnippetStep::Update(value.to_owned());
    let steps: Vec<_> = plan.steps().collect();
    let expected = [
        ("b", make("6")),
        ("differs", change("4")),
        ("new", make("{{ 1 }}")),
        ("other\n", SnippetStep::Unmanaged),
        ("same", SnippetStep::Keep),
        ("without", change("5")),
    ];
    assert_eq!(steps, expected);
    assert_eq!(plan.to_string(), "+ b\n~ differs\n+ new\n~ without");
    assert!(!plan.is_empty());
    let plan = plan.deleting_others();
    assert_eq!(plan.to_string(), "+ b\n~ differs\n+ new\n- other\\n\n~ without");
    assert_eq!(plan.steps().nth(3), Some(("other\n", SnippetStep::Delete)));
    assert_eq!(lines(&recorder), [LIST]);

    let plan = client(&Recorder::new().responding(200, r#"{"snippets":[{"name":"a","value":"1"}]}"#));
    let plan = plan.plan_snippets([("a", "1")]).await.unwrap();
    assert!(plan.is_empty());
    assert_eq!(plan.to_string(), "no snippet differs");
    assert_eq!(plan.apply().await.unchanged, ["a"]);
}

#[tokio::test]
async fn what_differs_is_written_and_what_is_not_wanted_is_deleted_only_when_told() {
    let put = |name: &str, value: &str| format!("PUT /v1/snippets {}", json!({"name": name, "value": value}));
    let writes = [put("b", "6"), put("new", "{{ 1 }}"), put("differs", "4"), put("without", "5")];
    for deletes in [false, true] {
        let recorder = done(there(), 4).responding(204, "");
        let client = client(&recorder);
        let call = async move {
            let plan = client.plan_snippets(WANTED).await?;
            Ok::<_, Error>(if deletes { plan.deleting_others() } else { plan }.apply().await)
        };
        let report = tokio::spawn(call).await.unwrap().unwrap();
        assert_eq!((report.made.join(" "), report.changed.join(" ")), ("b new".into(), "differs without".into()));
        assert_eq!((report.unchanged.join(" "), report.failed.len(), report.left.len()), ("same".into(), 0, 0));
        assert_eq!(report.deleted, if deletes { vec!["other\n"] } else { Vec::new() });
        let lines = lines(&recorder);
        assert_eq!((lines[0].as_str(), &lines[1..5]), (LIST, &writes[..]));
        assert_eq!(lines[5..], if deletes { vec!["DELETE /v1/snippets/other%0A"] } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_failure_does_not_keep_the_others_from_being_done() {
    let recorder =
        done(done(there(), 1).responding(422, r#"{"errors":[{"detail":"too long"}]}"#), 2).responding(400, "");
    let plan = client(&recorder).plan_snippets(WANTED).await.unwrap().deleting_others();
    let report = plan.apply().await;
    assert_eq!((report.made.join(" "), report.changed.join(" ")), ("b".into(), "differs without".into()));
    let failed: Vec<_> = report.failed.iter().map(ToString::to_string).collect();
    assert!(failed[0].starts_with("the snippet \"new\": ") && failed[0].contains("too long"), "{failed:?}");
    assert!(failed[1].starts_with("the snippet \"other\\n\": ") && failed[1].contains("400"), "{failed:?}");
    assert_eq!(failed.len(), 2);
    // Whoever else deleted it has done the work.
    let recorder = done(there(), 4).responding(404, "");
    let report = client(&recorder).plan_snippets(WANTED).await.unwrap().deleting_others().apply().await;
    assert_eq!((report.deleted.len(), report.failed.len()), (1, 0));
}

#[tokio::test]
async fn refused_credentials_end_it() {
    for status in [401, 403] {
        let recorder = done(there(), 1).responding(status, "");
        let report = client(&recorder).plan_snippets(WANTED).await.unwrap().deleting_others().apply().await;
        assert_eq!((report.made.join(" "), report.failed[0].name.as_str()), ("b".into(), "new"));
        assert_eq!(
            (report.left.join(" "), report.unchanged.join(" ")),
            ("differs without other\n".into(), "same".into())
        );
        assert_eq!(lines(&recorder).len(), 3);
    }
}

#[tokio::test]
async fn what_cannot_be_a_snippet_is_refused_before_anything_is_sent() {
    let recorder = Recorder::new();
    for (wanted, what) in [
        ([("a", "1"), (" ", "1")], "the snippet's name has only whitespace or invisible characters"),
        ([("a", "1"), ("b", "")], "the snippet's value is empty"),
        ([("a", "1"), ("a", "2")], "the snippet's name is given twice"),
    ] {
        assert_eq!(client(&recorder).plan_snippets(wanted).await.unwrap_err().to_string(), what);
    }
    assert!(lines(&recorder).is_empty());
    let none: [(&str, &str); 0] = [];
    let empty = Recorder::new().responding(200, json!({"snippets": Value::Null}).to_string());
    assert!(client(&empty).plan_snippets(none).await.unwrap().deleting_others().is_empty());
}
