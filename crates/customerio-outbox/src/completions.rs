//! Completions for shells.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::{args::Arguments, failure::Failure, output::print};

pub(crate) fn run(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "customerio-outbox", &mut script);
    print(&String::from_utf8_lossy(&script))
}
