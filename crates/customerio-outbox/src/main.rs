//! Looks at a queue of calls to Customer.io and repairs it: counts, lists, replays, discards and purges, while the
//! application runs.

mod args;
mod calls;
mod completions;
mod confirm;
mod count;
mod discard;
mod document;
mod failure;
mod list;
mod open;
mod output;
mod place;
mod purge;
mod replay;
mod select;
mod show;
mod stats;
mod table;
mod text;
mod time;
mod tls;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    args::{Arguments, Command, Global},
    failure::{Failure, io_failure},
    open::Opened,
};

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    if let Command::Completions { shell } = arguments.command {
        return completions::run(shell);
    }
    arguments.command.check()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(io_failure("the runtime"))?.block_on(run_on_store(arguments.global, arguments.command))
}

async fn run_on_store(global: Global, command: Command) -> Result<(), Failure> {
    let opened = Opened::open(&place::of(&global)?).await?;
    let json = global.json;
    let done = match command {
        Command::Stats(stats) => stats::run(&opened, &stats, json).await,
        Command::List(list) => list::run(&opened, &list, json).await,
        Command::Show(show) => show::run(&opened, &show, json).await,
        Command::Replay(replay) => replay::run(&opened, &replay, json).await,
        Command::Discard(discard) => discard::run(&opened, &discard, json).await,
        Command::Purge(purge) => purge::run(&opened, &purge, json).await,
        // It needs no store, and has been run.
        Command::Completions { .. } => Ok(()),
    };
    opened.close().await;
    done
}
