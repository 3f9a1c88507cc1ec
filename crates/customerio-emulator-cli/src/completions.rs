//! Completions for shells.

use std::io;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::{
    args::Arguments,
    failure::{Failure, io_failure},
};

pub(crate) fn run(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "customerio-emulator", &mut script);
    io::Write::write_all(&mut io::stdout(), &script).map_err(io_failure("standard output"))
}
