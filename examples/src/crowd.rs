//! An emulator with many people in a process of its own, so that the memory of the program is the client's alone.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use customerio::{
    CustomerIo,
    http::Response,
    operation::build,
    track::{AddToSegment, Identify},
};
use customerio_emulator::Emulator;
use serde_json::json;

use crate::{Result, has_keys, of_emulator, transport};

/// The variable that makes this program the emulator, with this many people.
const PEOPLE: &str = "EXAMPLES_EMULATED_PEOPLE";

/// The number of people in the segment.
const MEMBERS: u64 = 2_500;

/// Customer.io, or the emulator's process, which ends when this is dropped.
#[derive(Debug)]
pub struct Crowd(Option<Child>);

impl Crowd {
    /// Connects as [`from_env_quietly`](crate::from_env_quietly) does. Where no key is set, it starts this program once more, as
    /// an emulator with `people` people, the first 2,500 of whom are in segment 7.
    ///
    /// # Errors
    ///
    /// As [`from_env`](crate::from_env), and where the other process cannot be started.
    pub async fn from_env(people: u64) -> Result<(CustomerIo, Self)> {
        if let Ok(people) = env::var(PEOPLE) {
            serve(people.parse()?).await?;
            std::process::exit(0);
        }
        if has_keys() {
            return Ok((CustomerIo::builder_from_env()?.build_over(transport()?)?, Self(None)));
        }
        let (process, url) = tokio::task::spawn_blocking(move || start(people)).await??;
        let crowd = Self(Some(process));
        eprintln!(
            "No CUSTOMERIO_… keys are set: using an emulator with {} people at {url}",
            indicatif::HumanCount(people)
        );
        Ok((of_emulator(url).build_over(transport()?)?, crowd))
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        if let Some(process) = &mut self.0 {
            // It has nothing to save.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn start(people: u64) -> Result<(Child, String)> {
    let mut command = Command::new(env::current_exe()?);
    command.env(PEOPLE, people.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn()?;
    let mut url = String::new();
    BufReader::new(process.stdout.take().ok_or("the emulator has no output")?).read_line(&mut url)?;
    if url.is_empty() {
        return Err(format!("the emulator ended: {}", process.wait()?).into());
    }
    Ok((process, url.trim().to_owned()))
}

/// Adds people to an emulator, prints where it listens, and serves until nobody holds its input any more.
async fn serve(people: u64) -> Result {
    // A million people take more than the gigabyte that an emulator allows itself.
    let emulator = Emulator::builder().with_memory_limit(usize::MAX).build();
    emulator.create_segment(7);
    let endpoint = emulator.track_endpoint()?;
    for number in 1..=people {
        let plan = ["free", "pro", "team"][usize::try_from(number % 3)?];
        let person = Identify::new(number.to_string()).with_attributes(json!({"plan": plan, "visits": number % 10}));
        accepted(&emulator.handle(&build(&endpoint, person)?))?;
    }
    let members: Vec<_> = (1..=people.min(MEMBERS)).map(|number| number.to_string()).collect();
    for ids in members.chunks(1_000) {
        accepted(&emulator.handle(&build(&endpoint, AddToSegment::new(7, ids))?))?;
    }
    let server = emulator.serve_on_loopback().await?;
    println!("{}", server.url());
    tokio::task::spawn_blocking(|| io::stdin().lines().count()).await?;
    Ok(())
}

fn accepted<B>(response: &Response<B>) -> Result {
    if response.status().is_success() { Ok(()) } else { Err(response.status().to_string().into()) }
}

/// The most memory that this process ever had, in kB, where the system reports it.
///
/// # Errors
///
/// Where the system's report cannot be read.
pub fn peak_memory() -> io::Result<Option<u64>> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    Ok(peak)
}
