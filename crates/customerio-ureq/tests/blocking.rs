//! Blocking calls over ureq, against servers on loopback, without an async runtime.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    error::Error as _,
    thread,
    time::{Duration, Instant},
};

use customerio_core::{
    BatchEvent, BatchOptions, CallOptions, Delivery, Endpoint, Error, ItemError, Limits, Region, RetryPolicy, Throttle,
    Track, TransportErrorKind,
    app::segments::Create,
    track::{Delete, v2::person::Identify},
};
use customerio_testing::{Recorder, WireServer, faults::ClosedPort};
use customerio_ureq::{Client, UreqTransport};
use serde_json::json;
use ureq::{Agent, Proxy};

fn endpoint(url: &str) -> Endpoint<Track> {
    Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).unwrap()
}

/// Waits between attempts are short.
fn client(url: &str, transport: UreqTransport) -> Client<Track> {
    let short = Duration::from_millis(1);
    Client::new(endpoint(url), transport).with_retry_policy(RetryPolicy::default().with_backoff(short, short))
}

/// An agent that knows nothing of the environment, and no TLS.
fn transport() -> UreqTransport {
    UreqTransport::from_agent(Agent::config_builder().proxy(None).build().new_agent())
}

fn response(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: 2\r\n\r\n{{}}")
}

/// The head of each request, in lower case.
fn heads(server: &WireServer) -> Vec<String> {
    let head = |request: Vec<u8>| {
        let text = String::from_utf8(request).unwrap().to_lowercase();
        text.split_once("\r\n\r\n").unwrap().0.to_owned()
    };
    server.received().into_iter().map(head).collect()
}

#[test]
fn a_call_is_retried_and_a_thread_is_enough() {
    let server = WireServer::start().unwrap().responding(response("503 Service Unavailable", ""));
    let track = client(&server.url(), transport());
    track.identify("42", json!({"plan": "pro"})).unwrap();
    assert_eq!(server.received().len(), 2);

    let prepared = track.prepare(Delete::new("42")).unwrap();
    assert_eq!(prepared.path(), "/api/v1/customers/42");
    track.send(prepared).unwrap();
    assert_eq!(server.connections(), 1);
}

#[test]
fn threads_share_a_client_and_its_connections() {
    let server = WireServer::start().unwrap();
    let track = client(&server.url(), transport());
    thread::scope(|scope| {
        for person in 0..4 {
            let track = track.clone();
            scope.spawn(move || (0..5).for_each(|_| track.delete(person).unwrap()));
        }
    });
    assert_eq!(server.received().len(), 20);
    // One for each thread, and now and then one more: ureq closes one that another thread has just put back.
    assert!(server.connections() < 12, "{}", server.connections());
}

#[test]
fn threads_wait_for_each_other_where_only_so_many_may_be_in_flight() {
    for (concurrency, deadline) in [(1, Duration::from_secs(30)), (2, Duration::MAX)] {
        let server = WireServer::start().unwrap();
        let throttle = Throttle::default().with_concurrency(concurrency);
        let track = client(&server.url(), transport()).with_throttle(throttle).with_deadline(deadline);
        thread::scope(|scope| {
            for person in 0..8 {
                let track = track.clone();
                scope.spawn(move || (0..25).for_each(|_| track.delete(person).unwrap()));
            }
        });
        assert_eq!(server.received().len(), 200);
        assert!(server.connections() <= concurrency, "{} of {concurrency}", server.connections());
    }
}

#[test]
fn a_deadline_ends_a_call_that_gets_no_response() {
    let server = WireServer::start().unwrap().responding("").responding("").responding("");
    let track = client(&server.url(), transport());
    let started = Instant::now();
    let error = track.within(Duration::from_millis(200)).merge("1", "2").unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 1));
    assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Timeout), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());

    let options = CallOptions::default().with_attempt_timeout(Duration::from_millis(100));
    Client::new(endpoint(&server.url()), transport()).with_options(options).delete("1").unwrap();
    assert_eq!(server.received().len(), 4, "two that got no response were retried");
}

#[test]
fn an_agent_follows_no_redirect_and_makes_no_error_of_a_status() {
    let elsewhere = WireServer::start().unwrap();
    let location = format!("location: {}\r\n", elsewhere.url());
    let server =
        WireServer::start().unwrap().responding(response("302 Found", &location)).responding(response("404 x", ""));
    // By default ureq does both.
    let track = client(&server.url(), UreqTransport::from_agent(Agent::new_with_defaults()));
    for status in [302, 404] {
        assert_eq!(track.delete("42").unwrap_err().status().unwrap(), status);
    }
    assert_eq!((server.received().len(), elsewhere.received().len()), (2, 0));
    assert!(
        heads(&server).iter().all(|head| head.contains("\r\naccept-encoding: identity\r\n")),
        "{:?}",
        heads(&server)
    );
}

#[test]
fn what_the_body_was_not_asked_for_was_not_sent() {
    let refuse = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let proxy = (0..3).fold(WireServer::start().unwrap(), |server, _| server.responding(refuse));
    let agent = Agent::config_builder().proxy(Some(Proxy::new(&proxy.url()).unwrap())).build().new_agent();
    let error = client("http://cio.example", UreqTransport::from_agent(agent)).merge("1", "2").unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3), "{error:?}");
    assert_eq!(proxy.received().len(), 3);

    let closed = ClosedPort::start().unwrap();
    let error = client(&closed.url(), transport()).merge("1", "2").unwrap_err();
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 3), "{error:?}");

    let https_only = Agent::config_builder().https_only(true).build().new_agent();
    let error = client("http://cio.example", UreqTransport::from_agent(https_only)).delete("ada").unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(!format!("{error} {error:?} {:?}", error.source()).contains("ada"), "{error:?}");
}

#[test]
fn batches_are_sent_by_a_push_that_makes_one_full_or_finds_one_late_and_by_finish() {
    let server = WireServer::start().unwrap();
    let endpoint = endpoint(&server.url()).with_limits(Limits::default().with_batch(275));
    let track = Client::new(endpoint, transport());
    let linger = Duration::from_millis(300);
    let batch = track.batch::<u64>(BatchOptions::default().with_linger(linger).with_concurrency(3));
    // Three fit into one.
    for person in 0..4 {
        batch.push(person, Identify::new(person));
    }
    assert_eq!((server.received().len(), batch.summary().accepted), (1, 3));
    thread::sleep(linger);
    assert_eq!(server.received().len(), 1, "nothing happens in the background");
    batch.push(4, Identify::new(4));
    assert_eq!((server.received().len(), batch.summary().accepted), (2, 5));
    batch.push(5, Identify::new(""));
    batch.push(6, Identify::new(6));
    batch.flush();
    assert_eq!(server.received().len(), 3);
    let report = batch.finish();
    assert_eq!((report.summary.accepted, report.summary.invalid), (6, 1));
    let [failed] = &report.failed[..] else { panic!("{report:?}") };
    assert!(failed.tag == 5 && matches!(failed.error, ItemError::Invalid(_)), "{failed:?}");
}

#[test]
fn a_batch_whose_linger_never_ends_is_sent_when_it_is_flushed() {
    let recorder = Recorder::new();
    let track = Client::new(endpoint("http://cio.example"), recorder.clone());
    let batch = track.batch(BatchOptions::default().with_linger(Duration::MAX));
    for person in 0..10 {
        batch.push(person, Identify::new(person));
    }
    assert_eq!(recorder.requests().len(), 0);
    assert_eq!(batch.finish().summary.accepted, 10);
    assert_eq!((recorder.requests().len(), recorder.waits().len()), (1, 0));
}

#[test]
fn threads_share_a_batch() {
    let server = WireServer::start().unwrap();
    let track = client(&server.url(), transport());
    let batch = track.batch::<u64>(BatchOptions::default());
    thread::scope(|scope| {
        for task in 0..4 {
            let batch = batch.clone();
            scope.spawn(move || (0..50).for_each(|number| batch.push(number, Identify::new(task * 50 + number))));
        }
    });
    assert_eq!(batch.finish().summary.accepted, 200);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn everything_that_an_iterator_gives_is_sent() {
    let server = WireServer::start().unwrap();
    let track = client(&server.url(), transport());
    let mut failed = Vec::new();
    let people = ["1", "", "3"].into_iter().map(|id| (id, Identify::new(id)));
    let summary = track.send_all(people, BatchOptions::default(), |event| {
        if let BatchEvent::Failed(item) = event {
            failed.push(item.tag);
        }
    });
    assert_eq!((summary.accepted, summary.invalid, failed), (2, 1, vec![""]));
}

/// Merges two people over what `new` makes of the environment.
#[cfg(feature = "rustls")]
#[test]
#[ignore = "a process that another test starts"]
fn child() {
    let error = client("https://cio.example", UreqTransport::new().unwrap()).merge("1", "2").unwrap_err();
    let Error::Transport(failed) = &error else { panic!("{error}") };
    println!("OUTCOME {:?} {:?} after {}", failed.kind(), error.delivery(), error.attempts());
}

#[cfg(feature = "rustls")]
#[test]
fn https_goes_through_the_tunnel_that_the_environment_names_and_shows_it_no_credentials() {
    let refuse = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let proxy = (0..3).fold(WireServer::start().unwrap(), |server, _| server.responding(refuse));
    let mut program = std::process::Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "child", "--ignored", "--nocapture"]);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        program.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = program.env("HTTPS_PROXY", proxy.url().replace("http://", "http://ada:secret@")).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(output.contains("OUTCOME Connect NotSent after 3"), "{output}");
    let heads = heads(&proxy);
    assert_eq!(heads.len(), 3);
    for head in heads {
        assert!(head.starts_with("connect cio.example:443 http/1.1\r\n"), "{head}");
        assert!(head.contains("\r\nproxy-authorization: basic ywrhonnly3jlda=="), "{head}");
        assert!(!head.contains("\r\nauthorization"), "{head}");
    }
}

#[test]
fn what_takes_more_than_one_request_is_waited_for() {
    let recorder = Recorder::new()
        .responding(200, r#"{"segments":null}"#)
        .responding(200, r#"{"segment":{"id":7,"name":"VIPs"}}"#)
        .responding(200, r#"{"segments":[]}"#);
    let app = Client::new(Endpoint::app(Region::Us, "key").unwrap(), recorder.clone());
    let segment = app.block_on(|app| async move { app.find_or_create_segment(Create::new("VIPs")).await }).unwrap();
    assert_eq!((segment.id, recorder.requests().len()), (7.into(), 3));
    let addresses = (0..9).map(|number| ("bounces", format!("{number}@example.com")));
    let report = app.block_on(|app| app.suppress_all(addresses).finish());
    assert_eq!((report.done, report.failed.len()), (9, 0));
}
