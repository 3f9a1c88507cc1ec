//! All routes of the control API, and which of them a request is for.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
use percent_encoding::percent_decode_str;

use crate::{
    control::{
        asked::Asked,
        broadcasts, clock, deletion, devices, events, faults, forms, info,
        list::{self, Listed},
        message, messages, metrics, objects, openapi, page, people,
        problem::Problem,
        programs, requests,
        route::{Handler, Outcome, Route, Taken},
        schema::Schema,
        segments, sites, stream, templates, timeline, triggers, webhooks, whole, workspace,
    },
    route::captures,
    server::payload::Payload,
    workspaces::Workspaces,
};

/// Most bytes of a seed or a state, and of any other body.
const MOST_BODY: (usize, usize) = (256 * 1024 * 1024, 1024 * 1024);

/// Most bytes of the body of a request with a path.
pub(crate) fn most_body(path: &str) -> usize {
    if matches!(path, "/_emulator/v1/seed" | "/_emulator/v1/state") { MOST_BODY.0 } else { MOST_BODY.1 }
}

/// The response to a request that is refused whatever its body is.
pub(crate) fn refuse(parts: &Parts) -> Option<Response<Payload>> {
    sites::check(parts).err().map(Problem::into_response)
}

/// The response to a request whose body has not come whole.
pub(crate) fn unread(status: StatusCode, text: String) -> Response<Payload> {
    Problem::new(status, text).into_response()
}

/// The route of a list.
macro_rules! listed {
    ($of:ty, $pattern:literal, $summary:literal) => {
        Route::later(Method::GET, $pattern, $summary, |asked| Box::pin(list::respond::<$of>(asked)))
            .list(<$of as Listed>::FILTERS)
            .gives_page(<$of as Listed>::ITEM)
    };
}

/// The route that deletes what the filters of a list choose.
macro_rules! deleted {
    ($of:ty, $pattern:literal, $summary:literal) => {
        Route::later(Method::DELETE, $pattern, $summary, |asked| Box::pin(deletion::delete::<$of>(asked)))
            .deletion(<$of as Listed>::FILTERS)
            .gives(&deletion::DELETED)
    };
}

pub(crate) static ROUTES: &[Route] = &[
    Route::of_table("/_emulator/openapi.json", "Describes this API", openapi::document).gives(&Schema::Map),
    Route::always(Method::GET, "/_emulator/health", "Reports that the server is up", info::health).gives(&info::HEALTH),
    Route::always(Method::GET, "/livez", "Reports that the server is up", info::health).gives(&info::HEALTH),
    Route::always(Method::GET, "/readyz", "Reports that the server is up", info::health).gives(&info::HEALTH),
    Route::always(Method::GET, "/_emulator/v1/info", "Describes the server and its workspaces", info::info)
        .gives(&info::INFO),
    Route::always(Method::GET, "/_emulator/v1/counts", "Counts what is kept of each kind", info::counts)
        .gives(&info::COUNTS),
    Route::always(Method::GET, "/_emulator/v1/programs", "Lists a first program for each client", programs::list)
        .sets_up()
        .gives(&programs::PROGRAMS),
    Route::later(Method::GET, "/_emulator/v1/requests", "Lists requests, each with its verdict", |asked| {
        Box::pin(requests::list(asked))
    })
    .list(requests::PARAMETERS)
    .gives_page(&requests::LISTED),
    Route::get("/_emulator/v1/requests/{seq}", "Shows a request whole", requests::get).gives(&requests::WHOLE),
    Route::get("/_emulator/v1/requests/{seq}/curl", "Writes a request as a command", requests::curl)
        .gives_other("text/plain"),
    listed!(people::People, "/_emulator/v1/people", "Lists people"),
    Route::get("/_emulator/v1/people/{identifier}", "Shows a person whole", people::get).gives(&people::WHOLE),
    Route::later(
        Method::GET,
        "/_emulator/v1/people/{identifier}/timeline",
        "Lists a person's requests, events and messages",
        |asked| Box::pin(timeline::respond(asked)),
    )
    .list(timeline::Timeline::FILTERS)
    .gives_page(timeline::Timeline::ITEM),
    listed!(events::Events, "/_emulator/v1/events", "Lists events"),
    listed!(messages::Messages, "/_emulator/v1/messages", "Lists messages"),
    Route::later(Method::GET, "/_emulator/v1/messages/latest", "Shows the newest message that is chosen", |asked| {
        Box::pin(message::latest(asked))
    })
    .list(messages::Messages::FILTERS)
    .gives(&message::WHOLE),
    Route::get("/_emulator/v1/messages/{delivery_id}", "Shows a message whole", message::get).gives(&message::WHOLE),
    Route::get("/_emulator/v1/messages/{delivery_id}/html", "Shows the HTML of a message", message::html)
        .with(&[("images", "1 loads images of other hosts; 0 by default")])
        .gives_other("text/html"),
    Route::get("/_emulator/v1/messages/{delivery_id}/text", "Shows the text of a message", message::text)
        .gives_other("text/plain"),
    Route::get("/_emulator/v1/messages/{delivery_id}/attachments/{name}", "Gives an attachment", message::attachment)
        .gives_other("application/octet-stream"),
    Route::post("/_emulator/v1/messages/{delivery_id}/outcome", "Sets the outcome of a message", message::report)
        .takes(&message::REPORT)
        .gives(&message::REPORTED),
    listed!(devices::Devices, "/_emulator/v1/devices", "Lists devices"),
    listed!(segments::Segments, "/_emulator/v1/segments", "Lists segments"),
    listed!(objects::Objects, "/_emulator/v1/objects", "Lists objects"),
    listed!(triggers::Triggers, "/_emulator/v1/triggers", "Lists triggers of broadcasts"),
    Route::get("/_emulator/v1/triggers/{id}", "Shows a trigger", triggers::get).gives(triggers::Triggers::ITEM),
    listed!(metrics::Metrics, "/_emulator/v1/metrics", "Lists metrics that were reported"),
    listed!(forms::Forms, "/_emulator/v1/forms", "Lists forms that were submitted"),
    listed!(templates::Templates, "/_emulator/v1/templates", "Lists transactional messages"),
    listed!(broadcasts::Broadcasts, "/_emulator/v1/broadcasts", "Lists broadcasts"),
    deleted!(requests::Requests, "/_emulator/v1/requests", "Forgets requests"),
    deleted!(people::People, "/_emulator/v1/people", "Deletes people, with their events"),
    deleted!(events::Events, "/_emulator/v1/events", "Deletes events"),
    deleted!(messages::Messages, "/_emulator/v1/messages", "Deletes messages"),
    deleted!(devices::Devices, "/_emulator/v1/devices", "Deletes devices"),
    deleted!(segments::Segments, "/_emulator/v1/segments", "Deletes segments, and keeps their people"),
    deleted!(objects::Objects, "/_emulator/v1/objects", "Deletes objects, with everyone's relationship to them"),
    deleted!(triggers::Triggers, "/_emulator/v1/triggers", "Deletes triggers of broadcasts"),
    deleted!(metrics::Metrics, "/_emulator/v1/metrics", "Deletes metrics that were reported"),
    deleted!(webhooks::Webhooks, "/_emulator/v1/webhooks", "Forgets events that are reported, and sends them no more"),
    deleted!(forms::Forms, "/_emulator/v1/forms", "Deletes forms that were submitted"),
    listed!(webhooks::Webhooks, "/_emulator/v1/webhooks", "Lists the events that are reported to webhooks"),
    Route::get("/_emulator/v1/webhooks/{event_id}", "Shows an event that is reported whole", webhooks::get)
        .gives(&webhooks::WHOLE),
    Route::post("/_emulator/v1/webhooks/scramble", "Mixes up the events that wait", webhooks::scramble)
        .takes(&webhooks::SCRAMBLE)
        .gives(&webhooks::WAITING),
    Route::later(Method::POST, "/_emulator/v1/webhooks/drain", "Sends all events, moving the clock", |asked| {
        Box::pin(webhooks::drain(asked))
    })
    .gives(&webhooks::SENT),
    Route::post("/_emulator/v1/webhooks/{event_id}/resend", "Sends an event again at once", webhooks::resend)
        .gives(&webhooks::EVENT_ID),
    Route::always(Method::GET, "/_emulator/v1/clock", "Shows the clock", clock::get).gives(&clock::CLOCK),
    Route::post("/_emulator/v1/clock", "Stops, sets, starts or advances the clock", clock::change)
        .sets_up()
        .takes(&clock::CHANGE)
        .gives(&clock::CLOCK),
    Route::post("/_emulator/v1/reset", "Empties the workspace, and puts its seed back", whole::reset)
        .sets_up()
        .takes(&whole::RESET)
        .gives(&whole::EMPTIED),
    Route::get("/_emulator/v1/seed", "Writes what the workspace has as a seed", whole::get_seed).gives(&Schema::Map),
    Route::new(Method::PUT, "/_emulator/v1/seed", "Begins with a seed, to which a reset goes back", whole::put_seed)
        .sets_up()
        .takes(&Schema::Map)
        .gives(&info::COUNTS),
    Route::always(Method::GET, "/_emulator/v1/state", "Writes the whole workspace as a document", whole::get_state)
        .gives(&Schema::Map),
    Route::new(Method::PUT, "/_emulator/v1/state", "Loads a workspace that was written", whole::put_state)
        .sets_up()
        .takes(&Schema::Map)
        .gives(&info::COUNTS),
    Route::always(Method::GET, "/_emulator/v1/faults", "Lists the faults that were asked for", faults::list)
        .gives(&faults::LIST),
    Route::post("/_emulator/v1/faults", "Has requests meet a fault", faults::add)
        .sets_up()
        .takes(&faults::WANTED)
        .gives(&faults::FAULT)
        .created(),
    Route::always(Method::DELETE, "/_emulator/v1/faults", "Removes all faults", faults::clear)
        .gives(&deletion::DELETED),
    Route::new(Method::DELETE, "/_emulator/v1/faults/{id}", "Removes a fault", faults::remove)
        .gives(&deletion::DELETED),
    Route::get("/_emulator/v1/stream", "Streams changes as server-sent events", stream::open)
        .with(&[("after", "the number of what was seen last; without it, only what comes from now on")])
        .gives_other("text/event-stream"),
];

/// Responds to a request to the control API or for the page.
pub(crate) async fn respond(workspaces: &Workspaces, parts: &Parts, body: Bytes) -> Response<Payload> {
    let outcome = match sites::check(parts) {
        Ok(()) => dispatch(workspaces, parts, body).await,
        Err(problem) => Err(problem),
    };
    outcome.unwrap_or_else(Problem::into_response)
}

async fn dispatch(workspaces: &Workspaces, parts: &Parts, body: Bytes) -> Outcome {
    let path = parts.uri.path();
    if let Some(response) = page::asset(&parts.method, path) {
        return Ok(response);
    }
    // The first that fits: a fixed segment stands before one that varies.
    let here = || ROUTES.iter().filter_map(|route| Some((route, captures(route.pattern, path)?)));
    let Some((route, captured)) = here().find(|(route, _)| route.method == parts.method) else {
        let allowed = here().map(|(route, _)| route.method.as_str()).collect::<Vec<_>>().join(", ");
        if allowed.is_empty() {
            return Err(Problem::missing("there is no such route; GET /_emulator/openapi.json has all of them"));
        }
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("the route takes {allowed} alone"));
        let mut response = problem.into_response();
        if let Ok(allowed) = HeaderValue::try_from(allowed) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        return Ok(response);
    };
    let segments = captured.into_iter().map(|segment| decoded(segment, "the path")).collect::<Result<_, _>>()?;
    let (mut workspace, mut query) = (None, Vec::new());
    for pair in parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| decoded(&text.replace('+', " "), "the query");
        match (decode(name)?, decode(value)?) {
            (name, value) if name == "workspace" => workspace = Some(value),
            (name, value) => query.push((name, value)),
        }
    }
    let emulator = match workspace.as_deref().filter(|name| !name.is_empty()) {
        None => workspaces.first().clone(),
        Some(name) => workspace::named(workspaces, name, route, &mut query).await?,
    };
    if route.taken == Taken::OwnAlone {
        check_parameters(route, &query)?;
    }
    let (workspaces, headers) = (workspaces.clone(), parts.headers.clone());
    let asked = Asked { workspaces, emulator, named: workspace, segments, query, headers, body };
    match route.handler {
        Handler::Always(handle) => Ok(handle(&asked)),
        Handler::Now(handle) => handle(&asked),
        Handler::Later(handle) => handle(asked).await,
        Handler::OfTable(handle) => Ok(handle(ROUTES, &asked)),
    }
}

/// Lists look at their parameters themselves.
fn check_parameters(route: &Route, query: &[(String, String)]) -> Result<(), Problem> {
    let is_known = |name: &str| route.parameters.iter().any(|(known, _)| *known == name);
    match query.iter().find(|(name, _)| !is_known(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let known = ["workspace"].into_iter().chain(route.parameters.iter().map(|(known, _)| *known));
            let known = known.collect::<Vec<_>>().join(", ");
            Err(Problem::bad(format!("there is no parameter {name:.100}; there are {known}")))
        }
    }
}

fn decoded(text: &str, what: &str) -> Result<String, Problem> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| Problem::bad(format!("{what} must be UTF-8")))
}
