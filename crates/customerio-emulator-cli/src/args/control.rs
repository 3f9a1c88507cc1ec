//! What the commands take that talk to an emulator which runs.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use crate::args::value;

/// Which emulator, and which of its workspaces.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which emulator")]
pub(crate) struct Target {
    /// URL of the emulator
    #[arg(long, env = "CUSTOMERIO_EMULATOR_URL", hide_env = true, default_value = "http://127.0.0.1:8246")]
    pub(crate) url: String,
    /// Workspace: a credential of its application, or its id [default: the first]
    #[arg(long, value_name = "NAME", env = "CUSTOMERIO_EMULATOR_WORKSPACE", hide_env = true)]
    pub(crate) workspace: Option<String>,
}

/// Of what there are lists, for help texts.
macro_rules! kinds {
    () => {
        "KIND is one of requests, people, events, devices, segments, objects, messages, webhooks, triggers,\nmetrics and forms."
    };
}

/// What is kept, in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Requests,
    People,
    Events,
    Devices,
    Segments,
    Objects,
    Messages,
    Webhooks,
    Triggers,
    Metrics,
    Forms,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::People => "people",
            Self::Events => "events",
            Self::Devices => "devices",
            Self::Segments => "segments",
            Self::Objects => "objects",
            Self::Messages => "messages",
            Self::Webhooks => "webhooks",
            Self::Triggers => "triggers",
            Self::Metrics => "metrics",
            Self::Forms => "forms",
        }
    }
}

/// Which items of a list.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which items")]
pub(crate) struct Filters {
    /// Recipient of a message
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Person, by any identifier
    #[arg(long, value_name = "IDENTIFIER")]
    person: Option<String>,
    /// Name of an event
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Channel of a message, such as email
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Template of a message, by name or number
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// Verdict on a request, such as refused
    #[arg(long, value_name = "VERDICT")]
    verdict: Option<String>,
    /// Text anywhere in it
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// Any other filter of the control API, such as status=400
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    filter: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Filters {
    /// As the control API takes them.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let named = [
            ("to", &self.to),
            ("person", &self.person),
            ("name", &self.name),
            ("channel", &self.channel),
            ("template", &self.template),
            ("verdict", &self.verdict),
            ("q", &self.q),
        ];
        let given = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        given.chain(self.filter.iter().cloned()).collect()
    }
}

#[derive(Debug, Args)]
#[command(after_help = concat!("\
Examples:
  customerio-emulator wait
  customerio-emulator wait messages --to ada@example.com --timeout 5s
It prints the items as JSON, one per line. Exit code 5: they did not arrive in time.
", kinds!()))]
pub(crate) struct Wait {
    /// What to wait for; without it, until the emulator is ready
    #[arg(value_name = "KIND", hide_possible_values = true)]
    pub(crate) kind: Option<Kind>,
    /// Number of items
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) count: u32,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = value::duration)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) filters: Filters,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Leave it empty, without the seed
    #[arg(long)]
    pub(crate) no_seed: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// Folder or JSON file
    #[arg(value_name = "DIR|FILE")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Dump {
    /// Folder to write; without it, the same is printed as one JSON document
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Advance {
    /// How far, such as 10m
    #[arg(value_parser = value::duration)]
    pub(crate) duration: Duration,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
#[command(after_help = kinds!())]
pub(crate) struct Tail {
    /// What to print
    #[arg(long, value_name = "KIND", default_value = "requests", hide_possible_values = true)]
    pub(crate) kind: Kind,
    /// Begin with the last ones
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub(crate) last: u32,
    /// Print each as JSON, one per line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) filters: Filters,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Record them with
  curl 'http://127.0.0.1:8246/_emulator/v1/requests?whole=1&limit=1000' >requests.json
or as they come, one per line, with
  customerio-emulator tail --json --filter whole=1 >requests.jsonl
A recording has no credentials: those of the emulator are sent, or those of the flags. A request that was refused
with 401 is sent as it was recorded, and is refused again. A body of which the recording has only the beginning
(64 KiB) is skipped. Reset the emulator first where the recording began with an empty one.

Exit code 1: a response has another status or verdict than in the recording.")]
pub(crate) struct Replay {
    /// Recorded requests: JSON, or JSON lines
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) credentials: Keys,
}

/// The credentials of an emulator that does not have its own ones.
#[derive(Debug, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct Keys {
    /// Site ID of the Track API [default: the emulator's]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_SITE_ID", hide_env = true)]
    pub(crate) site_id: Option<String>,
    /// Key of the Track API [default: the emulator's]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_TRACK_API_KEY", hide_env = true)]
    pub(crate) track_api_key: Option<String>,
    /// Key of the App API [default: the emulator's]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_APP_API_KEY", hide_env = true)]
    pub(crate) app_api_key: Option<String>,
    /// Key of the Pipelines API [default: the emulator's]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_PIPELINES_KEY", hide_env = true)]
    pub(crate) pipelines_key: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
What it prints is a shell script: paste it, or run it:
  eval \"$(customerio-emulator env)\"
  customerio-emulator env --sdk node | sh
SDK is one of node, python, go, ruby, rust, node-cdp, python-cdp (cdp: the Pipelines API) and curl.")]
pub(crate) struct Env {
    /// Print a first program for this SDK too
    #[arg(long, value_name = "SDK", hide_possible_values = true)]
    pub(crate) sdk: Option<Sdk>,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sdk {
    Node,
    Python,
    Go,
    Ruby,
    Rust,
    NodeCdp,
    PythonCdp,
    Curl,
}
