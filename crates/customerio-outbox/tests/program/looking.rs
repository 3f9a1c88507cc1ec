//! What it shows.

use serde_json::{Value, json};

use crate::support::{Place, filled, without_ages};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at() {
    looks(&Place::file()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_looked_at() {
    let Some(place) = Place::database().await else { return };
    looks(&place).await;
}

async fn looks(place: &Place) {
    let service = filled(place).await;
    let before = service.emulator().requests();
    counts(place);
    lists(place);
    shows(place);
    assert_eq!(service.emulator().requests(), before, "it sends nothing");
}

fn counts(place: &Place) {
    let printed = place.printed("stats --max-age 1h --max-dead 2");
    let lines: Vec<_> = printed.lines().collect();
    assert!(lines[0].starts_with("waiting       1 call, ") && lines[0].ends_with(" bytes"), "{printed}");
    assert!(lines[1].starts_with("oldest        ") && lines[1].ends_with("s ago"), "{printed}");
    let rest = [
        "dead letters  2",
        "              rejected          1",
        "              unknown_outcome   1",
        "sender        none",
    ];
    assert_eq!(lines[2..], rest);

    let stats = &place.json("stats")[0];
    assert_eq!(stats["dead"], json!({ "rejected": 1, "unknown_outcome": 1 }));
    assert_eq!(
        (&stats["waiting"], &stats["dead_letters"], &stats["leased_until"]),
        (&json!(1), &json!(2), &Value::Null)
    );
    assert!(stats["oldest_age_seconds"].as_f64().unwrap() < 100.0 && stats["bytes"].as_u64().unwrap() > 100);
    assert_eq!(stats["passed"], json!([]));

    let (code, printed, error) = place.run("stats --max-dead 1");
    assert!(code == 1 && printed.starts_with("waiting"), "{code}: {printed}");
    assert_eq!(error, "error: there are 2 dead letters, and 1 is the bound\n");
    let (code, printed, error) = place.run("stats --max-age 0s --max-dead 0 --json");
    let stats: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((code, &stats["passed"]), (1, &json!(["max_age", "max_dead"])), "{error}");
}

fn lists(place: &Place) {
    let listed = |arguments: &str| without_ages(&place.printed(arguments));
    let all = listed("list");
    let header = "NUMBER  AGE  OPERATION              DESTINATION  STATE            MESSAGE\n";
    let rows: Vec<_> = all.strip_prefix(header).unwrap_or_else(|| panic!("{all}")).lines().collect();
    assert!(rows[0].starts_with("1       0s   track.v2.person.event  default      rejected         400 "), "{all}");
    assert!(rows[1].starts_with("2       0s   app.send_email         default      unknown_outcome"), "{all}");
    assert_eq!(rows[2..], ["3       0s   track.v2.person.event  default      waiting"]);

    let numbers = |arguments: &str| -> Vec<u64> {
        place.json(arguments).iter().map(|call| call["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers("list --waiting"), [3]);
    assert_eq!(numbers("list --dead"), [1, 2]);
    assert_eq!(numbers("list --reason unknown_outcome"), [2]);
    assert_eq!(numbers("list --operation track.v2.person.event"), [1, 3]);
    assert_eq!(numbers("list --destination eu"), [] as [u64; 0]);
    assert_eq!(numbers("list --limit 1 --after 1"), [2]);
    assert_eq!(place.run("list --limit 2").2, "there are more: --after 2\n");
    assert_eq!(place.run("list --limit 3").2, "");

    let calls = place.json("list");
    assert_eq!(
        (&calls[0]["state"], &calls[0]["reason"], &calls[0]["parked"]),
        (&json!("dead"), &json!("rejected"), &json!(false))
    );
    assert_eq!((&calls[0]["status"], &calls[0]["lane"]), (&json!(400), &json!("track/batches")));
    assert_eq!((&calls[1]["parked"], &calls[1]["route"]), (&json!(true), &json!("/v1/send/email")));
    assert_eq!((&calls[2]["state"], &calls[2]["marked"]), (&json!("waiting"), &json!(false)));
    for call in calls {
        assert!(call["stored_at"].as_str().unwrap().ends_with('Z') && call.get("body").is_none(), "{call}");
    }
}

fn shows(place: &Place) {
    let printed = place.printed("show 2");
    for line in [
        "number       2\n",
        "state        unknown_outcome\n",
        "operation    app.send_email\n",
        "request      POST /v1/send/email\n",
        "parked       it is replayed with --even-if-it-was-sent only\n",
        " bytes; --body shows it: it holds personal data\n",
    ] {
        assert!(printed.contains(line), "{line}{printed}");
    }
    let names_her = |text: &str| text.contains("ada@example.com");
    assert!(!names_her(&printed) && !names_her(&format!("{:?}", place.json("show 2"))));
    let printed = place.printed("show 2 --body");
    assert!(printed.contains("  \"to\": \"ada@example.com\"") && !printed.contains("personal"), "{printed}");
    let shown = &place.json("show 3 --body")[0];
    assert_eq!((&shown["body"]["name"], &shown["body"]["attributes"]), (&json!("purchase"), &json!({ "length": 15 })));
    assert_eq!(place.run("show 7"), (1, String::new(), "error: there is no call 7\n".to_owned()));
}
