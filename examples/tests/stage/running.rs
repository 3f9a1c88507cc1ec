//! Programs that run until they get a signal.

use std::process::Stdio;

use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A program under way.
pub(crate) struct Running {
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts it, and returns the first line that it prints.
    pub(crate) async fn start(mut command: Command) -> (Self, String) {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = output.next_line().await.unwrap().expect("the program prints a line");
        (Self { process, output }, first)
    }

    /// Kills it as a crash would, with SIGKILL.
    pub(crate) async fn kill(mut self) {
        assert!(self.process.try_wait().unwrap().is_none(), "it ended by itself");
        self.process.kill().await.unwrap();
    }

    /// Sends SIGTERM, waits until it has ended with success, and returns what it printed after the first line.
    pub(crate) async fn terminate(mut self) -> String {
        let id = self.process.id().expect("it runs").to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        let mut printed = String::new();
        while let Some(line) = self.output.next_line().await.unwrap() {
            printed += &line;
            printed += "\n";
        }
        assert!(self.process.wait().await.unwrap().success(), "{printed}");
        printed
    }
}
