//! What is printed on standard output.

use std::io::{self, ErrorKind, Write as _};

use serde_json::Value;

use crate::failure::{Failure, io_failure};

/// Prints lines. Where nobody reads them any more, as after `| head`, there is nothing left to do, and the program ends.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::not_all("")),
        result => result.map_err(io_failure("standard output")),
    }
}

/// Prints one object, in one line.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    print(&format!("{value}\n"))
}
