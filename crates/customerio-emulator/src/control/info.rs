//! What the server is, and how much it has of everything.

use http::Response;
use serde_json::{Value, json};

use crate::{
    APP_API_KEY, Emulator, PIPELINES_KEY, SITE_ID, TRACK_API_KEY, Verdict, WEBHOOK_SIGNING_KEY,
    control::{
        asked::{Asked, json_reply},
        clock,
        schema::{Schema, TEXT},
    },
    log::last_four,
    server::payload::Payload,
    store::{kept::Key, state::State},
    webhooks::fate::WebhookState,
};

/// The version of this crate.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// That the server responds.
pub(crate) const HEALTH: Schema = Schema::Object(&[("status", Schema::OneOf(&["ok"])), ("version", Schema::Text)]);

/// How much there is of everything.
pub(crate) const COUNTS: Schema = Schema::Named(
    "Counts",
    &Schema::Object(&[
        ("seq", Schema::Integer),
        ("requests", Schema::Integer),
        ("people", Schema::Integer),
        ("events", Schema::Integer),
        ("messages", Schema::Integer),
        ("devices", Schema::Integer),
        ("segments", Schema::Integer),
        ("objects", Schema::Integer),
        ("webhooks", Schema::Integer),
        ("webhooks_failed", Schema::Integer),
        ("triggers", Schema::Integer),
        ("metrics", Schema::Integer),
        ("forms", Schema::Integer),
        ("dropped", Schema::Integer),
        ("refused", Schema::Integer),
        ("faults", Schema::Integer),
    ]),
);

/// What the server is.
pub(crate) const INFO: Schema = Schema::Object(&[
    ("version", Schema::Text),
    ("url", Schema::Text),
    ("https_url", TEXT),
    ("ca", TEXT),
    (
        "workspaces",
        Schema::List(&Schema::Named(
            "Workspace",
            &Schema::Object(&[
                ("id", Schema::Text),
                ("name", Schema::Text),
                (
                    "credentials",
                    Schema::Object(&[
                        ("site_id", Schema::Text),
                        ("track_api_key", Schema::Text),
                        ("app_api_key", Schema::Text),
                        ("pipelines_key", Schema::Text),
                        ("webhook_signing_key", Schema::Text),
                    ]),
                ),
                ("counts", COUNTS),
            ]),
        )),
    ),
    (
        "settings",
        Schema::Object(&[
            ("workspaces", Schema::OneOf(&["one", "any"])),
            ("region", Schema::OneOf(&["us", "eu"])),
            ("contract", Schema::OneOf(&["compat", "strict"])),
            ("rate_limits", Schema::Boolean),
            ("persists", TEXT),
        ]),
    ),
    ("clock", clock::CLOCK),
]);

/// Whether the server responds.
pub(crate) fn health(_: &Asked) -> Response<Payload> {
    json_reply(&json!({"status": "ok", "version": VERSION}))
}

/// How much there is of everything.
pub(crate) fn counts(asked: &Asked) -> Response<Payload> {
    json_reply(&counts_of(&asked.emulator.state()))
}

pub(crate) fn counts_of(state: &State) -> Value {
    let got = |verdict: Verdict| state.verdicts[verdict as usize];
    json!({
        "seq": state.sequence.last(),
        "requests": state.log.len(),
        "people": state.people.count(),
        "events": state.events.len(),
        "messages": state.messages.len(),
        "devices": state.people.devices_count(),
        "segments": state.library.segments.len(),
        "objects": state.objects.len(),
        "webhooks": state.outbox.records.len(),
        "webhooks_failed": webhooks_failed(state),
        "triggers": state.triggers.len(),
        "metrics": state.metrics.len(),
        "forms": state.forms.len(),
        "dropped": got(Verdict::Dropped),
        "refused": got(Verdict::Refused),
        "faults": state.faults.active(),
    })
}

/// How many events were not accepted by whom they are reported to.
fn webhooks_failed(state: &State) -> usize {
    let count = |of| state.outbox.records.count_of(&Key::Webhook(of));
    count(WebhookState::Failed) + count(WebhookState::GivenUp)
}

/// What the server is, and its workspaces.
pub(crate) fn info(asked: &Asked) -> Response<Payload> {
    let workspaces = asked.workspaces.all().into_iter().map(|(id, emulator)| workspace(asked, &id, &emulator));
    let served = if asked.workspaces.takes_any_credentials() { "any" } else { "one" };
    let host = asked.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (around, config) = (asked.workspaces.surroundings(), &asked.emulator.config);
    json_reply(&json!({
        "version": VERSION,
        "url": format!("http://{host}"),
        "https_url": around.https_url,
        "ca": around.ca,
        "workspaces": workspaces.collect::<Vec<_>>(),
        "settings": {
            "workspaces": served,
            "region": region(config.region),
            "contract": config.contract.name(),
            "rate_limits": config.rate_limits,
            "persists": around.state,
        },
        "clock": clock::shown(&asked.emulator.state()),
    }))
}

fn workspace(asked: &Asked, id: &str, emulator: &Emulator) -> Value {
    let config = &emulator.config;
    let name = if config.number == 0 { config.site_id.clone() } else { last_four(&config.site_id) };
    json!({
        "id": id,
        "name": name,
        "credentials": credentials(asked, emulator),
        "counts": counts_of(&emulator.state()),
    })
}

/// The credentials of a workspace, as whoever asks may see them. What this crate publishes is no secret, nor is what the
/// request names; what somebody else has chosen may be one.
pub(crate) fn credentials(asked: &Asked, emulator: &Emulator) -> Value {
    let config = &emulator.config;
    let shown = |secret: &str, published: &str| {
        let is_known = secret == published || asked.named.as_deref() == Some(secret);
        if is_known { secret.into() } else { last_four(secret) }
    };
    let track = config.track_api_key.as_deref().map_or_else(|| "any".to_owned(), |key| shown(key, TRACK_API_KEY));
    json!({
        "site_id": if config.number == 0 { config.site_id.clone() } else { shown(&config.site_id, SITE_ID) },
        "track_api_key": track,
        "app_api_key": shown(&config.app_api_key, APP_API_KEY),
        "pipelines_key": shown(&config.pipelines_key, PIPELINES_KEY),
        "webhook_signing_key": shown(&config.webhook_signing_key, WEBHOOK_SIGNING_KEY),
    })
}

const fn region(region: customerio_core::Region) -> &'static str {
    match region {
        customerio_core::Region::Eu => "eu",
        _ => "us",
    }
}
