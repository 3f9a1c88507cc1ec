//! Where the calls are kept.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use customerio_delivery::{Inspect, Store, Stored, sqlite::SqliteStore};

/// Where the calls of a test are kept.
pub(crate) enum Place {
    /// In a file of a folder, which is gone when the test ends.
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Database(crate::server::Database),
}

impl Place {
    pub(crate) fn file(name: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("kill-{name}-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        Self::File(path)
    }

    #[cfg(feature = "postgres")]
    pub(crate) async fn database() -> Option<Self> {
        crate::server::database().await.map(Self::Database)
    }

    /// What another process opens it by.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(folder) => folder.join("calls.db").to_str().unwrap().to_owned(),
            #[cfg(feature = "postgres")]
            Self::Database(database) => database.place().to_owned(),
        }
    }

    /// A process that delivered is gone. How its lease runs out is not looked at here.
    pub(crate) async fn was_killed(&self) {
        match self {
            Self::File(_) => std::future::ready(()).await,
            #[cfg(feature = "postgres")]
            Self::Database(database) => database.run("update customerio_sender set until = clock_timestamp()").await,
        }
    }

    pub(crate) async fn append(&self, calls: Vec<Stored>) {
        let (store, _) = open(&self.name()).await;
        for calls in calls.chunks(500) {
            store.append(calls).await.unwrap();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self {
            Self::File(folder) => drop(fs::remove_dir_all(folder)),
            #[cfg(feature = "postgres")]
            Self::Database(_) => {}
        }
    }
}

/// Opens a place by its name.
pub(crate) async fn open(name: &str) -> (Arc<dyn Store>, Arc<dyn Inspect>) {
    #[cfg(feature = "postgres")]
    if name.starts_with("host=") {
        let store = customerio_delivery::postgres::PostgresStore::connect(name.parse().unwrap()).await;
        let store = Arc::new(store.unwrap());
        return (store.clone(), store);
    }
    let file = PathBuf::from(name);
    let store = tokio::task::spawn_blocking(|| SqliteStore::open(file)).await.unwrap();
    let store = Arc::new(store.unwrap());
    assert!(!store.repairs().any(), "a kill damages nothing: {:?}", store.repairs());
    (store.clone(), store)
}
