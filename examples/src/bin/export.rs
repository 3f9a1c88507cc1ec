//! Export people and read the file: a program of the guide `exports`.
//!
//! `cargo run --release -p customerio-examples --bin export -- 1000000`
//!
//! The argument is the number of people in the emulator, which runs in a process of its own: the memory that is printed is the
//! client's alone. With keys in the environment the program exports the people of the workspace.

use std::env;

use customerio::{
    CustomerIo,
    app::{
        Filter,
        exports::{ExportPeople, RowError},
        segments::Membership,
    },
};
use customerio_examples::crowd::{Crowd, peak_memory};
use indicatif::{HumanCount, ProgressBar};

/// Returns how often people with the plan `pro` visited. `on_row` gets the number of rows read so far, and of all rows.
async fn export(cio: &CustomerIo, mut on_row: impl FnMut(u64, u64)) -> Result<u64, RowError> {
    let everybody = ExportPeople::new(Filter::attribute_exists("plan")).with_attributes(["plan", "visits"]);
    let mut file = cio.app().start_export(everybody).await?;
    // Another process can continue with this number: `cio.app().export(id)`.
    println!("started export {}", file.id());
    let total = file.ready().await?.total.unwrap_or_default();

    let (mut people, mut done, mut visits) = (file.rows::<Person>(), 0, 0);
    while let Some(person) = people.next().await {
        match person {
            Ok(person) if person.plan == "pro" => visits += person.visits.unwrap_or_default(),
            Ok(_) => {}
            // A malformed row is reported, and the next row follows.
            Err(RowError::Malformed(row)) => println!("skipped: {row}"),
            Err(error) => return Err(error),
        }
        done += 1;
        on_row(done, total);
    }
    Ok(visits)
}

#[derive(serde::Deserialize)]
struct Person {
    plan: String,
    visits: Option<u64>,
}

/// The default number of people. Without optimization, adding a million takes a minute.
const PEOPLE: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// The most memory that reading may take, in kB, however many people there are.
const MOST_MEMORY: u64 = 8 * 1024;

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let people = env::args().nth(1).map_or(Ok(PEOPLE), |count| count.parse())?;
    let (cio, _crowd) = Crowd::from_env(people).await?;

    let mut members = cio.app().items(Membership::new(7).with_limit(1000));
    let mut count = 0;
    while let Some(member) = members.next().await {
        member?;
        count += 1;
    }
    println!("people in segment 7: {}", HumanCount(count));

    let (before, bar) = (peak_memory()?, ProgressBar::no_length());
    let visits = export(&cio, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let visits = visits.await?;
    bar.finish_and_clear();
    println!("people in the export: {}", HumanCount(bar.position()));
    println!("visits of those with the plan `pro`: {}", HumanCount(visits));
    if let (Some(before), Some(after)) = (before, peak_memory()?) {
        println!("peak memory: {} kB before the export, {} kB after it", HumanCount(before), HumanCount(after));
        if after > before + MOST_MEMORY {
            return Err(format!("reading took more than {MOST_MEMORY} kB of memory").into());
        }
    }
    Ok(())
}
