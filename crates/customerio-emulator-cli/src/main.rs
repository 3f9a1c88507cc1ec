//! A local Customer.io to run: the three APIs and a page that explains every request, on one port.

mod args;
mod authority;
mod completions;
mod control;
mod count;
mod failure;
mod file;
mod item;
mod lock;
mod programs;
mod seed;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    args::{Arguments, Command},
    failure::Failure,
};

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let Some(command) = arguments.command else { return serve::run(arguments.serve) };
    match command {
        Command::Serve(serve) => serve::run(serve),
        Command::Wait(wait) => control::run(control::wait::run(wait)),
        Command::Reset(reset) => control::run(control::reset::run(reset)),
        Command::Seed(seed) => control::run(control::seed::run(seed)),
        Command::Dump(dump) => control::run(control::dump::run(dump)),
        Command::Advance(advance) => control::run(control::advance::run(advance)),
        Command::Tail(tail) => control::run(control::tail::run(tail)),
        Command::Replay(replay) => control::run(control::replay::run(replay)),
        Command::Env(env) => control::run(programs::run(env)),
        Command::Ca(ca) => authority::run(&ca),
        Command::Completions { shell } => completions::run(shell),
    }
}
