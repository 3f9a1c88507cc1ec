//! The command line. Each flag is an environment variable too, which the flag overrides.

pub(crate) mod control;
pub(crate) mod serve;
pub(crate) mod value;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::args::{
    control::{Advance, Dump, Env, Replay, Reset, Seed, Tail, Wait},
    serve::{CaFolder, Names, Serve},
};

const AFTER: &str = "\
Each flag is also an environment variable, such as CUSTOMERIO_EMULATOR_PORT for --port. A flag overrides its
variable, and both override the seed.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 port or state in use, 4 bad seed or state, 5 timed out.";

#[derive(Debug, Parser)]
#[command(
    name = "customerio-emulator",
    version,
    about = "A local Customer.io: its three APIs, and a page that explains every request",
    after_help = AFTER,
    args_conflicts_with_subcommands = true,
    max_term_width = 110
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the emulator (the default command)
    Serve(Serve),
    /// Wait until it is ready, or until something has arrived
    Wait(Wait),
    /// Empty a workspace, and put its seed back
    Reset(Reset),
    /// Give a workspace another seed, and reset it
    Seed(Seed),
    /// Write a workspace as a seed folder, or print it as JSON
    Dump(Dump),
    /// Advance the clock
    Advance(Advance),
    /// Print requests, messages and the like as they arrive
    Tail(Tail),
    /// Send recorded requests again, in their order, and compare the verdicts
    Replay(Replay),
    /// Print settings and a first program for an SDK
    Env(Env),
    /// Print the path of the CA certificate; create it if there is none
    Ca(Ca),
    /// Print completions for a shell
    Completions { shell: Shell },
}

#[derive(Debug, Args)]
#[command(after_help = "\
A program that speaks https to the emulator must trust this certificate:
  Python   REQUESTS_CA_BUNDLE, SSL_CERT_FILE
  Node     NODE_EXTRA_CA_CERTS
  Go, Ruby SSL_CERT_FILE
  curl     --cacert, CURL_CA_BUNDLE
It is valid for loopback addresses, localhost and the names of --allow-host only.")]
pub(crate) struct Ca {
    #[command(flatten)]
    pub(crate) folder: CaFolder,
    #[command(flatten)]
    pub(crate) names: Names,
    /// Replace the one that exists
    #[arg(long)]
    pub(crate) renew: bool,
}
