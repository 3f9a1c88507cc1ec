//! What a call costs the client's processor, beside the same call by hand: a pair of processes on loopback, each on a
//! core of its own, and a line for each pair of clients.
//!
//! A round has both ways in turns, a few hundred calls at a time, so that what else the machine does hits both. By hand
//! is what the SDK does and a careful program would: a time limit, a bound on the answer, and a look at it.

#![expect(clippy::unwrap_used, reason = "a call that fails cannot be measured")]

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use customerio::{
    Client, Endpoint, HyperTransport, Region, ReqwestTransport, Track,
    bytes::Bytes,
    http::{HeaderMap, HeaderValue, Request, header},
    retry::{Quota, Rate, Throttle},
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
    headers: HeaderMap,
}

impl<C> ByHand<C> {
    fn new(url: &str, client: C) -> Self {
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic c2l0ZTprZXk="));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let user_agent = concat!("customerio-rust/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(user_agent));
        Self { client, url: format!("{url}/api/v1/customers/"), headers }
    }
}

fn check(status: customerio::http::StatusCode, body: &[u8]) {
    assert!(status.is_success());
    serde_json::from_slice::<IgnoredAny>(body).unwrap();
}

impl ByHand<legacy::Client<HttpConnector, Full<Bytes>>> {
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

impl ByHand<reqwest::Client> {
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

/// So many calls of `client`, `in_flight` at a time.
async fn turn<C, F>(client: &C, call: fn(C) -> F, in_flight: u32)
where
    C: Clone + Send + 'static,
    F: Future<Output = C> + Send + 'static,
{
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let mut client = client.clone();
            tokio::spawn(async move {
                for _ in 0..CALLS_A_TURN / in_flight {
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

async fn compare<A, B, F, G>(name: &str, in_flight: u32, sdk: (&A, fn(A) -> F), by_hand: (&B, fn(B) -> G))
where
    A: Clone + Send + 'static,
    B: Clone + Send + 'static,
    F: Future<Output = A> + Send + 'static,
    G: Future<Output = B> + Send + 'static,
{
    turn(sdk.0, sdk.1, in_flight).await;
    turn(by_hand.0, by_hand.1, in_flight).await;
    let (mut ratios, mut all) = (Vec::new(), [Taken::default(); 2]);
    for _ in 0..ROUNDS {
        let mut round = [Taken::default(); 2];
        for number in 0..TURNS {
            for way in [number % 2, (number + 1) % 2] {
                match way {
                    0 => timed(&mut round[0], turn(sdk.0, sdk.1, in_flight)).await,
                    _ => timed(&mut round[1], turn(by_hand.0, by_hand.1, in_flight)).await,
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
    let calls = f64::from(TURNS * CALLS_A_TURN * ROUNDS);
    let microseconds = |taken: Taken| taken.processor.as_secs_f64() * 1e6 / calls;
    let throughput = |taken: Taken| calls / taken.wall.as_secs_f64();
    let [sdk, by_hand] = all;
    println!(
        "{name}, {in_flight} in flight\t{:.3}\t{:.3}\t{:.3}\t{:.1}\t{:.1}\t{:.0}\t{:.0}",
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
    for in_flight in [1, 16] {
        let hyper = ByHand::<legacy::Client<HttpConnector, Full<Bytes>>>::identify;
        compare("hyper", in_flight, (&by_sdk.0, identify), (&by_hand.0, hyper)).await;
        let reqwest = ByHand::<reqwest::Client>::identify;
        compare("reqwest", in_flight, (&by_sdk.1, identify), (&by_hand.1, reqwest)).await;
    }
}

/// Answers each request with `{}`, and says before where it listens.
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
            let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            if stream.write_all(answer).is_err() {
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
