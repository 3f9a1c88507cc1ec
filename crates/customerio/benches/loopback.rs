//! What a call costs the client's processor, beside the same call by hand: a pair of processes on loopback, each on a
//! core of its own, and a line for each pair of clients.
//!
//! A round has both ways in turns, a few hundred calls at a time, so that what else the machine does hits both. By hand
//! is what the SDK does and a careful program would: a time limit, a bound on the response, and a look at it.

#![expect(clippy::unwrap_used, reason = "a call that fails cannot be measured")]

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    mem,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use customerio::{
    Client, Endpoint, HyperTransport, Region, ReqwestTransport, Track,
    batch::BatchOptions,
    bytes::Bytes,
    http::{HeaderMap, HeaderValue, Request, header},
    limits,
    retry::{Quota, Rate, Throttle},
    track::v2::person,
    transport::Transport,
};
use customerio_testing::WireServer;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};
use serde::{Serialize, de::IgnoredAny};

const ROUNDS: u32 = 11;
const TURNS: u32 = 8;
const CALLS_A_TURN: u32 = 480;
/// Of events in batches a turn has as many pushes of a few thousand each, one after the other.
const IMPORTS_A_TURN: u32 = 4;
const EVENTS: u32 = 5_000;
const TIMEOUT: Duration = Duration::from_secs(10);
const MOST: usize = 1024 * 1024;
const ID: &str = "0d8a1f3e-6b0c-4c57-9c1e-0f4f6f1f6b1d";

#[derive(Serialize)]
struct Attributes {
    first_name: &'static str,
    plan: &'static str,
    seats: u32,
    trial: bool,
}

const ATTRIBUTES: Attributes = Attributes { first_name: "Ada", plan: "pro", seats: 12, trial: false };

fn hyper_client() -> legacy::Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

fn reqwest_client() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.retry(reqwest::retry::never()).no_proxy().build().unwrap()
}

fn sdk(url: &str, transport: impl Transport + 'static) -> Client<Track> {
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).unwrap();
    // Paced as ever, but at a rate that loopback does not reach.
    let rate = Rate::at_most(1_000_000_000, Duration::from_secs(1));
    Client::new(endpoint, transport).with_throttle(Throttle::default().with_rate(Quota::Ingest, rate))
}

#[derive(Clone)]
struct ByHand<C> {
    client: C,
    url: String,
    batch_url: String,
    headers: HeaderMap,
}

type Hyper = ByHand<legacy::Client<HttpConnector, Full<Bytes>>>;
type Reqwest = ByHand<reqwest::Client>;

impl<C> ByHand<C> {
    fn new(url: &str, client: C) -> Self {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic c2l0ZTprZXk="));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let user_agent = concat!("customerio-rust/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(user_agent));
        let (batch_url, url) = (format!("{url}/api/v2/batch"), format!("{url}/api/v1/customers/"));
        Self { client, url, batch_url, headers }
    }
}

fn check(status: customerio::http::StatusCode, body: &[u8]) {
    assert!(status.is_success());
    serde_json::from_slice::<IgnoredAny>(body).unwrap();
}

#[derive(Serialize)]
struct Purchase {
    order: &'static str,
    product: &'static str,
    price: f64,
    quantity: u32,
    currency: &'static str,
    coupon: &'static str,
    shop: &'static str,
}

const PURCHASE: Purchase = Purchase {
    order: "2023-11-14-001734",
    product: "socks",
    price: 23.45,
    quantity: 2,
    currency: "EUR",
    coupon: "WINTER",
    shop: "example.com",
};

#[derive(Serialize)]
struct EventByHand<'a> {
    r#type: &'static str,
    identifiers: IdentifiersByHand,
    action: &'static str,
    name: &'static str,
    id: &'a str,
    timestamp: u64,
    attributes: &'static Purchase,
}

#[derive(Serialize)]
struct IdentifiersByHand {
    id: &'static str,
}

/// Appends an event, with an id and the time.
fn encode(body: &mut Vec<u8>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let milliseconds = u64::try_from(now.as_millis()).unwrap();
    let (mut text, mut random) = ([0; ulid::ULID_LEN], [0; 16]);
    // As here: a generator in the process would make the same ids in each copy that a fork makes.
    getrandom::fill(&mut random).unwrap();
    let id = &*ulid::Ulid::from_parts(milliseconds, u128::from_ne_bytes(random)).array_to_str(&mut text);
    let (identifiers, timestamp, attributes) = (IdentifiersByHand { id: ID }, now.as_secs(), &PURCHASE);
    let (r#type, action, name) = ("person", "event", "purchase");
    let event = EventByHand { r#type, identifiers, action, name, id, timestamp, attributes };
    serde_json::to_writer(body, &event).unwrap();
}

/// Sends events in batches, each as long as it may be.
async fn import_by_hand<C, F: Future<Output = C>>(mut client: C, send: fn(C, Vec<u8>) -> F) -> C {
    const OPENING: &[u8] = br#"{"batch":["#;
    let opened = || {
        let mut body = Vec::with_capacity(limits::BATCH);
        body.extend_from_slice(OPENING);
        body
    };
    let mut body = opened();
    for _ in 0..EVENTS {
        let before = body.len();
        if before > OPENING.len() {
            body.push(b',');
        }
        encode(&mut body);
        if body.len() + 2 > limits::BATCH {
            let mut next = opened();
            next.extend_from_slice(&body[before + 1..]);
            body.truncate(before);
            body.extend_from_slice(b"]}");
            client = send(client, mem::replace(&mut body, next)).await;
        }
    }
    body.extend_from_slice(b"]}");
    send(client, body).await
}

async fn import(client: Client<Track>) -> Client<Track> {
    let batch = client.batch(BatchOptions::default());
    for _ in 0..EVENTS {
        batch.push((), person::Event::new(ID, "purchase").with_attributes(&PURCHASE)).await;
    }
    assert_eq!(batch.finish().await.summary.accepted, u64::from(EVENTS));
    client
}

impl Hyper {
    async fn import(self) -> Self {
        import_by_hand(self, Self::batch).await
    }

    async fn batch(self, body: Vec<u8>) -> Self {
        let mut request = Request::post(&self.batch_url).body(Full::new(Bytes::from(body))).unwrap();
        *request.headers_mut() = self.headers.clone();
        let call = async {
            let (head, body) = self.client.request(request).await.unwrap().into_parts();
            (head.status, Limited::new(body, MOST).collect().await.unwrap().to_bytes())
        };
        let (status, body) = tokio::time::timeout(TIMEOUT, call).await.unwrap();
        check(status, &body);
        self
    }

    async fn identify(self) -> Self {
        let body = Bytes::from(serde_json::to_vec(&ATTRIBUTES).unwrap());
        let mut request = Request::put([&self.url, ID].concat()).body(Full::new(body.clone())).unwrap();
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
        let call = async {
            let (head, body) = self.client.request(request).await.unwrap().into_parts();
            (head.status, Limited::new(body, MOST).collect().await.unwrap().to_bytes())
        };
        let (status, body) = tokio::time::timeout(TIMEOUT, call).await.unwrap();
        check(status, &body);
        self
    }
}

impl Reqwest {
    async fn import(self) -> Self {
        import_by_hand(self, Self::batch).await
    }

    async fn batch(self, body: Vec<u8>) -> Self {
        let request = self.client.post(&self.batch_url).headers(self.headers.clone()).body(body).timeout(TIMEOUT);
        let response: customerio::http::Response<reqwest::Body> = request.send().await.unwrap().into();
        let (head, body) = response.into_parts();
        check(head.status, &Limited::new(body, MOST).collect().await.unwrap().to_bytes());
        self
    }

    async fn identify(self) -> Self {
        let body = serde_json::to_vec(&ATTRIBUTES).unwrap();
        let request = self.client.put([&self.url, ID].concat()).headers(self.headers.clone());
        let request = request.header(header::CONTENT_LENGTH, body.len()).body(body).timeout(TIMEOUT);
        let response: customerio::http::Response<reqwest::Body> = request.send().await.unwrap().into();
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MOST).collect().await.unwrap().to_bytes();
        check(head.status, &body);
        self
    }
}

async fn identify(client: Client<Track>) -> Client<Track> {
    client.identify(ID, &ATTRIBUTES).await.unwrap();
    client
}

/// What is compared: so many calls a turn, so many of them at a time, and how many operations a call has.
struct Load {
    name: &'static str,
    calls: u32,
    in_flight: u32,
    operations: u32,
}

/// So many calls of `client`.
async fn turn<C, F>(client: &C, call: fn(C) -> F, &Load { calls, in_flight, .. }: &Load)
where
    C: Clone + Send + 'static,
    F: Future<Output = C> + Send + 'static,
{
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let mut client = client.clone();
            tokio::spawn(async move {
                for _ in 0..calls / in_flight {
                    client = call(client).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Processor time of this process so far.
fn processor() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let time = |time: TimeVal| {
        Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    time(usage.user_time()) + time(usage.system_time())
}

/// What a way took so far, of the processor and by the clock.
#[derive(Clone, Copy, Default)]
struct Taken {
    processor: Duration,
    wall: Duration,
}

async fn timed(taken: &mut Taken, work: impl Future<Output = ()>) {
    let (processor_before, started) = (processor(), Instant::now());
    work.await;
    taken.processor += processor().saturating_sub(processor_before);
    taken.wall += started.elapsed();
}

async fn compare<A, B, F, G>(load: &Load, sdk: (&A, fn(A) -> F), by_hand: (&B, fn(B) -> G))
where
    A: Clone + Send + 'static,
    B: Clone + Send + 'static,
    F: Future<Output = A> + Send + 'static,
    G: Future<Output = B> + Send + 'static,
{
    turn(sdk.0, sdk.1, load).await;
    turn(by_hand.0, by_hand.1, load).await;
    let (mut ratios, mut all) = (Vec::new(), [Taken::default(); 2]);
    for _ in 0..ROUNDS {
        let mut round = [Taken::default(); 2];
        for number in 0..TURNS {
            for way in [number % 2, (number + 1) % 2] {
                match way {
                    0 => timed(&mut round[0], turn(sdk.0, sdk.1, load)).await,
                    _ => timed(&mut round[1], turn(by_hand.0, by_hand.1, load)).await,
                }
            }
        }
        ratios.push(round[0].processor.div_duration_f64(round[1].processor));
        for (all, round) in all.iter_mut().zip(round) {
            all.processor += round.processor;
            all.wall += round.wall;
        }
    }
    ratios.sort_by(f64::total_cmp);
    let operations = f64::from(TURNS * load.calls * ROUNDS * load.operations);
    let microseconds = |taken: Taken| taken.processor.as_secs_f64() * 1e6 / operations;
    let throughput = |taken: Taken| operations / taken.wall.as_secs_f64();
    let [sdk, by_hand] = all;
    println!(
        "{}\t{:.3}\t{:.3}\t{:.3}\t{:.3}\t{:.3}\t{:.0}\t{:.0}",
        load.name,
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1],
        microseconds(sdk),
        microseconds(by_hand),
        throughput(sdk),
        throughput(by_hand),
    );
}

/// Both ways put the same request on the wire, but for the order and the case of headers.
async fn assert_same() {
    let server = WireServer::start().unwrap();
    let url = server.url();
    identify(sdk(&url, HyperTransport::from_service(hyper_client()))).await;
    ByHand::new(&url, hyper_client()).identify().await;
    identify(sdk(&url, ReqwestTransport::from_client(reqwest_client()))).await;
    ByHand::new(&url, reqwest_client()).identify().await;
    let requests: Vec<Vec<String>> = server
        .received()
        .into_iter()
        .map(|request| {
            let text = String::from_utf8(request).unwrap();
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        })
        .collect();
    assert!(requests.windows(2).all(|pair| pair[0] == pair[1]), "{requests:#?}");

    let server = WireServer::start().unwrap();
    import(sdk(&server.url(), HyperTransport::from_service(hyper_client()))).await;
    ByHand::new(&server.url(), hyper_client()).import().await;
    let received: Vec<_> = server.received().iter().map(|request| request.len().abs_diff(limits::BATCH)).collect();
    // The ids differ; the batches are as many, and as full.
    let (sdk, by_hand) = received.split_at(received.len() / 2);
    assert!(
        received.len() == 8 && sdk.iter().zip(by_hand).all(|(one, other)| one.abs_diff(*other) < 100),
        "{received:?}"
    );
}

#[tokio::main(flavor = "current_thread")]
async fn client(url: &str) {
    assert_same().await;
    let (service, client) = (hyper_client(), reqwest_client());
    let by_sdk = (
        sdk(url, HyperTransport::from_service(service.clone())),
        sdk(url, ReqwestTransport::from_client(client.clone())),
    );
    let by_hand = (ByHand::new(url, service), ByHand::new(url, client));
    let imports = |name| Load { name, calls: IMPORTS_A_TURN, in_flight: 1, operations: EVENTS };
    compare(&imports("hyper, events in batches"), (&by_sdk.0, import), (&by_hand.0, Hyper::import)).await;
    compare(&imports("reqwest, events in batches"), (&by_sdk.1, import), (&by_hand.1, Reqwest::import)).await;
    for (hyper, reqwest, in_flight) in
        [("hyper, 1 in flight", "reqwest, 1 in flight", 1), ("hyper, 16 in flight", "reqwest, 16 in flight", 16)]
    {
        let calls = |name| Load { name, calls: CALLS_A_TURN, in_flight, operations: 1 };
        compare(&calls(hyper), (&by_sdk.0, identify), (&by_hand.0, Hyper::identify)).await;
        compare(&calls(reqwest), (&by_sdk.1, identify), (&by_hand.1, Reqwest::identify)).await;
    }
}

/// Responds to each request with `{}`, and says before where it listens.
fn server() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        thread::spawn(move || converse(&stream));
    }
}

fn converse(mut stream: &TcpStream) {
    stream.set_nodelay(true).unwrap();
    let (mut reader, mut line) = (BufReader::new(stream), String::new());
    let mut length = 0;
    loop {
        line.clear();
        if !matches!(reader.read_line(&mut line), Ok(1..)) {
            return;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).unwrap();
            let response = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            if stream.write_all(response).is_err() {
                return;
            }
        }
    }
}

fn main() {
    let arguments: Vec<_> = env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["server"] => server(),
        ["client", url] => client(url),
        _ => {
            let on_core = |core: &str, arguments: &[&str]| {
                let mut command = Command::new("taskset");
                command.args(["-c", core]).arg(env::current_exe().unwrap()).args(arguments);
                command
            };
            let mut server = on_core("1", &["server"]).stdout(Stdio::piped()).spawn().unwrap();
            let mut url = String::new();
            BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
            let status = on_core("0", &["client", url.trim()]).status().unwrap();
            server.kill().unwrap();
            server.wait().unwrap();
            assert!(status.success());
        }
    }
}
