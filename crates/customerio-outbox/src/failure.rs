//! Why the program ends without success, and the exit code that says so.

use std::{fmt, io, process::ExitCode};

use customerio_delivery::StoreError;

/// What a script can tell apart. 2 is what clap ends with, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// A bound is passed, or a call was not there or was left.
    NotAll = 1,
    Usage = 2,
    Store = 3,
}

/// One sentence that says what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    text: String,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::new(Code::Usage, text)
    }

    pub(crate) fn not_all(text: impl Into<String>) -> Self {
        Self::new(Code::NotAll, text)
    }

    /// Prints it, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.text.is_empty() {
            eprintln!("error: {self}");
        }
        ExitCode::from(self.code as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(Code::Store, error.to_string())
    }
}

/// Something that was done to a file or a stream, which `what` names.
pub(crate) fn io_failure(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Failure {
    move |error| Failure::not_all(format!("{what}: {error}"))
}
