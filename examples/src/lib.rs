//! What the examples share: a `CustomerIo` of the real Customer.io where its keys are in the environment, and else
//! of an emulator on loopback, over the transport that the command line names.

/// A recorder of figures, for the example of observability.
#[path = "../../crates/customerio/docs/figures.rs"]
pub mod figures;
pub mod records;
pub mod webhooks;

use std::{env, io::Write as _, sync::Arc, time::Duration};

use customerio::{
    CustomerIo, CustomerIoBuilder, HyperTransport, Region, ReqwestTransport,
    bytes::Bytes,
    error::TransportError,
    http::{Request, Response},
    ids::{BroadcastId, SegmentId},
    transport::{BoxFuture, FileTransport, Moment, Transport, async_trait},
};
use customerio_emulator::{APP_API_KEY, Emulator, PIPELINES_KEY, SITE_ID, Server, TRACK_API_KEY};

/// What an example returns, from whichever thread it ends on.
pub type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Runs an example as a server runs what it does for a request: in a task of its own, on any thread. It takes only futures
/// that are `Send`, so an example that compiles can be spawned.
///
/// # Errors
///
/// Where `example` returns an error, or panics.
pub async fn spawn(example: impl Future<Output = Result> + Send + 'static) -> Result {
    tokio::spawn(example).await?
}

/// What stands behind the clients of an example. The emulator's server ends with it.
#[derive(Debug)]
pub struct Workspace {
    /// The transport of the clients.
    pub transport: Arc<dyn Transport>,
    /// A manual segment: `CUSTOMERIO_SEGMENT_ID`, or 7.
    pub segment: SegmentId,
    /// A broadcast: `CUSTOMERIO_BROADCAST_ID`, or 12.
    pub broadcast: BroadcastId,
    /// The emulator's server, if there is one.
    pub server: Option<Server>,
}

/// Connects as the environment and the command line say, and says how.
///
/// With keys in the environment (see [`Config`](customerio::Config) for the variables) to the real service; without any of
/// them, to an emulator on loopback. The first argument is `hyper` (the default) or `reqwest`.
///
/// # Errors
///
/// Where `CUSTOMERIO_REGION` or a key that belongs to another is missing, where a value is not valid, or where no port can
/// be had.
pub async fn connect() -> Result<(CustomerIo, Workspace)> {
    connect_with(|transport| Arc::new(Narrator(transport))).await
}

/// [`connect`], without printing the requests: for programs that make many.
///
/// # Errors
///
/// As [`connect`].
pub async fn connect_quietly() -> Result<(CustomerIo, Workspace)> {
    connect_with(|transport| transport).await
}

/// The transport that the first argument names, `hyper` or `reqwest`, and its name.
///
/// # Errors
///
/// Where it names another.
pub fn transport() -> Result<(String, Arc<dyn Transport>)> {
    let name = env::args().nth(1).unwrap_or_else(|| "hyper".to_owned());
    let transport: Arc<dyn Transport> = match name.as_str() {
        "hyper" => Arc::new(HyperTransport::new()?),
        "reqwest" => Arc::new(ReqwestTransport::new()?),
        other => return Err(format!("the transport is `hyper` or `reqwest`, not `{other}`").into()),
    };
    Ok((name, transport))
}

/// Whether the environment means the real service.
#[must_use]
pub fn has_keys() -> bool {
    KEYS.iter().any(|name| env::var_os(name).is_some())
}

/// What makes the clients of an emulator.
pub fn of_emulator(url: impl Into<String>) -> CustomerIoBuilder {
    let builder = CustomerIo::builder(Region::Us).track(SITE_ID, TRACK_API_KEY).app(APP_API_KEY);
    builder.pipelines(PIPELINES_KEY).base_url(url)
}

async fn connect_with(wrap: impl Fn(Arc<dyn Transport>) -> Arc<dyn Transport>) -> Result<(CustomerIo, Workspace)> {
    let (name, transport) = transport()?;
    let transport = wrap(transport);
    let (segment, broadcast) = (number("CUSTOMERIO_SEGMENT_ID", 7)?, number("CUSTOMERIO_BROADCAST_ID", 12)?);
    let (builder, server) = if has_keys() {
        println!("Customer.io itself, over {name}\n");
        (CustomerIo::builder_from_env()?, None)
    } else {
        let emulator = Emulator::new();
        emulator.create_segment(segment);
        emulator.create_broadcast(broadcast);
        let server = emulator.serve_on_loopback().await?;
        println!("No CUSTOMERIO_… keys are set: an emulator at {}, over {name}\n", server.url());
        (of_emulator(server.url()), Some(server))
    };
    let cio = builder.build_over(transport.clone())?;
    Ok((cio, Workspace { transport, segment, broadcast, server }))
}

/// The variables of which one is enough to mean the real service. What is missing beside it is an error.
const KEYS: [&str; 5] = [
    "CUSTOMERIO_REGION",
    "CUSTOMERIO_SITE_ID",
    "CUSTOMERIO_TRACK_API_KEY",
    "CUSTOMERIO_APP_API_KEY",
    "CUSTOMERIO_PIPELINES_API_KEY",
];

fn number<N: std::str::FromStr + From<u32>>(name: &str, default: u32) -> Result<N> {
    match env::var(name) {
        Err(_) => Ok(default.into()),
        Ok(text) => text.parse().map_err(|_| format!("{name} must be a positive number").into()),
    }
}

/// Draws how much of `total` is done, in the line where it was drawn before.
pub fn progress_bar(done: u64, total: u64) {
    const WIDTH: u64 = 40;
    let filled = (done * WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    let bar: String = (0..WIDTH).map(|place| if place < filled { '#' } else { '.' }).collect();
    print!("\r[{bar}] {done} of {total}");
    // What cannot be shown is only a drawing.
    let _ = std::io::stdout().flush();
}

/// A body as text, up to what fits in two lines.
fn shortened(body: &Bytes) -> String {
    let text = String::from_utf8_lossy(body);
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// A transport that prints each request and its response, and leaves the rest to another.
#[derive(Debug)]
struct Narrator<T>(T);

#[async_trait]
impl<T: Transport> Transport for Narrator<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        println!("{} {path}", request.method());
        if !request.body().is_empty() {
            println!("  > {}", shortened(request.body()));
        }
        let result = self.0.send(request).await;
        match &result {
            Ok(response) => println!("  < {} {}", response.status(), shortened(response.body())),
            Err(error) => println!("  < {error}"),
        }
        result
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn now(&self) -> Moment {
        self.0.now()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        self.0.spawn(task)
    }

    /// What is read there is not printed: a link is a credential, and a file is long.
    fn files(&self) -> Option<&dyn FileTransport> {
        self.0.files()
    }
}
