//! Clients that mean harm, or are broken: none of them keeps others out, costs much memory, or holds the server up.
#![cfg(all(feature = "server", target_os = "linux"))]
#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

use std::{
    fs::File,
    future::Future,
    io::{Read as _, Seek as _, SeekFrom},
    process::Command,
    time::Duration,
};

use customerio_core::{
    Client, Moment, Transport, TransportError, TransportErrorKind,
    app::SendEmail,
    async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_emulator::{Emulator, Outcome, Server};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

const TRACK: &str = "authorization: Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=\r\n";
const APP: &str = "authorization: Bearer emulator-app-key\r\n";

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

/// Runs it with a time that leaps ahead whenever there is a wait: for clients that say nothing more.
fn run_ahead<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(test)
}

async fn serve() -> Server {
    Emulator::new().serve_on_loopback().await.unwrap()
}

/// As many open files as the test is allowed to have.
fn raise_open_files() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert!(most >= 4_096, "the test needs 4096 open files");
    setrlimit(Resource::RLIMIT_NOFILE, 4_096, most).unwrap();
}

fn head(line: &str, credentials: &str, length: usize) -> String {
    format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\n{credentials}content-type: application/json\r\n\
         content-length: {length}\r\n\r\n"
    )
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

async fn send(server: &Server, text: &str) -> TcpStream {
    let mut stream = connect(server).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// The head of a response, and the body that it says.
async fn read_response(stream: &mut TcpStream) -> (u16, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap_or_else(|error| panic!("{error} after {}", head.escape_ascii())));
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (head[9..12].parse().unwrap(), String::from_utf8(body).unwrap())
}

/// A client that does everything right, on a connection of its own.
async fn well_behaved(server: &Server) {
    let text = head("PUT /api/v1/customers/1", TRACK, 2) + "{}";
    let response =
        timeout(Duration::from_secs(20), async { read_response(&mut send(server, &text).await).await }).await;
    assert_eq!(response.expect("it is served meanwhile"), (200, "{}".to_owned()));
}

#[test]
fn those_who_say_nothing_or_half_of_it_keep_nobody_out() {
    raise_open_files();
    let half_body = head("PUT /api/v1/customers/1", TRACK, 1_000) + "{";
    let small = head("PUT /api/v1/customers/1", TRACK, 2) + "{}";
    // The last one says all, and reads no response.
    for text in ["", "PUT /api/v1/customers/1 HTTP/1.1\r\nhost: loc", &half_body, &small] {
        run(async {
            let server = serve().await;
            let mut attackers = Vec::new();
            for _ in 0..1_100 {
                attackers.push(send(&server, text).await);
            }
            well_behaved(&server).await;
            drop(attackers);
            server.shutdown().await;
        });
    }
}

#[test]
fn who_takes_too_long_is_told_or_cut_off() {
    for (text, seconds, expected) in [
        (String::new(), 75..78, None),
        ("PUT /api/v1/customers/1 HT".to_owned(), 10..13, None),
        (head("PUT /api/v1/customers/1", TRACK, 9) + "{", 10..13, Some(408)),
        (head("PUT /api/v1/customers/1", "", 9) + "{", 10..13, Some(401)),
    ] {
        run_ahead(async {
            let server = serve().await;
            let mut stream = send(&server, &text).await;
            let started = Instant::now();
            if let Some(expected) = expected {
                assert_eq!(read_response(&mut stream).await.0, expected, "{text}");
            }
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            assert_eq!(rest, b"", "{text}");
            let taken = started.elapsed().as_secs();
            assert!(seconds.contains(&taken), "{taken} seconds: {text}");
            server.shutdown().await;
        });
    }
    // A byte a second is not silence, and takes too long all the same.
    run_ahead(async {
        let server = serve().await;
        let mut stream = send(&server, &head("PUT /api/v1/customers/1", TRACK, 900)).await;
        let started = Instant::now();
        while timeout(Duration::from_secs(1), stream.readable()).await.is_err() {
            stream.write_all(b" ").await.unwrap();
        }
        assert_eq!(read_response(&mut stream).await.0, 408);
        assert!((30..33).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
        server.shutdown().await;
    });
}

#[test]
fn a_request_that_is_refused_by_its_head_gets_its_response_before_its_body_comes() {
    let customer = "PUT /api/v1/customers/1";
    for (line, credentials, length, status) in [
        (customer, "", 1_000_000, 401),
        (customer, APP, 1_000_000, 401),
        ("PUT /nowhere", TRACK, 1_000_000, 404),
        ("POST /api/v1/customers/1", TRACK, 1_000_000, 405),
        ("PUT /api/v1/customers/1?a=b", TRACK, 1_000_000, 400),
        (customer, TRACK, 5_000_000, 413),
        ("POST /api/v2/entity", TRACK, 32_769, 400),
        ("POST /api/v1/customers/1/suppress", TRACK, 2_000, 400),
        ("POST /v1/send/email", APP, 4_200_000, 413),
        ("POST /v1/campaigns/1/triggers", APP, 25_000_001, 413),
        ("POST /v1/segments", APP, 4_200_000, 413),
    ] {
        run(async {
            let server = serve().await;
            let mut stream = send(&server, &head(line, credentials, length)).await;
            let (given, body) = read_response(&mut stream).await;
            assert_eq!(given, status, "{line}: {body}");
            assert_eq!(server.emulator().requests(), 1);
            // What was not read is passed over, and the connection goes on.
            let rest = vec![b' '; length];
            stream.write_all(&rest).await.unwrap();
            stream.write_all((head(customer, TRACK, 2) + "{}").as_bytes()).await.unwrap();
            assert_eq!(read_response(&mut stream).await, (200, "{}".to_owned()), "{line}");
            server.shutdown().await;
        });
    }
    // Who does not say how long a body is, is told when it is too long.
    for (line, credentials, status) in [
        (customer, TRACK, 413),
        ("POST /api/v2/entity", TRACK, 400),
        ("POST /api/v1/customers/1/suppress", TRACK, 400),
        ("POST /v1/send/sms", APP, 413),
    ] {
        run(async {
            let server = serve().await;
            let chunked = head(line, credentials, 0).replace("content-length: 0", "transfer-encoding: chunked");
            let mut stream = send(&server, &chunked).await;
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
            for _ in 0..65 {
                stream.write_all(chunk.as_bytes()).await.unwrap();
            }
            assert_eq!(read_response(&mut stream).await.0, status, "{line}");
            server.shutdown().await;
        });
    }
    // Who asks first whether to send a body does not send it.
    run(async {
        let server = serve().await;
        let asks = head(customer, "expect: 100-continue\r\n", 1_000_000);
        let mut stream = send(&server, &asks).await;
        assert_eq!(read_response(&mut stream).await.0, 401);
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
        server.shutdown().await;
    });
}

/// The most bytes that were allocated at a time.
fn most_allocated(test: impl Future<Output = ()>) -> u64 {
    allocation_counter::measure(|| run(test)).bytes_max
}

#[test]
fn bodies_that_nobody_vouches_for_are_not_held() {
    let body = vec![b' '; 1_000_000];
    let most = most_allocated(async {
        let server = serve().await;
        let mut clients = Vec::new();
        for _ in 0..100 {
            let mut stream = send(&server, &head("PUT /api/v1/customers/1", "", 4_000_000)).await;
            stream.write_all(&body).await.unwrap();
            clients.push(stream);
        }
        for stream in &mut clients {
            assert_eq!(read_response(stream).await.0, 401);
        }
        server.shutdown().await;
    });
    assert!(most < 15_000_000, "{most}");
}

#[test]
fn bodies_that_come_at_the_same_time_are_bounded_together() {
    let body = vec![b' '; 20_000_000];
    let most = most_allocated(async {
        let server = serve().await;
        let mut clients = Vec::new();
        for _ in 0..10 {
            let mut stream = send(&server, &head("POST /v1/campaigns/1/triggers", APP, 25_000_000)).await;
            // As much as the server takes: the others wait until there is room for theirs.
            let _ = timeout(Duration::from_millis(100), stream.write_all(&body)).await;
            clients.push(stream);
        }
        well_behaved(&server).await;
    });
    assert!((20_000_000..80_000_000).contains(&most), "{most}");
}

#[test]
fn a_small_text_of_large_values_is_refused_before_it_is_large() {
    let values = format!(r#"{{"recipients":[{}]}}"#, vec![r#"{"":0}"#; 600_000].join(","));
    let text = head("POST /v1/campaigns/1/triggers", APP, values.len()) + &values;
    let before = resident();
    run(async {
        let server = serve().await;
        let mut stream = send(&server, &text).await;
        // While it is read, others are served.
        well_behaved(&server).await;
        let (status, body) = read_response(&mut stream).await;
        assert_eq!(status, 413);
        assert!(body.contains("the body takes more than 268435456 bytes of memory when it is read"), "{body}");
        server.shutdown().await;
    });
    let most = highest_resident() - before;
    assert!(most < 400_000_000, "{most}");
}

#[test]
fn a_shutdown_waits_for_nobody_long() {
    let half_body = head("PUT /api/v1/customers/1", TRACK, 1_000) + "{";
    for text in ["", "PUT /api", &half_body] {
        run_ahead(async {
            let server = serve().await;
            let _stream = send(&server, text).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
            let started = Instant::now();
            server.shutdown().await;
            assert!(started.elapsed() <= Duration::from_secs(6), "{:?}: {text}", started.elapsed());
        });
    }
}

#[test]
fn a_request_for_another_host_is_refused() {
    run(async {
        let server = Emulator::builder().with_hosts(["customerio"]).build().serve_on_loopback().await.unwrap();
        let port = server.address().port();
        for (hosts, status) in [
            (format!("host: 127.0.0.1:{port}\r\n"), 200),
            ("Host: localhost\r\n".into(), 200),
            (format!("host: [::1]:{port}\r\n"), 200),
            ("host: customerio:8080\r\n".into(), 200),
            (format!("host: evil.example:{port}\r\n"), 403),
            (String::new(), 400),
            (format!("host: localhost\r\nhost: evil.example:{port}\r\n"), 400),
        ] {
            let text = format!("GET /api/v1/accounts/region HTTP/1.1\r\n{hosts}{TRACK}\r\n");
            let (given, body) = read_response(&mut send(&server, &text).await).await;
            assert_eq!(given, status, "{hosts}: {body}");
        }
        assert_eq!(server.emulator().requests(), 4, "the emulator gets none of them");
        server.shutdown().await;
    });
}

/// Sends over a socket of its own, and reads until there is a response.
#[derive(Debug)]
struct Plain(std::time::Instant);

#[async_trait]
impl Transport for Plain {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let failed = |_| TransportError::maybe_sent(TransportErrorKind::Connection);
        let authority = request.uri().authority().unwrap().as_str();
        let mut stream = TcpStream::connect(authority).await.map_err(failed)?;
        stream.write_all(request.body()).await.map_err(failed)?;
        stream.read_u8().await.map_err(failed)?;
        Ok(Response::new(Bytes::new()))
    }
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
    fn now(&self) -> Moment {
        Moment { monotonic: self.0.elapsed(), since_epoch: Duration::ZERO, random: 0 }
    }
}

#[test]
fn a_silent_receiver_of_webhooks_costs_little_time() {
    run(async {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let emulator =
            Emulator::builder().with_clock_at(1_700_000_000).with_webhook_timeout(Duration::from_millis(10)).build();
        emulator.report_to(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
        emulator.set_outcomes([(Duration::ZERO, Outcome::Sent)]);
        let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
        app.send_email(SendEmail::from_template("order", "ada@example.com").with_identifiers("42")).await.unwrap();
        let started = Instant::now();
        let sent = emulator.drain_webhooks(&Plain(std::time::Instant::now())).await;
        assert_eq!((sent, emulator.webhooks_given_up().len(), emulator.webhooks_accepted()), (14, 1, 0));
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    });
}

/// Out of files, the server waits instead of asking again and again. This runs in a process of its own, which has few.
#[test]
fn out_of_files_the_server_waits_a_little() {
    const NAME: &str = "CUSTOMERIO_EMULATOR_OUT_OF_FILES";
    if std::env::var_os(NAME).is_some() {
        return out_of_files();
    }
    let itself = std::env::current_exe().unwrap();
    let test = ["--exact", "out_of_files_the_server_waits_a_little", "--nocapture"];
    let child = Command::new(itself).args(test).env(NAME, "1").output().unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
}

fn out_of_files() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 64, most).unwrap();
    run(async {
        let server = serve().await;
        let mut statistics = File::open("/proc/self/stat").unwrap();
        let mut files = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        // The last file is the client's, and there is none for the server's side of it.
        files.pop();
        let text = head("PUT /api/v1/customers/1", TRACK, 2) + "{}";
        let mut stream = send(&server, &text).await;
        let before = ticks(&mut statistics);
        let silent = timeout(Duration::from_millis(400), stream.readable()).await.is_err();
        let spent = ticks(&mut statistics) - before;
        assert!(silent && spent < 5, "{spent} of 40 hundredths of a second");
        files.clear();
        assert_eq!(read_response(&mut stream).await.0, 200);

        // With connections that can be missed, it does not come to that.
        let mut idle = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        files.truncate(files.len() - 21);
        for _ in 0..10 {
            idle.push(connect(&server).await);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        well_behaved(&server).await;
        server.shutdown().await;
    });
}

/// What the process has spent, in hundredths of a second.
fn ticks(statistics: &mut File) -> u64 {
    let mut text = String::new();
    statistics.seek(SeekFrom::Start(0)).unwrap();
    statistics.read_to_string(&mut text).unwrap();
    let fields = text.rsplit_once(')').unwrap().1.split_whitespace().collect::<Vec<_>>();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// How many bytes of memory the process has.
fn resident() -> u64 {
    status("VmRSS:")
}

/// How many it had at most.
fn highest_resident() -> u64 {
    status("VmHWM:")
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}
