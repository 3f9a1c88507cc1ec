//! Why the program ends without success, and the exit code that says so.

use std::{fmt, io, process::ExitCode};

/// What a script can tell apart. 2 is what clap ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Failure = 1,
    Usage = 2,
    /// A port, or the file of a state.
    InUse = 3,
    BadInput = 4,
    TimedOut = 5,
}

/// One sentence that says what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    text: String,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    pub(crate) fn general(text: impl Into<String>) -> Self {
        Self::new(Code::Failure, text)
    }

    pub(crate) fn with_code(self, code: Code) -> Self {
        Self { code, ..self }
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

/// Something that was done to a file or a socket, which `what` names.
pub(crate) fn io_failure(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Failure {
    move |error| Failure::general(format!("{what}: {error}"))
}
