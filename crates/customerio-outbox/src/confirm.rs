//! A question, before much is changed.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::failure::{Code, Failure, io_failure};

/// Asks on a terminal, unless it was said that it need not. `what` is such as `replay 12 dead letters`.
pub(crate) fn confirm(what: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("it would {what}, and there is no terminal to ask: add --yes")));
    }
    eprint!("This will {what}. Go on? [y/N] ");
    let _ = io::stderr().flush();
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(io_failure("standard input"))?;
    if matches!(line.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err(Failure::new(Code::NotAll, "nothing was changed"))
    }
}
