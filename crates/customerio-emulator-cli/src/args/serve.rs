//! The flags of `serve`. Those that a seed can set too have no default here.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
};

use clap::{
    ArgAction, Args, ValueEnum,
    builder::{BoolishValueParser, NonEmptyStringValueParser},
};
use customerio_core::{Region, Timestamp};

use crate::args::value::{self, Planned};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) content: Content,
    #[command(flatten)]
    pub(crate) credentials: Credentials,
    #[command(flatten)]
    pub(crate) webhooks: Webhooks,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Where it listens")]
pub(crate) struct Listen {
    /// Port for http; 0 takes a free one
    #[arg(long, env = "CUSTOMERIO_EMULATOR_PORT", hide_env = true, default_value_t = 8246)]
    pub(crate) port: u16,
    /// Port for https; 0 takes a free one
    #[arg(long, value_name = "PORT", env = "CUSTOMERIO_EMULATOR_HTTPS_PORT", hide_env = true, default_value_t = 8247)]
    pub(crate) https_port: u16,
    /// Do not listen for https
    #[arg(long, env = "CUSTOMERIO_EMULATOR_NO_HTTPS", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) no_https: bool,
    #[arg(
        long = "listen",
        help = "Addresses to listen on [default: 127.0.0.1,::1]",
        value_name = "ADDRESS",
        env = "CUSTOMERIO_EMULATOR_LISTEN",
        hide_env = true,
        value_delimiter = ','
    )]
    pub(crate) addresses: Vec<IpAddr>,
    #[command(flatten)]
    pub(crate) names: Names,
    #[command(flatten)]
    pub(crate) ca: CaFolder,
    /// Let pages of any origin call the three APIs (CORS)
    #[arg(long, env = "CUSTOMERIO_EMULATOR_WITH_CORS", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) with_cors: bool,
}

impl Listen {
    /// Loopback addresses, unless others were named.
    pub(crate) fn all_addresses(&self) -> Vec<IpAddr> {
        match self.addresses.as_slice() {
            [] => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            named => named.to_vec(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Names {
    /// Also accept this host name, such as a container's name
    #[arg(long, value_name = "NAME", env = "CUSTOMERIO_EMULATOR_ALLOW_HOST", hide_env = true, value_delimiter = ',')]
    pub(crate) allow_host: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CaFolder {
    /// Folder of the CA [default: in the user's data folder]
    #[arg(long, value_name = "DIR", env = "CUSTOMERIO_EMULATOR_CA_DIR", hide_env = true)]
    pub(crate) ca_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What is in it")]
pub(crate) struct Content {
    /// Start with the content of this folder or JSON file
    #[arg(long, value_name = "DIR|FILE", env = "CUSTOMERIO_EMULATOR_SEED", hide_env = true)]
    pub(crate) seed: Option<PathBuf>,
    /// Keep everything in this file, and load it at start
    #[arg(long, value_name = "FILE", env = "CUSTOMERIO_EMULATOR_STATE", hide_env = true)]
    pub(crate) state: Option<PathBuf>,
    /// One workspace, or one for each credential in use
    #[arg(
        long,
        value_name = "one|any",
        env = "CUSTOMERIO_EMULATOR_WORKSPACES",
        hide_env = true,
        default_value = "one",
        hide_possible_values = true
    )]
    pub(crate) workspaces: Served,
    /// Refuse unknown segments and broadcasts instead of creating them
    #[arg(
        long,
        env = "CUSTOMERIO_EMULATOR_NO_AUTO_CREATE",
        hide_env = true,
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) no_auto_create: bool,
    /// Accept what the vendor's SDKs send beside the contract, or refuse it [default: compat]
    #[arg(
        long,
        value_name = "compat|strict",
        env = "CUSTOMERIO_EMULATOR_CONTRACT",
        hide_env = true,
        hide_possible_values = true
    )]
    pub(crate) contract: Option<Contract>,
    /// Respond with 429 to requests over the documented rates, not only note them
    #[arg(
        long,
        value_name = "true|false",
        env = "CUSTOMERIO_EMULATOR_RATE_LIMITS",
        hide_env = true,
        hide_possible_values = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) rate_limits: Option<bool>,
    /// Stop the clock at this time, such as 2026-11-26T10:00:00Z
    #[arg(long, value_name = "RFC3339", env = "CUSTOMERIO_EMULATOR_CLOCK", hide_env = true)]
    pub(crate) clock: Option<Timestamp>,
    /// Outcomes of each message, such as sent,delivered,opened:10s
    #[arg(
        long,
        value_name = "LIST",
        env = "CUSTOMERIO_EMULATOR_OUTCOMES",
        hide_env = true,
        value_delimiter = ',',
        value_parser = value::outcome
    )]
    pub(crate) outcomes: Option<Vec<Planned>>,
    /// Region of the workspace [default: us]
    #[arg(long, value_name = "us|eu", env = "CUSTOMERIO_EMULATOR_REGION", hide_env = true)]
    pub(crate) region: Option<Region>,
    /// Memory limit of each workspace for people and whatever else is kept until deleted
    #[arg(
        long,
        value_name = "SIZE",
        env = "CUSTOMERIO_EMULATOR_MAX_MEMORY",
        hide_env = true,
        default_value = "1GiB",
        value_parser = value::bytes
    )]
    pub(crate) max_memory: usize,
    /// Memory limit of each workspace for its log of requests
    #[arg(
        long,
        value_name = "SIZE",
        env = "CUSTOMERIO_EMULATOR_MAX_LOG_BYTES",
        hide_env = true,
        default_value = "64MiB",
        value_parser = value::bytes
    )]
    pub(crate) max_log_bytes: usize,
}

/// Which workspaces there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Served {
    One,
    Any,
}

/// How strictly requests are held to the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Contract {
    Compat,
    Strict,
}

impl Contract {
    /// As a seed names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Strict => "strict",
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct Credentials {
    /// Site ID of the Track API [default: emulator-site]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_SITE_ID", hide_env = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) site_id: Option<String>,
    /// Key of the Track API [default: emulator-track-key]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_TRACK_API_KEY", hide_env = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) track_api_key: Option<String>,
    /// Key of the App API [default: emulator-app-key]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_APP_API_KEY", hide_env = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) app_api_key: Option<String>,
    /// Key of the Pipelines API [default: emulator-pipelines-key]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_PIPELINES_KEY", hide_env = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) pipelines_key: Option<String>,
    /// Key that signs webhooks [default: emulator-webhook-key]
    #[arg(long, value_name = "TEXT", env = "CUSTOMERIO_EMULATOR_WEBHOOK_SIGNING_KEY", hide_env = true, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) webhook_signing_key: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Webhooks")]
pub(crate) struct Webhooks {
    /// Report the outcomes of messages to this URL
    #[arg(long, value_name = "URL", env = "CUSTOMERIO_EMULATOR_WEBHOOK_URL", hide_env = true)]
    pub(crate) webhook_url: Option<String>,
    /// Also send webhooks to this host, not only to this machine
    #[arg(
        long,
        value_name = "NAME",
        env = "CUSTOMERIO_EMULATOR_ALLOW_WEBHOOK_HOST",
        hide_env = true,
        value_delimiter = ','
    )]
    pub(crate) allow_webhook_host: Vec<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Text, or one JSON object per line
    #[arg(
        long,
        value_name = "text|json",
        env = "CUSTOMERIO_EMULATOR_LOG_FORMAT",
        hide_env = true,
        hide_possible_values = true,
        default_value = "text"
    )]
    pub(crate) log_format: LogFormat,
    /// Print every request, not only those that are not accepted
    #[arg(
        short,
        long,
        env = "CUSTOMERIO_EMULATOR_VERBOSE",
        hide_env = true,
        action = ArgAction::SetTrue,
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) verbose: bool,
    /// Write the URLs to this file as JSON when it is ready
    #[arg(long, value_name = "FILE", env = "CUSTOMERIO_EMULATOR_READY_FILE", hide_env = true)]
    pub(crate) ready_file: Option<PathBuf>,
    /// Open the page in a browser
    #[arg(long, env = "CUSTOMERIO_EMULATOR_OPEN", hide_env = true, value_parser = BoolishValueParser::new())]
    pub(crate) open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}
