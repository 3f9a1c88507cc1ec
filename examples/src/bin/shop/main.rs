//! A shop: sign-ups, purchases with a receipt, and webhooks about e-mails that bounce. A program of the guide `delivery`.
//!
//! It enqueues what Customer.io must know in the transaction that writes its own data (a transactional outbox), so neither
//! a crash nor an outage of Customer.io loses anything.
//!
//! ```sh
//! cargo run -p customerio-examples --bin shop
//! curl -d ada@example.com http://127.0.0.1:3000/people/42
//! curl --json '{"order": "17", "total": 23.45}' http://127.0.0.1:3000/people/42/purchases
//! ```
//!
//! `SHOP_ADDRESS` is where it listens, `SHOP_DATABASE` its SQLite file, and `CUSTOMERIO_WEBHOOK_SIGNING_KEY` the key of the
//! webhook that Customer.io sends to `/customerio`. On Ctrl-C or SIGTERM it finishes the requests in flight, sends what is
//! enqueued for at most 10 seconds, and keeps the rest for the next start.
//!
//! Without the keys of Customer.io the program is a rehearsal: 10,000 people sign up while the shop is killed and started
//! again, and all of them must arrive at an emulator.

mod purchases;
mod rehearsal;
mod webhooks;

use std::{
    env,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, extract, http::StatusCode, routing::post};
use customerio::{
    delivery::{
        Queue, Stored,
        sqlite::{self, SqliteStore, rusqlite::Connection},
    },
    track::v2::person::Identify,
};
use customerio_examples::{Result, from_env_quietly, has_keys, stop_signal};
use serde_json::json;
use tokio::net::TcpListener;

/// The state of the handlers.
struct Shop {
    database: Mutex<Connection>,
    queue: Queue,
}

/// Signs a person up. The body is the e-mail address.
async fn sign_up(
    extract::State(shop): extract::State<Arc<Shop>>,
    extract::Path(id): extract::Path<String>,
    email: String,
) -> Result<StatusCode, (StatusCode, String)> {
    let failed = |error: &dyn std::fmt::Display| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let person = Identify::new(&id).with_attributes(json!({"email": email, "plan": "free"}));
    let call = shop.queue.encode(person).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let written = tokio::task::spawn_blocking(move || add_person(&shop, &id, &email, &call)).await;
    written.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// Writes the person and the call: both, or neither.
fn add_person(shop: &Shop, id: &str, email: &str, call: &Stored) -> sqlite::rusqlite::Result<StatusCode> {
    let mut database = shop.database.lock().unwrap_or_else(PoisonError::into_inner);
    let transaction = database.transaction()?;
    // A client that retries after a lost response has signed up already.
    if transaction.execute("insert or ignore into person (id, email) values (?1, ?2)", [id, email])? == 0 {
        return Ok(StatusCode::OK);
    }
    sqlite::enqueue(&transaction, call)?;
    transaction.commit()?;
    Ok(StatusCode::CREATED)
}

const TABLES: &str = "
    create table if not exists person (
        id text primary key, email text not null, bounced integer not null default 0
    ) without rowid;
    create table if not exists purchase (
        number text primary key, person text not null references person, total real not null
    ) without rowid;
";

/// Serves until the signal to stop, and then sends what is enqueued.
async fn serve(listener: TcpListener, file: &Path) -> Result {
    let cio = from_env_quietly().await?;
    let queue = Queue::builder(SqliteStore::open(file)?).with_track(cio.track().clone()).with_app(cio.app().clone());
    let queue = queue.start();
    let database = Connection::open(file)?;
    database.busy_timeout(Duration::from_secs(5))?;
    database.execute_batch(TABLES)?;

    let shop = Arc::new(Shop { database: Mutex::new(database), queue: queue.clone() });
    let routes = Router::new()
        .route("/people/{id}", post(sign_up))
        .route("/people/{id}/purchases", post(purchases::purchase))
        .with_state(shop.clone());
    let routes = match env::var("CUSTOMERIO_WEBHOOK_SIGNING_KEY") {
        Ok(key) => routes.merge(webhooks::routes(&key, shop)?),
        Err(_) => routes,
    };
    let signal = stop_signal()?;
    println!("the shop listens at http://{}", listener.local_addr()?);
    axum::serve(listener, routes).with_graceful_shutdown(signal).await?;

    let report = queue.shutdown(Duration::from_secs(10)).await;
    println!("the shop stopped; calls left for the next start: {}", report.left);
    Ok(())
}

#[tokio::main]
async fn main() -> Result {
    if !has_keys() {
        return rehearsal::run().await;
    }
    let address = env::var("SHOP_ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let file = env::var_os("SHOP_DATABASE").unwrap_or_else(|| "shop.db".into());
    serve(TcpListener::bind(address).await?, Path::new(&file)).await
}
