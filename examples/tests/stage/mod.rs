//! What a test of a program needs: an emulator in the test's process, and a folder for the program's files.

use std::{env, fs, path::PathBuf, time::Duration};

use customerio_emulator::{Emulator, Server};
use customerio_examples::variables_of_emulator;
use tokio::process::Command;

pub(crate) struct Stage {
    server: Server,
    folder: PathBuf,
}

impl Stage {
    /// The name must be that of one test alone.
    pub(crate) async fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("customerio-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self { server: Emulator::new().serve_on_loopback().await.unwrap(), folder }
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        self.server.emulator()
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// A program whose Customer.io is the emulator and whose temporary folder is the stage's, whatever the environment says.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("CUSTOMERIO_")) {
            command.env_remove(name);
        }
        command.envs(variables_of_emulator(&self.server.url()));
        command.envs(["TMPDIR", "TMP", "TEMP"].map(|name| (name, &self.folder))).kill_on_drop(true);
        command
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Waits until something is true that only another process can change.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let all = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all)
        .await
        .unwrap_or_else(|_| panic!("it takes too long until {what}"));
}
