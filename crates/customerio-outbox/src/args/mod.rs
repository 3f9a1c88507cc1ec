//! The command line.

pub(crate) mod calls;
pub(crate) mod value;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    args::calls::{Discard, List, Purge, Replay, Show},
    failure::Failure,
};

const AFTER: &str = "\
The store is named by --sqlite, --postgres, CUSTOMERIO_OUTBOX_SQLITE or
CUSTOMERIO_OUTBOX_POSTGRES. A flag overrides the variables. For --ca there is
CUSTOMERIO_OUTBOX_CA. The application may be running; the store must be there,
with the tables of this version.

A URL on the command line can be read by every user of the machine, in the list
of processes. Put one with a password into CUSTOMERIO_OUTBOX_POSTGRES, or the
password alone into PGPASSWORD.

Exit codes: 0 done; 1 a bound is passed, or a call was not there or was left;
2 wrong usage; 3 the store cannot be used.";

#[derive(Debug, Parser)]
#[command(
    name = "customerio-outbox",
    version,
    about = "Looks at a queue of calls to Customer.io, and repairs it",
    after_help = AFTER,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Which store, and how it prints.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// SQLite file
    #[arg(long, value_name = "PATH", global = true, conflicts_with = "postgres", help_heading = "Which store")]
    pub(crate) sqlite: Option<PathBuf>,
    /// PostgreSQL database, as `postgres://user@host/database`
    #[arg(long, value_name = "URL", global = true, help_heading = "Which store")]
    pub(crate) postgres: Option<String>,
    /// PEM file of CAs to trust, instead of the system's
    #[arg(long, value_name = "FILE", global = true, help_heading = "Which store")]
    pub(crate) ca: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Count calls; with bounds, a readiness probe
    Stats(Stats),
    /// List calls that wait, and dead letters
    List(List),
    /// Show one call
    Show(Show),
    /// Send dead letters again
    Replay(Replay),
    /// Delete calls
    Discard(Discard),
    /// Delete all calls that name a person
    Purge(Purge),
    /// Print completions for a shell
    Completions { shell: Shell },
}

impl Command {
    /// Refuses what clap cannot.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let (chosen, filters) = match self {
            Self::Replay(replay) => (&replay.chosen, &replay.filters),
            Self::Discard(discard) => (&discard.chosen, &discard.filters),
            _ => return Ok(()),
        };
        if !chosen.all && filters.are_given() {
            return Err(Failure::usage("a number names one call: --reason, --operation and --destination need --all"));
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  customerio-outbox stats --max-age 5m --max-dead 0
DURATION is such as 90s, 5m or 2h.
It prints how many calls wait, since when, the dead letters by reason, and
until when a process has the right to send. If a bound is passed, it prints
which one on standard error, and the exit code is 1.")]
pub(crate) struct Stats {
    /// Fail if a call has been waiting for longer than 5m
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    pub(crate) max_age: Option<Duration>,
    /// Fail if there are more dead letters
    #[arg(long, value_name = "N")]
    pub(crate) max_dead: Option<u64>,
}
