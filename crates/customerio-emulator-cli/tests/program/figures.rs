//! What it costs: `cargo test --release -p customerio-emulator-cli --test program figures -- --ignored --nocapture`.

use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{Folder, Serving, program, read};

/// Runs that the median is of.
const RUNS: usize = 20;

#[test]
#[ignore = "its figures are those of a release build"]
fn figures() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("seed")).unwrap();
    let mut people = String::new();
    for id in 0..1_000 {
        let _ =
            writeln!(people, r#"{{"id":"{id}","email":"person-{id}@example.com","plan":"pro","first_name":"Ada"}}"#);
    }
    fs::write(folder.path("seed/people.jsonl"), people).unwrap();
    let seed = folder.path("seed");
    let mut times: Vec<_> = (0..RUNS).map(|_| time_to_first_response(&folder, seed.to_str().unwrap())).collect();
    times.sort();
    let median = times[RUNS / 2];
    println!("ready: {median:?} (median of {RUNS}; {:?} to {:?})", times[0], times[RUNS - 1]);

    let serving = Serving::start(&folder, &[]);
    let status = read(format!("/proc/{}/status", serving.id()).as_ref());
    let memory: u64 =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok()).unwrap();
    println!("idle memory: {memory} kB");

    let stripped = folder.path("stripped");
    let program = env!("CARGO_BIN_EXE_customerio-emulator");
    assert!(Command::new("strip").args(["-o", stripped.to_str().unwrap(), program]).status().unwrap().success());
    let size = fs::metadata(&stripped).unwrap().len();
    println!("program: {size} bytes, stripped");

    assert!(median <= Duration::from_millis(50), "ready: {median:?}");
    assert!(memory <= 10 * 1024, "idle memory: {memory} kB");
    assert!(size <= 8_000_000, "program: {size} bytes");
}

/// From its start until it first responds.
fn time_to_first_response(folder: &Folder, seed: &str) -> Duration {
    // A port that was free just now.
    let [http, https] = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let port = |listener: &std::net::TcpListener| listener.local_addr().unwrap().port().to_string();
    let (http, https) = (port(&http), port(&https));
    let started = Instant::now();
    let mut child = program(folder)
        .args(["--port", &http, "--https-port", &https, "--seed", seed])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut response = String::new();
    while !response.starts_with("HTTP/1.1 200 ") {
        let Ok(mut stream) = TcpStream::connect(format!("127.0.0.1:{http}")) else { continue };
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let _ = stream.read_to_string(&mut response);
    }
    let taken = started.elapsed();
    child.kill().unwrap();
    child.wait().unwrap();
    taken
}
