//! What the emulator starts with: the command line, and after it what the seed says; then the seed itself, and what was kept.

use std::path::Path;

use bytes::Bytes;
use customerio_core::Region;
use customerio_emulator::{
    APP_API_KEY, Emulator, PIPELINES_KEY, SITE_ID, TRACK_API_KEY, WEBHOOK_SIGNING_KEY, Workspaces,
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    args::{
        serve::{Content, Serve, Served},
        value::Planned,
    },
    failure::{Code, Failure},
    folder,
    serve::{inside::ask, keep},
};

/// Refuses what does not go together.
pub(crate) fn check(content: &Content) -> Result<(), Failure> {
    if content.workspaces == Served::Any && content.state.is_some() {
        let text = "--state keeps one workspace: leave out --workspaces any, or run an emulator for each";
        return Err(Failure::new(Code::Usage, text));
    }
    Ok(())
}

/// A seed in which the command line's settings stand for its own.
pub(crate) fn seed(serve: &Serve) -> Result<Option<Value>, Failure> {
    let Some(path) = &serve.content.seed else { return Ok(None) };
    let mut seed = folder::read(path)?;
    let workspace = seed.as_object_mut().map(|seed| seed.entry("workspace").or_insert_with(|| json!({})));
    let Some(Value::Object(workspace)) = workspace else {
        return Err(bad(path, "it must be an object, and its workspace one too"));
    };
    let credentials = &serve.credentials;
    for (name, value) in [
        ("site_id", &credentials.site_id),
        ("track_api_key", &credentials.track_api_key),
        ("app_api_key", &credentials.app_api_key),
        ("pipelines_key", &credentials.pipelines_key),
        ("webhook_signing_key", &credentials.webhook_signing_key),
    ] {
        if let Some(value) = value {
            workspace.insert(name.to_owned(), value.as_str().into());
        }
    }
    if let Some(region) = serve.content.region {
        workspace.insert("region".to_owned(), region.as_str().into());
    }
    if let Some(outcomes) = &serve.content.outcomes {
        workspace.insert("outcomes".to_owned(), outcomes.iter().map(Planned::json).collect());
    }
    Ok(Some(seed))
}

/// An emulator with the settings of both, and nothing in it.
pub(crate) fn workspaces(serve: &Serve, seed: Option<&Value>) -> Result<Workspaces, Failure> {
    let settings = seed.map_or(&Value::Null, |seed| &seed["workspace"]);
    let credentials = &serve.credentials;
    let text = |given: &Option<String>, name: &str, own: &str| {
        given.clone().or_else(|| settings[name].as_str().map(str::to_owned)).unwrap_or_else(|| own.to_owned())
    };
    let mut builder = Emulator::builder()
        .with_track_credentials(
            text(&credentials.site_id, "site_id", SITE_ID),
            text(&credentials.track_api_key, "track_api_key", TRACK_API_KEY),
        )
        .with_app_api_key(text(&credentials.app_api_key, "app_api_key", APP_API_KEY))
        .with_pipelines_key(text(&credentials.pipelines_key, "pipelines_key", PIPELINES_KEY))
        .with_webhook_signing_key(text(&credentials.webhook_signing_key, "webhook_signing_key", WEBHOOK_SIGNING_KEY))
        .with_region(region(serve, settings)?)
        .with_hosts(&serve.listen.names.allow_host)
        .with_webhook_hosts(&serve.webhooks.allow_webhook_host)
        .with_memory_limit(serve.content.max_memory);
    if let Some(clock) = serve.content.clock {
        builder = builder.with_clock_at(clock);
    }
    if serve.listen.with_cors {
        builder = builder.with_cors();
    }
    let emulator = builder.build();
    if let Some(outcomes) = &serve.content.outcomes {
        emulator.set_outcomes(outcomes.iter().map(|planned| (planned.after, planned.outcome.clone())));
    }
    if let Some(url) = &serve.webhooks.webhook_url {
        emulator.report_to(url).map_err(|error| Failure::new(Code::Usage, format!("--webhook-url {url}: {error}")))?;
    }
    let workspaces = Workspaces::of(emulator);
    Ok(match serve.content.workspaces {
        Served::One => workspaces,
        Served::Any => workspaces.with_any_credentials(),
    })
}

fn region(serve: &Serve, settings: &Value) -> Result<Region, Failure> {
    let given = settings["region"].as_str().filter(|_| serve.content.region.is_none());
    let invalid =
        |name| move |_| Failure::new(Code::BadInput, format!("the seed's region is {name}: there are us and eu"));
    given.map_or(Ok(serve.content.region.unwrap_or(Region::Us)), |name| name.parse().map_err(invalid(name)))
}

/// Puts in the seed, to which a reset goes back, and then what was kept.
pub(crate) async fn fill(serve: &Serve, workspaces: &Workspaces, seed: Option<Value>) -> Result<(), Failure> {
    if let (Some(seed), Some(path)) = (seed, &serve.content.seed) {
        let put = ask(workspaces, Method::PUT, "seed", seed.to_string().into()).await;
        put.map_err(|error| bad(path, &error))?;
    }
    if let Some(path) = &serve.content.state
        && let Some(state) = keep::load(path)?
    {
        let put = ask(workspaces, Method::PUT, "state", Bytes::from(state)).await;
        put.map_err(|error| bad(path, &error))?;
    }
    Ok(())
}

fn bad(path: &Path, reason: &str) -> Failure {
    Failure::new(Code::BadInput, format!("{}: {reason}", path.display()))
}
