//! A shop whose sign-ups reach Customer.io though it is killed: they are enqueued in the transaction that writes them.
//!
//! `cargo run -p customerio-examples --bin shop` starts the shop (axum, SQLite), signs 10,000 people up over HTTP, kills
//! the shop in the middle with `kill -9`, starts it again, and counts the people at a local Customer.io.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, extract, http::StatusCode, routing::post};
use customerio::{
    Client, Endpoint, Region, Track,
    delivery::{
        Queue, Stored,
        sqlite::{self, SqliteStore, rusqlite::Connection},
    },
    track::v2::person::Identify,
};
use customerio_emulator::{Emulator, SITE_ID, TRACK_API_KEY};
use customerio_examples::{Result, spawn, transport};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::sleep,
};

const PEOPLE: u64 = 10_000;

/// The shop.
async fn serve(customerio: &str, file: PathBuf) -> Result {
    let endpoint = Endpoint::track(Region::Us, SITE_ID, TRACK_API_KEY)?.with_base_url(customerio)?;
    let track: Client<Track> = Client::new(endpoint, transport()?.1);

    let store = SqliteStore::open(&file)?;
    let database = Connection::open(&file)?;
    database.busy_timeout(Duration::from_secs(5))?;
    database.execute_batch("create table if not exists person (id text primary key) without rowid")?;
    let queue = Queue::builder(store).with_track(track).start();

    let shop = Arc::new(Shop { database: Mutex::new(database), queue });
    let routes = Router::new().route("/people/{id}", post(sign_up)).with_state(shop);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}

/// The state of the handlers.
struct Shop {
    database: Mutex<Connection>,
    queue: Queue,
}

async fn sign_up(
    extract::State(shop): extract::State<Arc<Shop>>,
    extract::Path(id): extract::Path<String>,
) -> std::result::Result<StatusCode, (StatusCode, String)> {
    let failed = |error: &dyn std::fmt::Display| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let person = Identify::new(&id).with_attributes(json!({"plan": "free"}));
    let call = shop.queue.encode(person).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let written = tokio::task::spawn_blocking(move || write(&shop, &id, &call)).await;
    written.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// Writes the person and the call: both, or neither.
fn write(shop: &Shop, id: &str, call: &Stored) -> sqlite::rusqlite::Result<StatusCode> {
    let mut database = shop.database.lock().unwrap_or_else(PoisonError::into_inner);
    let transaction = database.transaction()?;
    // A client that retries after a lost response has signed up already.
    if transaction.execute("insert or ignore into person values (?1)", [id])? == 0 {
        return Ok(StatusCode::OK);
    }
    sqlite::enqueue(&transaction, call)?;
    transaction.commit()?;
    Ok(StatusCode::CREATED)
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(either()).await
}

/// The shop, if the environment names what to serve, and otherwise the load around it.
async fn either() -> Result {
    if let (Ok(customerio), Some(file)) = (env::var("SHOP_CUSTOMERIO"), env::var_os("SHOP_FILE")) {
        return serve(&customerio, file.into()).await;
    }
    let folder = env::temp_dir().join(format!("customerio-shop-{}", std::process::id()));
    let result = sign_ups(&folder.join("shop.db")).await;
    std::fs::remove_dir_all(&folder)?;
    result
}

/// The world around the shop.
async fn sign_ups(file: &Path) -> Result {
    let customerio = Emulator::new().serve_on_loopback().await?;
    let begun = Instant::now();
    let (mut shop, mut address) = start(&customerio.url(), file).await?;
    let mut killed_at = Some(PEOPLE / 2);
    let mut n = 0;
    while n < PEOPLE {
        if killed_at.take_if(|at| *at == n).is_some() {
            shop.kill().await?;
            println!(
                "killed after {n} sign-ups, when {} people were at Customer.io",
                customerio.emulator().people_count()
            );
            (shop, address) = start(&customerio.url(), file).await?;
        }
        let requests = (n..n + 100).map(|n| tokio::spawn(post_person(address.clone(), n)));
        for request in requests.collect::<Vec<_>>() {
            request.await??;
        }
        n += 100;
    }
    println!("{PEOPLE} people signed up in {:.1} s", begun.elapsed().as_secs_f64());
    while (customerio.emulator().people_count() as u64) < PEOPLE && begun.elapsed() < Duration::from_secs(120) {
        sleep(Duration::from_millis(20)).await;
    }
    let people: BTreeSet<_> = customerio.emulator().people().into_iter().filter_map(|person| person.id).collect();
    let missing = (0..PEOPLE).filter(|n| !people.contains(&n.to_string())).count();
    println!("{} at Customer.io by {} requests, {missing} missing", people.len(), customerio.emulator().requests());
    shop.kill().await?;
    if missing == 0 { Ok(()) } else { Err("people are missing".into()) }
}

/// Starts the shop, and waits until it has an address.
async fn start(customerio: &str, file: &Path) -> Result<(Child, String)> {
    let mut shop = Command::new(env::current_exe()?)
        .args(env::args().skip(1))
        .env("SHOP_CUSTOMERIO", customerio)
        .env("SHOP_FILE", file)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = shop.stdout.take().ok_or("the shop has no output")?;
    let address = BufReader::new(output).lines().next_line().await?.ok_or("the shop did not start")?;
    Ok((shop, address))
}

/// Signs a person up.
async fn post_person(address: String, n: u64) -> Result {
    let mut stream = TcpStream::connect(&address).await?;
    let head =
        format!("POST /people/{n} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    if response.starts_with("HTTP/1.1 20") { Ok(()) } else { Err(response.into()) }
}
