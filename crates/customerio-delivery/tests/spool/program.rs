//! The local Customer.io, in a process of its own.

use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::Directory;

/// The site id and the key that it takes, if none are said.
pub(crate) const CREDENTIALS: (&str, &str) = ("emulator-site", "emulator-track-key");

/// The program that `EMULATOR` names, which listens on a free port, and ends with this.
pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
    _folder: Directory,
}

impl Program {
    pub(crate) fn start() -> Self {
        let program = env::var_os("EMULATOR").unwrap_or_else(|| panic!("EMULATOR must name the program"));
        let folder = Directory::new();
        fs::create_dir_all(folder.path()).unwrap();
        let ready = folder.path().join("ready.json");
        let mut command = Command::new(program);
        command.args(["--port", "0", "--no-https", "--listen", "127.0.0.1", "--ready-file"]).arg(&ready);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        let url = loop {
            if let Ok(ready) = serde_json::from_slice::<Value>(&fs::read(&ready).unwrap_or_default()) {
                break ready["url"].as_str().unwrap().trim_end_matches('/').to_owned();
            }
            assert!(
                child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(30),
                "it does not start"
            );
            std::thread::sleep(Duration::from_millis(1));
        };
        Self { child, url, _folder: folder }
    }

    /// How much there is of each kind.
    pub(crate) fn counts(&self) -> Value {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.write_all(b"GET /_emulator/v1/counts HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let body = response.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(&body[body.find('{').unwrap()..=body.rfind('}').unwrap()]).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
