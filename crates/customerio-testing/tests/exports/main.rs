//! Files of exports over every transport: nothing is lost or doubled whatever breaks, and the host of the file gets
//! nothing of the API's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../captured/mod.rs"]
mod captured;
mod emulated;
mod server;

use std::{io::Read as _, sync::Arc, time::Duration};

use customerio_core::{
    App, CallOptions, Client, Endpoint, Region, RetryPolicy, Transport,
    app::exports::{ExportError, FileErrorKind},
};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_testing::WireServer;
use customerio_ureq::UreqTransport;
use server::{FileServer, Reply, endless};

/// What an export is, and then as many links to the file, each with a number of its own.
fn api(files: &str, links: usize) -> WireServer {
    let json = |json: String| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{json}", json.len())
    };
    let export = json(r#"{"export":{"id":110,"status":"done","total":1}}"#.to_owned());
    (1..=links).fold(WireServer::start().unwrap().responding(export), |server, number| {
        server.responding(json(format!(r#"{{"url":"{files}/{number}.csv?signature=SECRET"}}"#)))
    })
}

fn transports() -> [(&'static str, Arc<dyn Transport>); 3] {
    [
        ("hyper", Arc::new(HyperTransport::new().unwrap())),
        ("reqwest", Arc::new(ReqwestTransport::new().unwrap())),
        (UREQ, Arc::new(UreqTransport::new().unwrap())),
    ]
}

/// The one that blocks, and is read without async.
const UREQ: &str = "ureq";

/// Of the client of an agent that has everything that must not go to another host.
fn client(server: &WireServer, transport: Arc<dyn Transport>) -> Client<App> {
    let endpoint = Endpoint::app(Region::Us, "app-key").unwrap().with_user_agent("shop/2.1").unwrap();
    let endpoint = endpoint.with_workspace_id(12).with_base_url(&server.url()).unwrap();
    let policy = RetryPolicy::default().with_backoff(Duration::from_millis(1), Duration::from_millis(1));
    let options = CallOptions::default().with_retry_policy(policy).with_attempt_timeout(Duration::from_millis(400));
    Client::over(endpoint, transport, options)
}

/// A file that shows at which byte it was cut.
fn file() -> Vec<u8> {
    (0..40_000_u32).flat_map(u32::to_be_bytes).collect()
}

/// How a request for the file must look: with nothing that is not needed.
fn check(request: &str, host: &FileServer) {
    let host = host.url().replace("http://", "");
    for line in request.lines().skip(1).filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap();
        let is_fine = match name {
            "host" => value == host,
            "accept" => value == "*/*",
            "accept-encoding" => value == "identity",
            "range" => value.starts_with("bytes="),
            "if-range" => value == "\"one\"",
            _ => false,
        };
        assert!(is_fine, "{line} was sent to the host of the file");
    }
    assert!(request.starts_with("get "), "{request}");
}

/// Reads the file, and compares it with what was there.
async fn whole(client: Client<App>, name: &str, case: &str) {
    let shown = format!("{client:?}");
    let (bytes, size, position, export) = if name == UREQ {
        let mut export = customerio_ureq::Client::from(client).export(110);
        let mut bytes = Vec::new();
        export.read_to_end(&mut bytes).unwrap_or_else(|error| panic!("{case}: {error:?}"));
        (bytes, export.size(), export.position(), format!("{export:?}"))
    } else {
        let mut export = client.export(110);
        let read = tokio::spawn(async move {
            let mut bytes = Vec::new();
            while let Some(chunk) = export.next().await {
                bytes.extend_from_slice(&chunk?);
            }
            Ok::<_, ExportError>((bytes, export.size(), export.position(), format!("{export:?}")))
        });
        read.await.unwrap().unwrap_or_else(|error| panic!("{case}: {error:?}"))
    };
    assert_eq!((size, position), (Some(160_000), 160_000), "{case}");
    assert!(bytes == file(), "{case}: {} bytes, and not those of the file", bytes.len());
    assert!(!format!("{export} {shown}").contains("SECRET"), "{case}");
}

/// The first error of an export of this client, and what the export shows then.
async fn error(client: Client<App>, name: &str) -> (ExportError, String) {
    if name == UREQ {
        let mut export = customerio_ureq::Client::from(client).export(110);
        let error = export.find_map(Result::err).unwrap();
        return (error, format!("{export:?}"));
    }
    let mut export = client.export(110);
    loop {
        if let Err(error) = export.next().await.unwrap() {
            return (error, format!("{export:?}"));
        }
    }
}

#[tokio::test]
async fn a_file_comes_whole_whatever_breaks_and_its_host_gets_no_credential() {
    let mut cases: Vec<(Vec<Reply>, usize, usize)> = vec![
        (vec![], 1, 1),
        // The connection breaks before the head, within it, behind it, and at several places of the body.
        (vec![Reply::Cut(0)], 1, 2),
        (vec![Reply::Cut(10)], 1, 2),
        (vec![Reply::Stall(0)], 1, 2),
        (vec![Reply::Stall(100_000)], 1, 2),
        (vec![Reply::Chunked(70_000)], 1, 2),
        (vec![Reply::Cut(50_000), Reply::Cut(60_000), Reply::Cut(40_000)], 1, 4),
        // A host that does not know ranges.
        (vec![Reply::Cut(50_000), Reply::Whole], 1, 2),
        // The link expires at the beginning, and between two parts.
        (vec![Reply::Cut(50_000), Reply::Expired], 2, 3),
        (vec![Reply::Cut(50_000), Reply::Expired, Reply::Cut(70_000), Reply::Expired], 3, 5),
    ];
    for bytes in [60, 61, 70, 8_192, 65_536, 159_000] {
        cases.push((vec![Reply::Cut(bytes)], 1, 2));
    }
    for (name, transport) in transports() {
        for (replies, links, requests) in &cases {
            let case = format!("{name}: {replies:?}");
            let host = FileServer::start(&file(), replies, "");
            let server = api(&host.url(), *links);
            whole(client(&server, transport.clone()), name, &case).await;
            let received = host.requests();
            for request in &received {
                check(request, &host);
            }
            assert_eq!((received.len(), server.received().len()), (*requests, 1 + links), "{case}");
            // The API's own requests have all of that.
            assert!(server.received().iter().all(|request| {
                let request = String::from_utf8_lossy(request).to_lowercase();
                request.contains("authorization: bearer app-key") && request.contains("x-workspace-id: 12")
            }));
        }
    }
}

#[tokio::test]
async fn a_redirect_leads_to_another_host_and_takes_nothing_along() {
    for (name, transport) in transports() {
        let other = FileServer::start(&file(), &[Reply::Cut(70_000)], "");
        let host = FileServer::start(&file(), &[Reply::Elsewhere, Reply::Elsewhere], &other.url());
        let server = api(&host.url(), 1);
        whole(client(&server, transport), name, name).await;
        for request in &host.requests() {
            check(request, &host);
        }
        for request in &other.requests() {
            check(request, &other);
        }
        // After the cut it asks at the first host again.
        assert_eq!((host.requests().len(), other.requests().len()), (2, 2), "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_on_is_an_error_that_shows_no_link() {
    for (name, transport) in transports() {
        for (replies, expected, position) in [
            (vec![Reply::Cut(50_000), Reply::Other], FileErrorKind::Changed, true),
            (vec![Reply::Expired; 2], FileErrorKind::Status(customerio_core::http::StatusCode::FORBIDDEN), false),
            (vec![Reply::Cut(0); 3], FileErrorKind::Connection, false),
            (vec![Reply::Stall(0); 3], FileErrorKind::Connection, false),
        ] {
            let case = format!("{name}: {replies:?}");
            let host = FileServer::start(&file(), &replies, "");
            let server = api(&host.url(), 1);
            let (error, export) = error(client(&server, transport.clone()), name).await;
            let ExportError::File(file) = &error else { panic!("{case}: {error:?}") };
            assert_eq!((file.kind(), file.position() > 0), (expected, position), "{case}");
            for shown in [format!("{error} {error:?}"), export] {
                assert!(!shown.contains("SECRET") && !shown.contains(".csv"), "{case}: {shown}");
            }
        }
    }
}

#[test]
fn no_trace_shows_a_link() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (name, transport) in transports() {
        let other = FileServer::start(&file(), &[Reply::Cut(70_000), Reply::Expired], "");
        let host = FileServer::start(&file(), &[Reply::Elsewhere; 3], &other.url());
        let server = api(&host.url(), 2);
        let client = client(&server, transport);
        let told = captured::captured(|| runtime.block_on(whole(client, name, name)));
        assert!(told.contains("app.exports.download"), "{name}: {told}");
        assert!(!told.contains("SECRET") && !told.contains(".csv"), "{name}: {told}");
    }
}

/// Most bytes of heap that reading may take above one piece.
const MOST: u64 = 1024 * 1024;

#[test]
fn a_file_of_gigabytes_takes_a_megabyte_of_memory() {
    const GIGABYTE: u64 = 1024 * 1024 * 1024;
    for (name, transport) in transports() {
        // Without optimization ureq takes ten times as long as the others.
        let size = if name == UREQ { GIGABYTE / 4 } else { 2 * GIGABYTE };
        let server = api(&endless(size), 1);
        let endpoint = Endpoint::app(Region::Us, "key").unwrap().with_base_url(&server.url()).unwrap();
        let client = Client::over(endpoint, transport, CallOptions::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (mut largest, mut read) = (0, 0);
        let mut note = |chunk: usize| {
            largest = largest.max(chunk as u64);
            read += chunk as u64;
        };
        // All of it runs on this thread, whose allocations are counted.
        let info = allocation_counter::measure(|| {
            if name == UREQ {
                let export = customerio_ureq::Client::from(client.clone()).export(110);
                export.for_each(|chunk| note(chunk.unwrap().len()));
            } else {
                runtime.block_on(async {
                    let mut export = client.export(110);
                    while let Some(chunk) = export.next().await {
                        note(chunk.unwrap().len());
                    }
                });
            }
        });
        assert_eq!(read, size);
        println!("{name}: {} bytes at most, and a piece has up to {largest}", info.bytes_max);
        assert!(info.bytes_max <= MOST + largest, "{name}: {} bytes, and {largest} of a piece", info.bytes_max);
    }
}
