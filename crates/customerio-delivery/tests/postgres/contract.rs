//! The contract of a store.

use std::sync::Mutex;

use customerio_delivery::postgres::PostgresStore;
use customerio_testing::stores::{Stores, async_trait, check};

use crate::server::{Database, database};

/// Each store has a database of its own.
#[derive(Default)]
struct InDatabases(Mutex<Vec<Database>>);

#[async_trait]
impl Stores for InDatabases {
    type Store = PostgresStore;

    async fn fresh(&self, bytes: u64) -> PostgresStore {
        let database = database().await.unwrap();
        let store = PostgresStore::builder(database.config()).with_bytes(bytes).connect().await.unwrap();
        self.0.lock().unwrap().push(database);
        store
    }

    async fn other(&self, _: &PostgresStore) -> Option<PostgresStore> {
        // Checks run one after the other.
        let config = self.0.lock().unwrap().last().map(Database::config)?;
        Some(PostgresStore::connect(config).await.unwrap())
    }
}

#[tokio::test]
async fn postgresql_keeps_the_contract() {
    let Some(_server) = database().await else { return };
    let report = check(&InDatabases::default()).await;
    report.assert();
    assert_eq!(report.checks().len(), 24);
}
