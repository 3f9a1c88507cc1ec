//! What the examples share: clients of the real Customer.io where its keys are in the environment, and else of an
//! emulator on loopback, over the transport that the command line names.

pub mod webhooks;

use std::{env, io::Write as _, sync::Arc, time::Duration};

use customerio::{
    App, CallOptions, Client, Endpoint, HyperTransport, Pipelines, Region, ReqwestTransport, Track,
    bytes::Bytes,
    error::TransportError,
    http::{Request, Response},
    ids::{BroadcastId, SegmentId},
    transport::{BoxFuture, Moment, Transport, async_trait},
};
use customerio_emulator::{Emulator, Server};

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

/// Clients for an example, and what stands behind them.
#[derive(Debug)]
pub struct CustomerIo {
    /// A client of the Track API.
    pub track: Client<Track>,
    /// A client of the App API.
    pub app: Client<App>,
    /// A client of the Pipelines API: of the emulator, or of Customer.io itself where `CUSTOMERIO_PIPELINES_API_KEY` is set.
    pub pipelines: Option<Client<Pipelines>>,
    /// The transport that they share.
    pub transport: Arc<dyn Transport>,
    /// The number of a manual segment: `CUSTOMERIO_SEGMENT_ID`, or 7.
    pub segment: SegmentId,
    /// The number of a broadcast: `CUSTOMERIO_BROADCAST_ID`, or 12.
    pub broadcast: BroadcastId,
    /// The emulator's server, if there is one.
    pub server: Option<Server>,
}

/// Connects as the environment and the command line say, and says how.
///
/// With `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY`, `CUSTOMERIO_APP_API_KEY` and `CUSTOMERIO_REGION` set, to the
/// real service; without any of them, to an emulator on loopback. The first argument is `hyper` (the default) or
/// `reqwest`.
///
/// # Errors
///
/// Where only some of the variables are set, where a key is not valid, or where no port can be had.
pub async fn connect() -> Result<CustomerIo> {
    connect_with(|transport| Arc::new(Narrator(transport))).await
}

/// [`connect`], without printing the requests: for programs that make many.
///
/// # Errors
///
/// As [`connect`].
pub async fn connect_quietly() -> Result<CustomerIo> {
    connect_with(|transport| transport).await
}

async fn connect_with(wrap: impl Fn(Arc<dyn Transport>) -> Arc<dyn Transport>) -> Result<CustomerIo> {
    let name = env::args().nth(1).unwrap_or_else(|| "hyper".to_owned());
    let transport: Arc<dyn Transport> = match name.as_str() {
        "hyper" => wrap(Arc::new(HyperTransport::new()?)),
        "reqwest" => wrap(Arc::new(ReqwestTransport::new()?)),
        other => return Err(format!("the transport is `hyper` or `reqwest`, not `{other}`").into()),
    };
    let segment = number("CUSTOMERIO_SEGMENT_ID", 7_u32)?;
    let broadcast = number("CUSTOMERIO_BROADCAST_ID", 12_u64)?;
    let (track, app, pipelines, server) = if let Some([site_id, track_key, app_key, region]) = credentials()? {
        let region: Region = region.parse()?;
        println!("Customer.io itself ({region:?}), over {name}\n");
        let key = env::var("CUSTOMERIO_PIPELINES_API_KEY").ok();
        let pipelines = key.map(|key| Endpoint::pipelines(region, &key)).transpose()?;
        (Endpoint::track(region, &site_id, &track_key)?, Endpoint::app(region, &app_key)?, pipelines, None)
    } else {
        let emulator = Emulator::new();
        emulator.create_segment(segment);
        emulator.create_broadcast(broadcast);
        let server = emulator.serve_on_loopback().await?;
        println!("No CUSTOMERIO_… keys are set: an emulator at {}, over {name}\n", server.url());
        (server.track_endpoint()?, server.app_endpoint()?, Some(server.pipelines_endpoint()?), Some(server))
    };
    // The rate limits are the workspace's: its clients share what paces them.
    let options = CallOptions::default();
    Ok(CustomerIo {
        track: Client::over(track, transport.clone(), options.clone()),
        app: Client::over(app, transport.clone(), options.clone()),
        pipelines: pipelines.map(|endpoint| Client::over(endpoint, transport.clone(), options)),
        transport,
        segment: segment.into(),
        broadcast: broadcast.into(),
        server,
    })
}

/// The keys for the real service, or nothing where none of them is set.
fn credentials() -> Result<Option<[String; 4]>> {
    let names = ["CUSTOMERIO_SITE_ID", "CUSTOMERIO_TRACK_API_KEY", "CUSTOMERIO_APP_API_KEY", "CUSTOMERIO_REGION"];
    let values = names.map(|name| env::var(name).ok());
    if values.iter().all(Option::is_none) {
        return Ok(None);
    }
    let missing: Vec<_> =
        names.iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        return Err(format!("set {} too, or none of the four", missing.join(" and ")).into());
    }
    Ok(Some(values.map(Option::unwrap_or_default)))
}

fn number<N: std::str::FromStr>(name: &str, default: N) -> Result<N> {
    match env::var(name) {
        Err(_) => Ok(default),
        Ok(text) => text.parse().map_err(|_| format!("{name} must be a number").into()),
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
}
