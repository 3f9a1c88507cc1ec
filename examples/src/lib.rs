//! What the examples share. [`from_env`] is [`CustomerIo::from_env`] with a local server: where the environment has no keys, it
//! starts an emulator and uses its keys.

pub mod crowd;
/// A recorder of figures, for the example of observability.
#[path = "../../crates/customerio/docs/figures.rs"]
pub mod figures;
mod narrator;
pub mod records;
mod stop;
pub mod webhooks;

use std::{env, sync::Arc};

use customerio::{CustomerIo, CustomerIoBuilder, HyperTransport, Region, ReqwestTransport, transport::Transport};
use customerio_emulator::{APP_API_KEY, Emulator, PIPELINES_KEY, SITE_ID, Server, TRACK_API_KEY};
use tokio::sync::OnceCell;

pub use self::stop::stop_signal;

/// The result of an example.
pub type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Connects to Customer.io as [`CustomerIo::from_env`] does, and prints each request with its response. Where no key is set,
/// it connects to an emulator on loopback, which ends with the program.
///
/// # Errors
///
/// Where a variable that belongs to a key is missing, where a value is not valid, or where no port is free.
pub async fn from_env() -> Result<CustomerIo> {
    connect(Arc::new(narrator::Narrator(transport()?))).await
}

/// [`from_env`], without printing the requests: for programs that send many.
///
/// # Errors
///
/// As [`from_env`].
pub async fn from_env_quietly() -> Result<CustomerIo> {
    connect(transport()?).await
}

async fn connect(transport: Arc<dyn Transport>) -> Result<CustomerIo> {
    let builder = if has_keys() {
        CustomerIo::builder_from_env()?
    } else {
        let server = EMULATOR.get_or_try_init(serve).await?;
        eprintln!("No CUSTOMERIO_… keys are set: using an emulator at {}", server.url());
        of_emulator(server.url())
    };
    Ok(builder.build_over(transport)?)
}

/// The transport that the variable `EXAMPLES_TRANSPORT` names: `hyper`, the default, or `reqwest`.
///
/// # Errors
///
/// Where it names another.
pub fn transport() -> Result<Arc<dyn Transport>> {
    match env::var("EXAMPLES_TRANSPORT").as_deref() {
        Err(_) | Ok("hyper") => Ok(Arc::new(HyperTransport::new()?)),
        Ok("reqwest") => Ok(Arc::new(ReqwestTransport::new()?)),
        Ok(other) => Err(format!("EXAMPLES_TRANSPORT must be `hyper` or `reqwest`, not `{other}`").into()),
    }
}

/// The emulator that stands in for Customer.io, if [`from_env`] started one.
pub fn emulator() -> Option<&'static Emulator> {
    EMULATOR.get().map(Server::emulator)
}

static EMULATOR: OnceCell<Server> = OnceCell::const_new();

/// Starts an emulator with what the programs expect of a workspace: a manual segment and a broadcast.
async fn serve() -> Result<Server> {
    let emulator = Emulator::new();
    emulator.create_segment(7);
    emulator.create_broadcast(12);
    Ok(emulator.serve_on_loopback().await?)
}

/// The builder of a client of an emulator.
pub fn of_emulator(url: impl Into<String>) -> CustomerIoBuilder {
    let builder = CustomerIo::builder(Region::Us).track(SITE_ID, TRACK_API_KEY).app(APP_API_KEY);
    builder.pipelines(PIPELINES_KEY).base_url(url)
}

/// The variables by which [`CustomerIo::from_env`] connects to an emulator.
#[must_use]
pub fn variables_of_emulator(url: &str) -> [(&'static str, &str); 6] {
    [
        ("CUSTOMERIO_BASE_URL", url),
        ("CUSTOMERIO_REGION", "us"),
        ("CUSTOMERIO_SITE_ID", SITE_ID),
        ("CUSTOMERIO_TRACK_API_KEY", TRACK_API_KEY),
        ("CUSTOMERIO_APP_API_KEY", APP_API_KEY),
        ("CUSTOMERIO_PIPELINES_API_KEY", PIPELINES_KEY),
    ]
}

/// Whether the environment has a key, or the region.
#[must_use]
pub fn has_keys() -> bool {
    KEYS.iter().any(|name| env::var_os(name).is_some())
}

/// If one of these is set, the program connects to Customer.io, and a missing one is an error.
const KEYS: [&str; 5] = [
    "CUSTOMERIO_REGION",
    "CUSTOMERIO_SITE_ID",
    "CUSTOMERIO_TRACK_API_KEY",
    "CUSTOMERIO_APP_API_KEY",
    "CUSTOMERIO_PIPELINES_API_KEY",
];
