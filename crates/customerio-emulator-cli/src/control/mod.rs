//! The commands that talk to an emulator which runs, by its control API.

pub(crate) mod advance;
pub(crate) mod dump;
mod http;
mod recording;
pub(crate) mod replay;
pub(crate) mod reset;
pub(crate) mod seed;
pub(crate) mod tail;
pub(crate) mod wait;

use std::pin::Pin;

pub(crate) use self::http::Emulator;
use crate::failure::{Failure, io_failure};

/// Runs one of them.
pub(crate) fn run(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    // Boxed, so that the runtime is not compiled again for each command.
    let command: Pin<Box<dyn Future<Output = Result<(), Failure>>>> = Box::pin(command);
    runtime.map_err(io_failure("the runtime"))?.block_on(command)
}
