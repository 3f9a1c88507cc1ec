//! Faults: asked for, looked at, and taken back.

use std::time::Duration;

use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    AddedFault, Fault, FaultKind,
    control::{
        asked::Asked,
        problem::Problem,
        reply::{json_reply, json_response},
        schema::{INTEGER, Schema},
        time::{duration, written},
    },
    server::payload::Payload,
};

/// Most faults that may still happen.
const MOST_FAULTS: usize = 1_000;

/// Most bytes of a route or a person that a fault is for: as many faults as there can be take little memory.
const MOST_TEXT: usize = 2_000;

/// The longest delay, and the longest time for a response: a connection is taken meanwhile.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// Which requests meet a fault.
const MATCH: Schema = Schema::Object(&[
    ("method", Schema::Maybe(&Schema::Text)),
    ("route", Schema::Maybe(&Schema::Text)),
    ("person", Schema::Maybe(&Schema::Text)),
]);

/// What happens, as the control API writes it.
pub(crate) const KIND: Schema = Schema::Named(
    "FaultKind",
    &Schema::Either(&[
        Schema::Object(&[("status", Schema::Integer), ("retry_after", Schema::Maybe(&Schema::Duration))]),
        Schema::Object(&[("delay", Schema::Duration)]),
        Schema::Object(&[("cut", Schema::OneOf(&["before", "after"]))]),
        Schema::Object(&[("slow", Schema::Duration)]),
    ]),
);

/// What is asked for.
pub(crate) const WANTED: Schema = Schema::Object(&[
    ("match", Schema::Maybe(&MATCH)),
    ("fault", KIND),
    ("times", Schema::Maybe(&Schema::Integer)),
    ("probability", Schema::Maybe(&Schema::Any)),
    ("seed", Schema::Maybe(&Schema::Integer)),
]);

/// A fault that was added.
pub(crate) const FAULT: Schema = Schema::Named(
    "Fault",
    &Schema::Object(&[
        ("id", Schema::Integer),
        ("match", MATCH),
        ("fault", KIND),
        ("left", INTEGER),
        ("hits", Schema::Integer),
        ("probability", Schema::Maybe(&Schema::Any)),
        ("seed", Schema::Maybe(&Schema::Integer)),
    ]),
);

/// All of them.
pub(crate) const LIST: Schema = Schema::Object(&[("items", Schema::List(&FAULT))]);

/// A fault that is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    r#match: Which,
    fault: What,
    times: Option<u64>,
    probability: Option<f64>,
    seed: Option<u64>,
}

/// Which requests meet it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    method: Option<String>,
    route: Option<String>,
    person: Option<String>,
}

/// What happens: one of these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct What {
    status: Option<u16>,
    retry_after: Option<String>,
    delay: Option<String>,
    cut: Option<String>,
    slow: Option<String>,
}

impl What {
    fn fault(&self) -> Result<Fault, Problem> {
        let time = |name: &str, text: &str| {
            let time = duration(text).filter(|time| *time <= LONGEST);
            time.ok_or_else(|| Problem::bad(format!("{name} must be a duration up to 10m, such as 250ms or 2s")))
        };
        match (self.status, &self.delay, self.cut.as_deref(), &self.slow) {
            (Some(status), None, None, None) => {
                let status = StatusCode::from_u16(status).ok().filter(|status| (200..=599).contains(&status.as_u16()));
                let status = status.ok_or_else(|| Problem::bad("status must be from 200 to 599"))?;
                Ok(match &self.retry_after {
                    Some(text) => Fault::status_with_retry_after(status, time("retry_after", text)?),
                    None => Fault::status(status),
                })
            }
            (None, Some(by), None, None) if self.retry_after.is_none() => Ok(Fault::delay(time("delay", by)?)),
            (None, None, Some("before"), None) if self.retry_after.is_none() => Ok(Fault::cut_before()),
            (None, None, Some("after"), None) if self.retry_after.is_none() => Ok(Fault::cut_after()),
            (None, None, None, Some(over)) if self.retry_after.is_none() => Ok(Fault::slow(time("slow", over)?)),
            _ => Err(Problem::bad(
                "fault must have one of status (with retry_after, if need be), delay, cut (before or after) and slow",
            )),
        }
    }
}

impl Wanted {
    fn fault(self) -> Result<Fault, Problem> {
        let mut fault = self.fault.fault()?;
        for (name, text) in [("route", &self.r#match.route), ("person", &self.r#match.person)] {
            if text.as_ref().is_some_and(|text| text.len() > MOST_TEXT) {
                return Err(Problem::bad(format!("{name} must have at most {MOST_TEXT} bytes")));
            }
        }
        if let Some(method) = self.r#match.method {
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes());
            fault = fault.with_method(method.map_err(|_| Problem::bad("method must be one, such as POST"))?);
        }
        if let Some(route) = self.r#match.route {
            if !route.starts_with(['/', '*']) {
                return Err(Problem::bad("route must begin with / or *, such as /v1/send/*"));
            }
            fault = fault.with_route(route);
        }
        if let Some(person) = self.r#match.person {
            fault = fault.with_person(person);
        }
        match self.times {
            Some(0) => return Err(Problem::bad("times must be at least 1")),
            Some(times) => fault = fault.with_times(times),
            None => {}
        }
        match (self.probability, self.seed) {
            (Some(probability), _) if !(0.0..=1.0).contains(&probability) => {
                Err(Problem::bad("probability must be from 0 to 1"))
            }
            (Some(probability), seed) => {
                Ok(fault.with_probability(probability, seed.unwrap_or_else(|| fastrand::u64(..1 << 53))))
            }
            // A seed alone chooses nothing.
            (None, _) => Ok(fault),
        }
    }
}

/// The faults that may still happen, and the last ones of the others.
pub(crate) fn list(asked: &Asked) -> Response<Payload> {
    json_reply(&json!({"items": asked.emulator.faults().iter().map(shown).collect::<Vec<_>>()}))
}

/// Adds one.
pub(crate) fn add(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let fault = asked.body::<Wanted>()?.fault()?;
    let mut state = asked.emulator.state();
    if state.faults.active() >= MOST_FAULTS {
        let text = format!("there are {MOST_FAULTS} faults, and no more; DELETE /_emulator/v1/faults removes them");
        return Err(Problem::new(StatusCode::CONFLICT, text));
    }
    let id = state.faults.add(fault);
    let added = state.faults.all().into_iter().find(|added| added.id == id);
    Ok(json_response(StatusCode::CREATED, &added.as_ref().map_or(Value::Null, shown)))
}

/// Removes all of them.
pub(crate) fn clear(asked: &Asked) -> Response<Payload> {
    let deleted = asked.emulator.faults().len();
    asked.emulator.clear_faults();
    json_reply(&json!({ "deleted": deleted }))
}

/// Removes one.
pub(crate) fn remove(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let id = &asked.segments[0];
    if id.parse().is_ok_and(|id| asked.emulator.remove_fault(id)) {
        return Ok(json_reply(&json!({"deleted": 1})));
    }
    Err(Problem::missing(format!("there is no fault {id:.20}")))
}

fn shown(added: &AddedFault) -> Value {
    let (fault, which) = (&added.fault, &added.fault.which);
    let said = [
        ("method", which.method.as_ref().map(Method::as_str)),
        ("route", which.route.as_deref()),
        ("person", which.person.as_deref()),
    ];
    let matched: Map<_, _> =
        said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
    let mut item = json!({
        "id": added.id, "match": matched, "fault": kind(fault.kind), "left": added.left, "hits": added.hits,
    });
    if let Some(seed) = fault.seed {
        item["probability"] = fault.probability.into();
        item["seed"] = seed.into();
    }
    item
}

/// What happens, as it was asked for.
pub(crate) fn kind(kind: FaultKind) -> Value {
    match kind {
        FaultKind::Status(status, None) => json!({"status": status.as_u16()}),
        FaultKind::Status(status, Some(after)) => json!({"status": status.as_u16(), "retry_after": written(after)}),
        FaultKind::Delay(by) => json!({"delay": written(by)}),
        FaultKind::CutBefore => json!({"cut": "before"}),
        FaultKind::CutAfter => json!({"cut": "after"}),
        FaultKind::Slow(over) => json!({"slow": written(over)}),
    }
}
