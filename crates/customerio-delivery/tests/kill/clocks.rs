//! The system's clock jumps by an hour, there and back, while two processes deliver from one file.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::{Counted, Place, batched, begins, command, message, messages_counted, server, shim};

/// By how many seconds the clock is off, one after the other.
const JUMPS: [i64; 6] = [3600, 0, -3600, 0, -7200, 3600];

fn set(clock: &Path, off: i64) {
    // Nobody must read half of it.
    let new = clock.with_extension("new");
    fs::write(&new, off.to_string()).unwrap();
    fs::rename(new, clock).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_loses_nothing_and_holds_up_nothing() {
    const EVENTS: u64 = 6_000;
    const MESSAGES: u64 = 1_500;
    let (server, place) = (server().await, Place::file("clocks"));
    let clock = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clock-{}", std::process::id()));
    set(&clock, 0);
    place.append((0..EVENTS).map(batched).chain((0..MESSAGES).map(message)).collect()).await;
    let start = || {
        let mut command = command(&server, &place);
        command.env("LD_PRELOAD", shim::library()).env("SHIM_CLOCK", &clock).spawn().unwrap()
    };
    let mut processes = [start(), start()];
    let said: Vec<_> = processes.iter_mut().map(begins).collect();
    let (begun, total) = (Instant::now(), MESSAGES / (JUMPS.len() as u64 + 1));
    for (done, off) in (1..).zip(JUMPS) {
        while server.emulator().messages().len() as u64 <= total * done {
            assert!(begun.elapsed() < Duration::from_secs(60), "it stands still before it is off by {off} s");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        set(&clock, off);
    }
    for process in &mut processes {
        while process.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(120), "it stands still");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(process.wait().unwrap().success());
    }
    drop(said);
    fs::remove_file(clock).unwrap();
    let mut events: Vec<_> =
        server.emulator().events().iter().map(|event| event.data()["n"].as_u64().unwrap()).collect();
    events.sort_unstable();
    assert_eq!(events, (0..EVENTS).collect::<Vec<_>>(), "each event is there once");
    let counted = messages_counted(&server, &place, MESSAGES).await;
    Counted { kills: JUMPS.len() as u64, calls: EVENTS + counted.calls, ..counted }
        .print("SQLite: two processes, the clock jumps by an hour");
}
