//! The requests, each with its verdict.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    LoggedRequest, Person,
    contract::deviation::Deviation,
    control::{
        asked::{Asked, json_reply, typed},
        criteria::Criteria,
        deletion::{Removable, Removal},
        faults::{self, kind},
        list::{self, Listed, Rows, unlike},
        people::key_of,
        problem::Problem,
        route::{Outcome, Parameter},
        schema::{Schema, TEXT},
        time::rfc3339,
        wanted::Wanted,
    },
    routes,
    server::payload::Payload,
    store::{
        kept::{From, Kept, Key, Keyed},
        state::State,
    },
};

/// What was found in a request.
const FINDINGS: Schema =
    Schema::List(&Schema::Named("Finding", &Schema::Object(&[("pointer", Schema::Text), ("message", Schema::Text)])));

/// A body as it came.
const BODY: Schema = Schema::Named(
    "Body",
    &Schema::Object(&[
        ("body", Schema::Maybe(&Schema::Text)),
        ("body_base64", Schema::Maybe(&Schema::Text)),
        ("bytes", Schema::Integer),
        ("truncated", Schema::Boolean),
    ]),
);

/// A request whole.
pub(crate) const WHOLE: Schema = Schema::With(
    Requests::ITEM,
    &[
        ("problem_list", FINDINGS),
        ("deviations", FINDINGS),
        (
            "effects",
            Schema::List(&Schema::Object(&[
                ("kind", Schema::Text),
                ("action", Schema::OneOf(&["created", "changed", "deleted"])),
                ("id", Schema::Text),
                ("label", Schema::Text),
            ])),
        ),
        ("request", Schema::With(&BODY, &[("headers", Schema::List(&Schema::List(&Schema::Text)))])),
        ("response", BODY),
        ("nearest", TEXT),
        ("fault", Schema::Nullable(&Schema::Object(&[("id", Schema::Integer), ("fault", faults::KIND)]))),
    ],
);

/// What the list takes that is no filter.
const WHOLE_ITEMS: Parameter = ("whole", "1 lists requests whole, for `customerio-emulator replay`; 0 by default");

/// Everything that the list takes of its own.
pub(crate) const PARAMETERS: &[Parameter] = &{
    let [verdict, method, route, status, person] = FILTERS;
    [verdict, method, route, status, person, WHOLE_ITEMS]
};

const FILTERS: [Parameter; 5] = [
    ("verdict", "accepted, tolerated, refused, dropped, fault or unknown_route"),
    ("method", "the method, such as POST"),
    ("route", "the pattern of the route, or a part of it, such as /send/"),
    ("status", "the status of the response"),
    ("person", "an identifier of someone whom the request was about"),
];

/// Lists requests, whole or not.
pub(crate) async fn list(asked: Asked) -> Outcome {
    match asked.parameter(WHOLE_ITEMS.0) {
        None | Some("0" | "") => list::respond::<List<false>>(asked).await,
        Some("1") => list::respond::<List<true>>(asked).await,
        Some(_) => Err(Problem::bad("whole must be 1, so that each request is listed whole, or 0")),
    }
}

/// An item of the list: in short, or whole where that is asked for.
pub(crate) const LISTED: Schema = Schema::Either(&[Schema::Maybe(Requests::ITEM), WHOLE]);

/// The list of requests.
pub(crate) struct Requests;

impl Listed for Requests {
    type Row<'s> = &'s LoggedRequest;

    const KIND: &'static str = "requests";

    const FILTERS: &'static [Parameter] = &FILTERS;

    const ITEM: &'static Schema = &Schema::Named(
        "Request",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("at", Schema::Time),
            ("method", Schema::Text),
            ("path", Schema::Text),
            ("route", TEXT),
            ("status", Schema::Integer),
            ("verdict", Schema::OneOf(&["accepted", "tolerated", "refused", "dropped", "fault", "unknown_route"])),
            ("why", TEXT),
            ("problems", Schema::Integer),
            ("client", TEXT),
            ("bytes", Schema::Integer),
            ("micros", Schema::Integer),
            ("people", Schema::List(&Schema::Text)),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(
        state: &'s State,
        from: From,
        criteria: &Criteria,
    ) -> Box<dyn Iterator<Item = (u64, &'s LoggedRequest)> + 's> {
        state.log.rows(from, criteria.filter("person").map(|person| key_of(state, person)))
    }

    fn differs(state: &State, row: &LoggedRequest, filter: &str, value: &str) -> Option<String> {
        match filter {
            "verdict" => unlike("the verdict", Some(row.verdict.name()), value),
            "method" => unlike("the method", Some(row.method.as_str()), value),
            "route" => {
                let route = row.route.unwrap_or(&row.path);
                (!route.contains(value)).then(|| format!("the route is {route:.100}"))
            }
            "status" => unlike("the status", Some(row.status.as_str()), value),
            _ => {
                let key = key_of(state, value);
                let is_of = |cio_id: &String| Key::Person(cio_id.clone()) == key;
                let mut people = row.effects.iter().filter_map(|effect| effect.person.as_ref());
                (!people.any(is_of)).then(|| format!("it is not about {value:.100}"))
            }
        }
    }

    fn contains(_: &State, row: &LoggedRequest, text: &Wanted) -> bool {
        let found = row.problems.iter().chain(&row.deviations);
        text.is_in(&row.path)
            || text.is_in(&row.head)
            || found.into_iter().any(|found| text.is_in(&found.message) || text.is_in(&found.pointer))
            || text.is_in_body(&row.body)
            || text.is_in_body(&row.response)
            || row.effects.iter().any(|effect| text.is_in(&effect.label))
    }

    fn shown(state: &State, seq: u64, row: &LoggedRequest) -> Value {
        shown(state, seq, row).into()
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Box::new(numbered(&state.log, id).into_iter())
    }
}

/// The list of requests as it is asked for, each of them whole or not.
struct List<const IS_WHOLE: bool>;

impl<const IS_WHOLE: bool> Listed for List<IS_WHOLE> {
    type Row<'s> = &'s LoggedRequest;

    const KIND: &'static str = Requests::KIND;

    const FILTERS: &'static [Parameter] = PARAMETERS;

    const REPORTED: bool = Requests::REPORTED;

    fn rows<'s>(state: &'s State, from: From, criteria: &Criteria) -> Rows<'s, Self> {
        Requests::rows(state, from, criteria)
    }

    fn differs(state: &State, row: &LoggedRequest, filter: &str, value: &str) -> Option<String> {
        if filter == WHOLE_ITEMS.0 { None } else { Requests::differs(state, row, filter, value) }
    }

    fn contains(state: &State, row: &LoggedRequest, text: &Wanted) -> bool {
        Requests::contains(state, row, text)
    }

    fn shown(state: &State, seq: u64, row: &LoggedRequest) -> Value {
        if IS_WHOLE { whole(state, seq, row).into() } else { Requests::shown(state, seq, row) }
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        Requests::named(state, id)
    }
}

impl Removable for Requests {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.log.remove(seq))
    }
}

/// The entry of a list whose number is written.
pub(crate) fn numbered<'s, T: Keyed>(list: &'s Kept<T>, number: &str) -> Option<(u64, &'s T)> {
    let number = number.parse().ok()?;
    Some((number, list.get(number)?))
}

/// A request as lists show it.
pub(crate) fn shown(state: &State, seq: u64, row: &LoggedRequest) -> Map<String, Value> {
    let mut people: Vec<_> = Vec::new();
    for effect in &row.effects {
        let Some(cio_id) = &effect.person else { continue };
        // One who is gone is known by what they were called.
        let gone = if effect.kind == "people" { effect.label.as_str() } else { cio_id };
        let label = state.people.get(cio_id).map_or(gone, Person::label);
        if !people.contains(&label) {
            people.push(label);
        }
    }
    let shown = json!({
        "seq": seq,
        "at": rfc3339(row.at),
        "method": row.method.as_str(),
        "path": row.path,
        "route": row.route,
        "status": row.status.as_u16(),
        "verdict": row.verdict.name(),
        "why": row.why(),
        "problems": row.problems.len() + row.deviations.len(),
        "client": row.client(),
        "bytes": row.body_bytes,
        "micros": u64::try_from(row.took.as_micros()).unwrap_or(u64::MAX),
        "people": people,
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// The request that the path names, and its number.
fn named<'s>(asked: &Asked, state: &'s State) -> Result<(u64, &'s LoggedRequest), Problem> {
    let seq = asked.segments[0].parse().map_err(|_| Problem::bad("a request is named by its number"))?;
    let found = state.log.get(seq).map(|row| (seq, row));
    found.ok_or_else(|| Problem::missing(format!("there is no request {seq}, or it was forgotten for newer ones")))
}

/// One request with everything that is kept of it.
pub(crate) fn get(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let state = asked.emulator.state();
    let (seq, row) = named(asked, &state)?;
    Ok(json_reply(&whole(&state, seq, row)))
}

/// A request as it is shown whole.
fn whole(state: &State, seq: u64, row: &LoggedRequest) -> Map<String, Value> {
    let mut item = shown(state, seq, row);
    let found = |list: &[Deviation]| {
        let shown = list.iter().map(|found| json!({"pointer": found.pointer, "message": found.message}));
        Value::from(shown.collect::<Vec<_>>())
    };
    let effects = row.effects.iter().map(
        |effect| json!({"kind": effect.kind, "action": effect.action.name(), "id": effect.id, "label": effect.label}),
    );
    let headers = row.head.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| json!([name, value]));
    let mut request = body(&row.body, row.body_bytes);
    request.insert("headers".into(), headers.collect());
    let response = body(&row.response, row.response_bytes);
    let nearest = row.route.is_none().then(|| routes::nearest(&row.method, &row.path)).flatten();
    item.extend([
        ("problem_list".to_owned(), found(&row.problems)),
        ("deviations".to_owned(), found(&row.deviations)),
        ("effects".to_owned(), effects.collect()),
        ("request".to_owned(), request.into()),
        ("response".to_owned(), response.into()),
        ("nearest".to_owned(), nearest.into()),
        ("fault".to_owned(), row.fault.map_or(Value::Null, |met| json!({"id": met.id, "fault": kind(met.kind)}))),
    ]);
    item
}

/// A body as text, or as base64 where it is none.
fn body(bytes: &[u8], whole: usize) -> Map<String, Value> {
    let mut shown = Map::new();
    match std::str::from_utf8(bytes) {
        Ok(text) => shown.insert("body".into(), text.into()),
        // The last character may be cut in two.
        Err(error) if whole > bytes.len() && error.error_len().is_none() => {
            let text = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            shown.insert("body".into(), text.into())
        }
        Err(_) => shown.insert("body_base64".into(), STANDARD.encode(bytes).into()),
    };
    shown.insert("bytes".into(), whole.into());
    shown.insert("truncated".into(), (whole > bytes.len()).into());
    shown
}

/// A command that sends the request again. Credentials are variables of the shell.
pub(crate) fn curl(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let state = asked.emulator.state();
    let (_, row) = named(asked, &state)?;
    let host = row.head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("127.0.0.1:8246");
    let mut command = format!("curl -i -X {} {}", row.method, quoted(&format!("http://{host}{}", row.path)));
    for (name, value) in row.head.lines().filter_map(|line| line.split_once(": ")) {
        match (name, value.split(' ').next().unwrap_or_default()) {
            ("host" | "content-length" | "connection" | "accept-encoding" | "transfer-encoding" | "expect", _) => {}
            ("authorization", scheme) if scheme.eq_ignore_ascii_case("bearer") => {
                command.push_str(" \\\n  -H \"authorization: Bearer $CUSTOMERIO_APP_API_KEY\"");
            }
            ("authorization", _) if row.path.starts_with("/v1/") => {
                command.push_str(" \\\n  -u \"$CUSTOMERIO_PIPELINES_API_KEY:\"");
            }
            ("authorization", _) => {
                command.push_str(" \\\n  -u \"$CUSTOMERIO_SITE_ID:$CUSTOMERIO_TRACK_API_KEY\"");
            }
            // Writing into a text cannot fail.
            _ => _ = write!(command, " \\\n  -H {}", quoted(&format!("{name}: {value}"))),
        }
    }
    if row.body_bytes > row.body.len() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            format!("of the body {} of {} bytes are kept, so it cannot be sent again", row.body.len(), row.body_bytes),
        ));
    }
    if !row.body.is_empty() {
        let body = std::str::from_utf8(&row.body);
        let body =
            body.map_err(|_| Problem::new(StatusCode::CONFLICT, "the body is not text, so no shell can have it"))?;
        _ = write!(command, " \\\n  --data-binary {}", quoted(body));
    }
    command.push('\n');
    Ok(typed(StatusCode::OK, "text/plain; charset=utf-8", command))
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
