//! The store, opened beside the application.

use std::{
    env,
    error::Error as _,
    path::{Path, PathBuf},
};

use customerio_delivery::{
    Inspect, Statistics, Store as _, StoreError,
    postgres::{PostgresStore, tokio_postgres::Config},
    sqlite::SqliteStore,
};

use crate::{
    failure::{Code, Failure},
    place::Place,
    tls::MakeTls,
};

/// The store.
#[derive(Debug)]
pub(crate) enum Opened {
    Sqlite(SqliteStore),
    Postgres(Box<PostgresStore>),
}

impl Opened {
    /// Opens a store that is there, and changes nothing by that.
    pub(crate) async fn open(place: &Place) -> Result<Self, Failure> {
        match place {
            Place::Sqlite(path) => sqlite(path),
            Place::Postgres { url, ca } => postgres(url, ca.as_ref()).await,
        }
    }

    pub(crate) fn calls(&self) -> &dyn Inspect {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => &**store,
        }
    }

    pub(crate) async fn statistics(&self) -> Result<Statistics, StoreError> {
        match self {
            Self::Sqlite(store) => store.statistics().await,
            Self::Postgres(store) => store.statistics().await,
        }
    }

    /// Closes it, and waits for that.
    pub(crate) async fn close(self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => drop(store),
        }
    }
}

fn sqlite(path: &Path) -> Result<Opened, Failure> {
    // Nobody else waits on this thread.
    let opened = SqliteStore::builder(path).with_bytes(u64::MAX).existing_only().open();
    opened.map(Opened::Sqlite).map_err(|error| unusable(&path.display().to_string(), &error))
}

async fn postgres(url: &str, ca: Option<&PathBuf>) -> Result<Opened, Failure> {
    let mut config: Config = url.parse().map_err(|error: customerio_delivery::postgres::tokio_postgres::Error| {
        // Its cause names the option, and quotes no value.
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        Failure::usage(format!("the URL of the database cannot be read: {cause}"))
    })?;
    if let (None, Ok(password)) = (config.get_password(), env::var("PGPASSWORD")) {
        config.password(password);
    }
    if config.get_application_name().is_none() {
        config.application_name("customerio-outbox");
    }
    let tls = MakeTls::new(ca.cloned());
    let connect = move || {
        let (config, tls) = (config.clone(), tls.clone());
        async move { config.connect(tls).await }
    };
    let opened = PostgresStore::builder_with(connect).without_migrating().connect().await;
    opened.map(Box::new).map(Opened::Postgres).map_err(|error| unusable("the database", &error))
}

fn unusable(what: &str, error: &StoreError) -> Failure {
    let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let hint = match &cause {
        cause if cause.contains("database is locked") => ": another process is writing for long: try again",
        cause if cause.contains("invalid peer certificate") => {
            ": name its CA with --ca, or add sslmode=disable to the URL if the network is trusted"
        }
        _ => "",
    };
    Failure::new(Code::Store, format!("{what} cannot be used: {cause}{hint}"))
}
