//! A PostgreSQL of the tests' own.

use std::{
    env,
    path::PathBuf,
    process::{self, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use customerio_delivery::postgres::tokio_postgres::{Client, Config, NoTls};

/// A server, which is stopped and deleted when it is dropped, or when this process has ended.
#[derive(Debug)]
pub(crate) struct Server {
    folder: PathBuf,
    options: Vec<String>,
}

impl Server {
    /// A server with those options; `None`, and a line that says so, where there is no PostgreSQL. In CI it is an error.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // A socket has a path of at most 107 bytes, so it is not below the target folder.
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("customerio-postgres-{}-{count}", process::id()));
        let server = Self { folder, options: options.iter().map(|&option| option.to_owned()).collect() };
        let status = server.start_again();
        if status.code() == Some(3) && env::var_os("CI").is_none() {
            println!("SKIPPED: there is no PostgreSQL");
            return None;
        }
        assert!(status.success(), "PostgreSQL does not start: {status}");
        Some(server)
    }

    /// Starts it after a stop.
    pub(crate) fn start_again(&self) -> ExitStatus {
        let mut arguments = vec![process::id().to_string()];
        arguments.extend(self.options.iter().cloned());
        self.run("start", &arguments)
    }

    /// Stops it as a crash does: nothing is written any more.
    pub(crate) fn crash(&self) {
        assert!(self.run("stop", &[]).success());
    }

    fn run(&self, command: &str, arguments: &[String]) -> ExitStatus {
        // Another crate has tests with such a server too.
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../customerio-delivery/tests/postgres/server"))
            .arg(command)
            .arg(&self.folder)
            .args(arguments)
            .env("TEMPLATE", concat!(env!("CARGO_TARGET_TMPDIR"), "/postgres"))
            .stdin(Stdio::null())
            .status()
            .unwrap()
    }

    fn config(&self, database: &str) -> String {
        format!("host={} user=postgres dbname={database}", self.folder.display())
    }

    /// A new database.
    pub(crate) async fn database(self: &Arc<Self>) -> Database {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let postgres = connect(&self.config("postgres")).await;
        postgres.batch_execute(&format!("create database {name}")).await.unwrap();
        Database { config: self.config(&name), _server: self.clone() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been stopped before.
        let _ = self.run("stop", &[]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A database on a server.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    config: String,
    /// It lives as long as this.
    _server: Arc<Server>,
}

impl Database {
    /// Where it is, as text.
    pub(crate) fn place(&self) -> &str {
        &self.config
    }

    pub(crate) fn config(&self) -> Config {
        self.config.parse().unwrap()
    }

    pub(crate) async fn connect(&self) -> Client {
        connect(&self.config).await
    }

    /// One number.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.connect().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Runs SQL that has no result.
    pub(crate) async fn run(&self, sql: &str) {
        self.connect().await.batch_execute(sql).await.unwrap();
    }
}

async fn connect(config: &str) -> Client {
    let (client, connection) = config.parse::<Config>().unwrap().connect(NoTls).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    client
}

/// A new database on the server that the tests of this process have in common. What they write need not outlive a crash of
/// the machine.
pub(crate) async fn database() -> Option<Database> {
    static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());
    let server = {
        let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            server
        } else {
            let server = Arc::new(Server::start(&["-c", "fsync=off"])?);
            *shared = Arc::downgrade(&server);
            server
        }
    };
    Some(server.database().await)
}
