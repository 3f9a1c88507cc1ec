//! Suppresses people: Customer.io deletes their data, and ignores later calls about them.
//!
//! `cargo run -p blocking-ureq --bin suppress -- people.txt`
//!
//! The file has an id or an e-mail address in each line; without one, the program reads standard input. It needs the variables
//! `CUSTOMERIO_REGION`, `CUSTOMERIO_SITE_ID` and `CUSTOMERIO_TRACK_API_KEY`.
//!
//! The exit status is 0 if all were suppressed, 1 if some were not, and 2 if the program could not run.

use std::{
    env,
    error::Error,
    fs::File,
    io::{self, BufRead, BufReader},
    process::ExitCode,
};

use customerio::{PersonId, blocking::CustomerIo};

/// Suppresses the person of each line, and returns how many could not be suppressed.
fn suppress(cio: &CustomerIo, lines: impl BufRead) -> io::Result<u64> {
    let (mut suppressed, mut failed) = (0, 0);
    for (number, line) in (1..).zip(lines.lines()) {
        let line = line?;
        let person = match line.trim() {
            "" => continue,
            email if email.contains('@') => PersonId::email(email),
            id => PersonId::id(id),
        };
        match cio.track().suppress(person) {
            Ok(()) => suppressed += 1,
            Err(error) => {
                eprintln!("line {number}: {error}");
                failed += 1;
            }
        }
    }
    println!("suppressed: {suppressed}, failed: {failed}");
    Ok(failed)
}

fn run() -> Result<u64, Box<dyn Error>> {
    let cio = CustomerIo::from_env()?;
    Ok(match env::args_os().nth(1) {
        Some(path) => {
            let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            suppress(&cio, BufReader::new(file))?
        }
        None => suppress(&cio, io::stdin().lock())?,
    })
}

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
