//! Export people and read the file: a program of the guide `exports`.
//!
//! `cargo run --release -p customerio-examples --bin export -- 1000000`
//!
//! The argument is how many people the emulator has. It runs in a process of its own, so the memory that is printed is the
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
use indicatif::ProgressBar;

/// How often people with the plan `pro` visited. `on_row` gets the number of rows that were read, and of all.
async fn export(cio: &CustomerIo, mut on_row: impl FnMut(u64, u64)) -> Result<u64, RowError> {
    let everybody = ExportPeople::new(Filter::attribute_exists("plan")).with_attributes(["plan", "visits"]);
    let mut file = cio.app().start_export(everybody).await?;
    // Another process can continue by this number: `cio.app().export(id)`.
    println!("export {}", file.id());
    let total = file.ready().await?.total.unwrap_or_default();

    let (mut people, mut done, mut visits) = (file.rows::<Person>(), 0, 0);
    while let Some(person) = people.next().await {
        match person {
            Ok(person) if person.plan == "pro" => visits += person.visits.unwrap_or_default(),
            Ok(_) => {}
            // A row that is not as expected is not lost, and does not end the rest.
            Err(RowError::Malformed(row)) => println!("{row}: {:?}", row.fields()),
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

/// How many people there are if none is given. Adding a million takes a program without optimization a minute.
const PEOPLE: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// How much memory reading may take, however many people there are, in kB.
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
    println!("{count} people are in segment 7, read page by page");

    let (before, bar) = (peak_memory()?, ProgressBar::no_length());
    let visits = export(&cio, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    let visits = visits.await?;
    bar.finish_and_clear();
    println!("{} people read; those with the plan `pro` visited {visits} times", bar.position());
    if let (Some(before), Some(after)) = (before, peak_memory()?) {
        println!("memory: {before} kB at most before, {after} kB after");
        if after > before + MOST_MEMORY {
            return Err(format!("reading took more than {MOST_MEMORY} kB of memory").into());
        }
    }
    Ok(())
}
