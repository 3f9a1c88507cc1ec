//! The first programs have the settings of the emulator and of the workspace.

use customerio_emulator::{Emulator, Surroundings, Workspaces};
use serde_json::Value;

use crate::support::World;

async fn program(world: &World, id: &str, query: &str) -> Value {
    let programs = world.get(&format!("programs{query}")).await;
    programs["items"].as_array().unwrap().iter().find(|program| program["id"] == id).unwrap().clone()
}

fn notes(program: &Value) -> String {
    program["notes"].to_string()
}

#[tokio::test]
async fn a_program_has_the_settings_of_the_server() {
    let mut surroundings = Surroundings::default();
    surroundings.https_url = Some("https://127.0.0.1:1".to_owned());
    surroundings.ca = Some("/of/this/machine.pem".into());
    let world = World::serving(&Workspaces::of(Emulator::new()).with_surroundings(surroundings)).await;
    let python = program(&world, "python", "").await;
    let text = python["text"].as_str().unwrap();
    for setting in [world.server.url().as_str(), "\"https://127.0.0.1:1\"", "/of/this/machine.pem", "\"emulator-site\""]
    {
        assert!(text.contains(setting), "{setting}: {text}");
    }
    assert_eq!(notes(&python), "[]");

    let world = World::new().await;
    assert!(notes(&program(&world, "python", "").await).contains("no https port"));
    assert_eq!(notes(&program(&world, "rust", "").await), "[]");
}

#[tokio::test]
async fn a_credential_is_whole_where_it_is_known_already() {
    let workspaces = Workspaces::of(Emulator::builder().with_app_api_key("a-key-of-a-team").build());
    let world = World::serving(&workspaces.with_any_credentials()).await;
    let node = program(&world, "node", "").await;
    let text = node["text"].as_str().unwrap();
    assert!(text.contains("\"…team\"") && text.contains("\"emulator-track-key\""), "{text}");
    assert!(notes(&node).contains("write them in full"), "{node}");
    assert!(!notes(&program(&world, "node-cdp", "").await).contains("write them in full"));

    // Who names a workspace by its credential has it.
    let node = program(&world, "node", "?workspace=suite-seven").await;
    let text = node["text"].as_str().unwrap();
    assert!(
        text.contains("TrackClient(\"suite-seven\", \"any\"") && text.contains("APIClient(\"suite-seven\""),
        "{text}"
    );
    assert!(!notes(&node).contains("write them in full"), "{node}");
    let info = world.get("info?workspace=suite-seven").await;
    assert_eq!(info["workspaces"][1]["credentials"]["pipelines_key"], "suite-seven");
    let info = world.get("info").await;
    assert_eq!(info["workspaces"][1]["credentials"]["pipelines_key"], "…even");
}
