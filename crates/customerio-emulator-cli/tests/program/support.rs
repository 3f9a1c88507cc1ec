//! Starts the program, and talks to it.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

pub(crate) const TRACK: &str = "authorization: Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=\r\n";
pub(crate) const APP: &str = "authorization: Bearer emulator-app-key\r\n";

/// A folder that is removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("customerio-emulator-program-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program with nothing of the environment but what a test says.
pub(crate) fn program(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_customerio-emulator"));
    command.env_clear().env("XDG_DATA_HOME", folder.path("data")).stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(folder: &Folder, arguments: &[&str]) -> Output {
    program(folder).args(arguments).output().unwrap()
}

/// Its exit code, and what it says of why.
pub(crate) fn failed(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// The program while it serves. It is killed at the end.
pub(crate) struct Serving {
    child: Child,
    output: BufReader<ChildStdout>,
    pub(crate) ready: Value,
}

impl Serving {
    /// On free ports, with JSON lines.
    pub(crate) fn start(folder: &Folder, arguments: &[&str]) -> Self {
        Self::spawn(program(folder).args(arguments))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        command.args(["--port", "0", "--https-port", "0", "--log-format", "json"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        assert_eq!(ready["event"], "ready", "{line}");
        Self { child, output, ready }
    }

    pub(crate) fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it says next.
    pub(crate) fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// A request, and its status and body.
    pub(crate) fn ask(&self, line: &str, headers: &str, body: &str) -> (u16, Value) {
        let (status, body) = ask(self.url().strip_prefix("http://").unwrap(), line, headers, body);
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    /// A command of the program that is about this one.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, folder: &Folder, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = program(folder);
        command.env("CUSTOMERIO_EMULATOR_URL", self.url()).args(arguments);
        command
    }

    /// What such a command prints where it succeeds.
    pub(crate) fn printed(&self, folder: &Folder, arguments: &[&str]) -> String {
        let output = self.command(folder, arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
    }

    /// Asks it to stop, and says how it ended.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.child.wait().unwrap()
    }

    pub(crate) fn end(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request on a connection of its own.
pub(crate) fn ask(address: &str, line: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    // A server that hangs is a failure, and not the end of all tests.
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request(address, line, headers, body).as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

pub(crate) fn request(host: &str, line: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    )
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
