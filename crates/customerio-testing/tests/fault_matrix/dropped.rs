//! The future of a call is dropped at each of its awaits. Another call over the same transport must go well.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use customerio_core::{CallOptions, RetryPolicy, Transport};
use customerio_testing::faults::{Action, Fate, FaultServer, Frame};

use crate::{
    certificates::good,
    oracle::{Seen, judge},
    row::{Row, call},
    table::{BODY, End, Op, Via, ok},
    transports::Stack,
};

pub(crate) struct Case {
    name: &'static str,
    pub(crate) via: Via,
    scheme: &'static str,
    script: Vec<Action>,
    /// Whether another request got a response before.
    used: bool,
    op: Op,
}

/// No connection closes by itself: a call that meets that would be repeated, and its arrivals taken for the dropped one's.
pub(crate) fn cases() -> Vec<Case> {
    let mut line = ok();
    let rest = line.split_off(17);
    let slow_head = vec![
        Action::ReadRequest,
        Action::Drip(line.into(), Duration::from_millis(1)),
        Action::write(rest),
        Action::Serve(ok().into()),
    ];
    let limited = Action::write("HTTP/1.1 429 x\r\ncontent-length: 0\r\n\r\n");
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
    let slow_body = [
        vec![Action::ReadRequest, Action::write(head)],
        vec![Action::Pause(Duration::from_millis(20)), Action::write("{"), Action::Pause(Duration::from_millis(20))],
        vec![Action::write("}"), Action::Serve(ok().into())],
    ];
    let case = |name, script, used| Case { name, via: Via::Ready, scheme: "http", script, used, op: Op::Identify };
    let serve = vec![Action::Serve(ok().into())];
    let cases = [
        case("dropped at each await", serve.clone(), false),
        case("dropped at each await, on a used connection", serve, true),
        case("dropped at each await, a slow head", slow_head, false),
        case("dropped at each await, a slow body", slow_body.concat(), false),
        case("dropped at each await, 429 first", vec![Action::ReadRequest, limited, Action::Serve(ok().into())], false),
        Case {
            via: Via::Trusting,
            scheme: "https",
            ..case("dropped at each await, TLS", vec![good(), Action::Serve(ok().into())], false)
        },
        Case {
            via: Via::Http2,
            ..case(
                "dropped at each await, h2",
                vec![Action::Frame(Frame::Settings(Vec::new())), Action::ServeHttp2(BODY.into())],
                false,
            )
        },
    ];
    cases.into_iter().flat_map(|case| [Case { op: Op::Merge, script: case.script.clone(), ..case }, case]).collect()
}

/// Drops a call after it was polled once, then one after it was polled twice, and so on until one ends before.
pub(crate) async fn run(case: &Case, stack: Stack, shared: Arc<dyn Transport>) -> Row {
    let started = Instant::now();
    let mut row = Row {
        fault: case.name.to_owned(),
        stack,
        op: case.op,
        end: Some(End::MaybeSent(None)),
        attempts: 0,
        stop: None,
        arrivals: 0,
        objections: Vec::new(),
        unexpected: None,
        took: Duration::ZERO,
    };
    let policy = RetryPolicy::default().with_backoff(Duration::from_millis(1), Duration::from_millis(1));
    let options = CallOptions::default().with_retry_policy(policy);
    let transport = if case.via == Via::Ready { shared } else { stack.transport(case.via) };
    for polls in 1.. {
        let server = FaultServer::start().unwrap().always(case.script.clone());
        let url = format!("{}://{}", case.scheme, server.address());
        let call = |op| call(op, &url, transport.clone(), &options);
        if case.used {
            call(Op::Identify).await.unwrap();
            // The transport takes the connection back in the background.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let ended = polled(polls, call(case.op)).await.is_some();
        let fresh = call(Op::Identify).await;
        let others = 1 + usize::from(case.used);
        let mut record = tokio::task::spawn_blocking(move || server.finish()).await.unwrap();
        if fresh.as_ref().ok() != Some(&End::Delivered) {
            row.unexpected = Some(format!("after {polls} polls, another call ended with {fresh:?}"));
        }
        if ended {
            break;
        }
        // What was turned away does not count. What is left is the call's own: each of the others arrived once more.
        record.arrivals.retain(|fate| *fate != Fate::Responded(429));
        record.arrivals.drain(..others.min(record.arrivals.len()));
        row.attempts += 1;
        row.arrivals += record.arrivals.len();
        let seen = Seen {
            deletes: false,
            repeatable: case.op.is_repeatable(),
            end: row.end,
            attempts: 2,
            record,
            elsewhere: 0,
        };
        row.objections.extend(judge(&seen));
    }
    if row.attempts == 0 {
        row.unexpected = Some("it was never dropped".to_owned());
    }
    row.took = started.elapsed();
    row
}

/// What the future gives within so many polls. It is dropped when it was polled so often.
async fn polled<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
