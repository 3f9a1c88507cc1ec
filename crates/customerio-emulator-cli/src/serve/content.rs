//! What the emulator starts with: what the command line says, after it what the seed says, and what a former run has kept.

use std::{fs, io::ErrorKind, path::Path};

use bytes::Bytes;
use customerio_core::Rfc3339;
use customerio_emulator::{Emulator, Workspaces};
use http::Method;
use serde_json::{Map, Value, json};

use crate::{
    args::{
        serve::{Serve, Served},
        value::Planned,
    },
    failure::{Code, Failure},
    seed,
    serve::inside::ask,
};

/// Most requests in the log, however small they are.
const MOST_REQUESTS: usize = 100_000;

/// The workspaces, with everything that was said of them.
pub(crate) async fn workspaces(serve: &Serve) -> Result<Workspaces, Failure> {
    let content = &serve.content;
    let mut builder = Emulator::builder()
        .with_seed(seed::read_with(content.seed.as_deref(), said(serve))?)
        .with_auto_create(!content.no_auto_create)
        .with_hosts(&serve.listen.names.allow_host)
        .with_webhook_hosts(&serve.webhooks.allow_webhook_host)
        .with_memory_limit(content.max_memory)
        .with_request_log(MOST_REQUESTS, content.max_log_bytes);
    if let Some(clock) = content.clock {
        builder = builder.with_clock_at(clock);
    }
    if serve.listen.with_cors {
        builder = builder.with_cors();
    }
    let workspaces = Workspaces::of(builder.build());
    let workspaces = match content.workspaces {
        Served::One => workspaces,
        Served::Any => workspaces.with_any_credentials(),
    };
    if let Some(path) = &content.state {
        load(&workspaces, path)?;
        say_again(serve, &workspaces).await?;
    }
    if let Some(url) = &serve.webhooks.webhook_url {
        let invalid = |error| Failure::new(Code::Usage, format!("--webhook-url {url}: {error}"));
        workspaces.first().report_to(url).map_err(invalid)?;
    }
    Ok(workspaces)
}

/// What the command line says in place of a seed's workspace, so that a reset goes back to it.
fn said(serve: &Serve) -> Map<String, Value> {
    let (credentials, content) = (&serve.credentials, &serve.content);
    let texts = [
        ("site_id", &credentials.site_id),
        ("track_api_key", &credentials.track_api_key),
        ("app_api_key", &credentials.app_api_key),
        ("pipelines_key", &credentials.pipelines_key),
        ("webhook_signing_key", &credentials.webhook_signing_key),
    ];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?))));
    let mut said: Map<_, _> = texts.collect();
    if let Some(region) = content.region {
        said.insert("region".to_owned(), region.as_str().into());
    }
    if let Some(contract) = content.contract {
        said.insert("contract".to_owned(), contract.name().into());
    }
    if let Some(refuses) = content.rate_limits {
        said.insert("rate_limits".to_owned(), refuses.into());
    }
    if let Some(outcomes) = &content.outcomes {
        said.insert("outcomes".to_owned(), outcomes.iter().map(Planned::json).collect());
    }
    said
}

/// Puts back what a former run has kept, if there was one.
fn load(workspaces: &Workspaces, path: &Path) -> Result<(), Failure> {
    let bad = |reason: &dyn std::fmt::Display| Failure::new(Code::BadInput, format!("{}: {reason}", path.display()));
    match fs::read_to_string(path) {
        Ok(text) => workspaces.load_state(&text).map_err(|error| bad(&error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(bad(&error)),
    }
}

/// What was kept has a clock and outcomes of its own, and the command line counts before it.
async fn say_again(serve: &Serve, workspaces: &Workspaces) -> Result<(), Failure> {
    if let Some(clock) = serve.content.clock {
        let body = Bytes::from(json!({"at": Rfc3339::from(clock)}).to_string());
        ask(workspaces, Method::POST, "clock", body).await.map_err(Failure::general)?;
    }
    if let Some(outcomes) = &serve.content.outcomes {
        workspaces.first().set_outcomes(outcomes.iter().map(|planned| (planned.after, planned.outcome.clone())));
    }
    Ok(())
}
