//! `show`: one call.

use customerio_core::Encoded;
use customerio_delivery::{CallState, KeptCall};

use crate::{
    args::calls::Show,
    calls, count, document,
    failure::Failure,
    open::Opened,
    output::{print, print_json},
    table::fields,
    text::clean,
    time,
};

pub(crate) async fn run(opened: &Opened, show: &Show, json: bool) -> Result<(), Failure> {
    let Some(call) = opened.calls().show(show.number).await? else {
        return Err(Failure::not_all(format!("there is no call {}", show.number)));
    };
    if json {
        let document = if show.body { document::with_body(&call) } else { document::of(&call) };
        return print_json(&document.into());
    }
    print(&text(&call, show.body))
}

fn text(call: &KeptCall, with_body: bool) -> String {
    let mut lines = vec![("number", call.number.to_string()), ("state", calls::state(call).to_owned())];
    if let CallState::Dead { failed_at, failure, .. } = &call.state {
        if failure.reason.is_parked() {
            lines.push(("parked", "it is replayed with --even-if-it-was-sent only".to_owned()));
        }
        lines.push(("message", calls::message(call)));
        lines.push(("failed at", time::text(*failed_at)));
    }
    lines.push(("operation", calls::operation(call).to_owned()));
    lines.push(("destination", clean(&call.stream.destination)));
    lines.push(("lane", call.stream.lane.as_str().to_owned()));
    let mut body = String::new();
    match &call.call {
        Ok(stored) => {
            lines.push(("stored at", time::text(stored.stored_at())));
            lines.extend(stored.expires_at().map(|end| ("expires at", time::text(end))));
            if let Encoded::Request(request) = stored.call() {
                let path = if with_body { request.path() } else { request.route() };
                lines.push(("request", format!("{} {}", request.method(), clean(path))));
            }
            let size = count::bytes(stored.call().body().len() as u64);
            lines.push((
                "body",
                if with_body { size } else { format!("{size}; --body shows it: it holds personal data") },
            ));
            if with_body {
                body = format!("\n{:#}\n", document::body(stored));
            }
        }
        Err(error) => lines.push(("unreadable", clean(&error.to_string()))),
    }
    fields(&lines) + &body
}
