//! How strict it is: the contract and the rates, by flag, by variable and by seed.

use std::{fs, process::Command};

use customerio::DefaultTransport;
use customerio_core::{Client, Endpoint, Region, RetryPolicy, app::segments::List};
use serde_json::{Value, json};

use crate::support::{APP, Folder, Serving, failed, program, run};

const SEGMENTS: &str = "GET /v1/segments";
/// A body that the vendor's clients send and the contract has not.
const PUSH: &str = r#"{"transactional_message_id":1,"identifiers":{"id":42}}"#;

fn settings(serving: &Serving) -> (Value, Value) {
    let settings = &serving.ask("GET /_emulator/v1/info", "", "").1["settings"];
    (settings["contract"].clone(), settings["rate_limits"].clone())
}

#[test]
fn a_flag_a_variable_and_a_seed_say_how_strict_it_is() {
    let folder = Folder::new();
    let seed = folder.path("seed.json");
    fs::write(&seed, r#"{"workspace": {"contract": "strict", "rate_limits": true}}"#).unwrap();
    let with = |change: &dyn Fn(&mut Command)| {
        let mut command = program(&folder);
        change(&mut command);
        settings(&Serving::spawn(&mut command))
    };
    let (contract, limits) = ("CUSTOMERIO_EMULATOR_CONTRACT", "CUSTOMERIO_EMULATOR_RATE_LIMITS");
    let (lax, strict) = ((json!("compat"), json!(false)), (json!("strict"), json!(true)));
    assert_eq!(with(&|_| {}), lax);
    assert_eq!(with(&|command| _ = command.args(["--contract", "strict", "--rate-limits"])), strict);
    assert_eq!(with(&|command| _ = command.env(contract, "strict").env(limits, "1")), strict);
    assert_eq!(with(&|command| _ = command.arg("--seed").arg(&seed)), strict);
    let over_the_seed = |command: &mut Command| {
        command.arg("--seed").arg(&seed).env(contract, "compat").arg("--rate-limits=false");
    };
    assert_eq!(with(&over_the_seed), lax);
    let over_the_variable = |command: &mut Command| {
        command.env(contract, "compat").env(limits, "false").args(["--contract", "strict", "--rate-limits"]);
    };
    assert_eq!(with(&over_the_variable), strict);
    let (code, said) = failed(&run(&folder, &["--contract", "loose"]));
    assert!(code == 2 && said.contains("[possible values: compat, strict]"), "{said}");
}

#[test]
fn what_the_contract_has_not_is_refused_where_that_is_asked_for() {
    let folder = Folder::new();
    for (flags, status, verdict) in [(&[][..], 200, "tolerated"), (&["--contract", "strict"], 400, "refused")] {
        let mut serving = Serving::start(&folder, flags);
        assert_eq!(serving.ask("POST /v1/send/push", APP, PUSH).0, status);
        let line = serving.line();
        assert_eq!((&line["verdict"], &line["why"]), (&json!(verdict), &json!("identifiers.id must be a string")));
    }
}

/// The SDK goes as fast as its throttle allows, over a socket, and is never limited; whoever does not wait is.
#[test]
fn the_sdk_is_never_limited_and_others_are() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &["--rate-limits"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let endpoint = Endpoint::app(Region::Us, "emulator-app-key").unwrap();
        let endpoint = endpoint.with_base_url(serving.url()).unwrap();
        let client = Client::new(endpoint, DefaultTransport::new().unwrap())
            .with_retry_policy(RetryPolicy::default().with_attempts(1));
        let calls: Vec<_> = (0..25)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.call(List::new()).await.map(drop) })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    });
    let counts = serving.ask("GET /_emulator/v1/counts", "", "").1;
    assert_eq!((&counts["requests"], &counts["refused"]), (&json!(25), &json!(0)), "{counts}");
    let mut statuses: Vec<_> = (0..20).map(|_| serving.ask(SEGMENTS, APP, "").0).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[19]), (200, 429), "{statuses:?}");
}
