//! Export people and read the file: a program of the guide `exports`.
//!
//! `cargo run --release -p customerio-examples --bin export -- reqwest 1000000`
//!
//! The second argument is how many people there are: a million, or 100,000 in a debug build, if it is left out. They are in
//! an emulator, which runs in a process of its own, so the memory that is printed is the client's alone. With keys in the
//! environment it exports whom the workspace has.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use customerio::{
    CustomerIo,
    app::{
        Filter,
        exports::{ExportPeople, RowError},
        segments::Membership,
    },
    http::Response,
    operation::build,
    track::{AddToSegment, Identify},
};
use customerio_emulator::Emulator;
use customerio_examples::{has_keys, of_emulator, progress_bar, spawn, transport};
use serde_json::json;

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
            Err(RowError::Odd(row)) => println!("{row}: {:?}", row.fields()),
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

/// How many people there are where nothing else is said. Making a million takes a program without optimization a minute.
const PEOPLE: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// How many of them are in the segment.
const MEMBERS: u64 = 2_500;

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let people = env::args().nth(2).map_or(Ok(PEOPLE), |count| count.parse())?;
        if env::args().nth(1).as_deref() == Some(SERVE) {
            return serve(people).await;
        }
        let (name, transport) = transport()?;
        let (builder, _emulated) = if has_keys() {
            println!("Customer.io itself, over {name}");
            (CustomerIo::builder_from_env()?, None)
        } else {
            let emulated = tokio::task::spawn_blocking(move || Emulated::start(people)).await??;
            println!("An emulator with {people} people at {}, over {name}", emulated.url);
            (of_emulator(&emulated.url), Some(emulated))
        };
        let cio = builder.build_over(transport)?;

        let mut members = cio.app().items(Membership::new(segment()?).with_limit(1000));
        let mut count = 0;
        while let Some(member) = members.next().await {
            member?;
            count += 1;
        }
        println!("{count} people in the segment, page by page");

        let before = peak_memory()?;
        let visits = export(&cio, |done, total| {
            if done % 10_000 == 0 || done == total {
                progress_bar(done, total);
            }
        });
        let visits = visits.await?;
        println!("\n{visits} visits");
        if let (Some(before), Some(after)) = (before, peak_memory()?) {
            println!("peak of memory: {before} kB before, {after} kB after");
            if after > before + MOST_MORE {
                return Err(format!("reading took more than {MOST_MORE} kB of memory").into());
            }
        }
        Ok(())
    })
    .await
}

/// `CUSTOMERIO_SEGMENT_ID`, or 7.
fn segment() -> customerio_examples::Result<u64> {
    Ok(env::var("CUSTOMERIO_SEGMENT_ID").map_or(Ok(7), |id| id.parse())?)
}

/// How much memory reading may take, however many people there are.
const MOST_MORE: u64 = 8 * 1024;

/// The most memory that this process ever had, in kB, where the system says that.
fn peak_memory() -> io::Result<Option<u64>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    Ok(peak)
}

/// The first argument of the emulator's process.
const SERVE: &str = "serve";

/// This program once more, as the emulator of the first.
struct Emulated {
    process: Child,
    url: String,
}

impl Emulated {
    fn start(people: u64) -> customerio_examples::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args([SERVE, &people.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let mut url = String::new();
        BufReader::new(process.stdout.take().ok_or("it says nothing")?).read_line(&mut url)?;
        let mut emulated = Self { process, url: url.trim().to_owned() };
        if emulated.url.is_empty() {
            return Err(format!("the emulator ended: {}", emulated.process.wait()?).into());
        }
        Ok(emulated)
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It has nothing to put away.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes people in an emulator, says where it listens, and serves until nobody needs it any more.
async fn serve(people: u64) -> customerio_examples::Result {
    // A million people take more than the gigabyte that an emulator allows itself.
    let emulator = Emulator::builder().with_memory_limit(usize::MAX).build();
    let segment = segment()?;
    emulator.create_segment(segment);
    let endpoint = emulator.track_endpoint()?;
    for number in 1..=people {
        let plan = ["free", "pro", "team"][usize::try_from(number % 3)?];
        let person = Identify::new(number.to_string()).with_attributes(json!({"plan": plan, "visits": number % 10}));
        accepted(&emulator.handle(&build(&endpoint, person)?))?;
    }
    let members: Vec<_> = (1..=people.min(MEMBERS)).map(|number| number.to_string()).collect();
    for ids in members.chunks(1_000) {
        accepted(&emulator.handle(&build(&endpoint, AddToSegment::new(segment, ids))?))?;
    }
    let server = emulator.serve_on_loopback().await?;
    println!("{}", server.url());
    tokio::task::spawn_blocking(|| io::stdin().lines().count()).await?;
    Ok(())
}

fn accepted<B>(response: &Response<B>) -> customerio_examples::Result {
    if response.status().is_success() { Ok(()) } else { Err(response.status().to_string().into()) }
}
