//! The Pipelines API: `POST /v1/identify`, `track`, `page`, `screen`, `group`, `alias` and `batch`.
//!
//! In strict mode what is not valid is refused. In lax mode everything is answered with a 200, and what is not valid is
//! dropped and counted.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    call::Call,
    contract::{
        date,
        fault::{At, Faults},
        json,
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    server::answer::{Refusal, Reply},
    track::v2::chosen,
};

mod calls;
mod semantic;
#[cfg(test)]
mod tests;

/// Most bytes of a call, alone or in a batch. The vendor writes "32KB"; this is the larger reading of it.
pub(crate) const MOST_CALL: usize = 32 * 1024;

/// Most bytes of a batch. The vendor writes "500KB"; this is the larger reading of it.
pub(crate) const MOST_BATCH: usize = 500 * 1024;

/// The shape of a call depends on its type, and of a track on its event too.
pub(crate) const CALL: Shape = Shape::Any;

/// Calls are checked one by one.
pub(crate) const BATCH: Shape =
    Shape::Object(&[("batch", Must, Shape::List(&Shape::Any, 0, usize::MAX)), CONTEXT, INTEGRATIONS]);

/// A kind of call.
struct Kind {
    name: &'static str,
    shape: Shape,
    apply: fn(&mut Call<'_>) -> Result<(), Refusal>,
}

const fn kind(name: &'static str, shape: Shape, apply: fn(&mut Call<'_>) -> Result<(), Refusal>) -> Kind {
    Kind { name, shape, apply }
}

static KINDS: &[Kind] = &[
    kind("identify", calls::IDENTIFY, calls::identify),
    kind("track", calls::TRACK, calls::track),
    kind("page", calls::PAGE, calls::page),
    kind("screen", calls::SCREEN, calls::screen),
    kind("group", calls::GROUP, calls::group),
    ALIAS,
];

/// The one kind that a batch does not take.
const ALIAS: Kind = kind("alias", calls::ALIAS, calls::alias);

/// What every call may have beside what its kind has.
const COMMON: &[Field] = &[
    ("type", May, Shape::Any),
    ("messageId", May, Shape::Filled),
    ("receivedAt", May, DATE_TIME),
    ("sentAt", May, DATE_TIME),
    ("originalTimestamp", May, DATE_TIME),
    ("timestamp", May, DATE_TIME),
    ("version", May, Shape::Number),
    INTEGRATIONS,
];

const INTEGRATIONS: Field = ("integrations", May, Shape::Open(&[], &Shape::Boolean));

const DATE_TIME: Shape = Shape::Rule("an ISO 8601 date and time, such as 2026-08-01T12:00:00Z", date::is_date_time);

const CONTEXT: Field = (
    "context",
    May,
    Shape::Open(
        &[
            ("active", May, Shape::Boolean),
            ("ip", May, Shape::Text),
            ("locale", May, Shape::Text),
            ("userAgent", May, Shape::Text),
            ("channel", May, Shape::OneOf(&["browser", "server", "mobile"])),
            ("campaign", May, Shape::Open(&[], &Shape::Text)),
            ("page", May, TEXTS),
            ("app", May, TEXTS),
            ("device", May, DEVICE),
            ("network", May, Shape::Open(&[], &Shape::Any)),
            ("os", May, TEXTS),
        ],
        &Shape::Any,
    ),
);

const TEXTS: Shape = Shape::Open(&[("name", May, Shape::Text), ("version", May, Shape::Text)], &Shape::Any);

const DEVICE: Shape =
    Shape::Open(&[("id", May, Shape::Text), ("token", May, Shape::Filled), ("type", May, DEVICE_TYPE)], &Shape::Any);

const DEVICE_TYPE: Shape = Shape::OneOf(&["ios", "android"]);

pub(crate) fn identify(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    alone(call, "identify")
}

pub(crate) fn track(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    alone(call, "track")
}

pub(crate) fn page(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    alone(call, "page")
}

pub(crate) fn screen(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    alone(call, "screen")
}

pub(crate) fn group(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    alone(call, "group")
}

pub(crate) fn alias(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    alone(call, "alias")
}

/// A call by the route of its kind, which it need not name.
fn alone(call: &mut Call<'_>, name: &'static str) -> Result<Reply, Refusal> {
    let (root, mut faults) = (At::root("the body"), Faults::default());
    if call.body.get("type").is_some_and(|kind| *kind != name) {
        faults.add(root.key("type"), format_args!("must be {name}"));
    }
    check(name, &call.body, root, &mut faults);
    into_refusal(faults)?;
    apply(call, name)?;
    Ok(Reply::empty())
}

/// In strict mode all are checked before any is applied. What a call makes impossible only together with what is there
/// already, such as too many attributes of one person, is found when the call is applied: it is dropped then.
pub(crate) fn batch(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut body = call.take_fields();
    let Some(Value::Array(batch)) = body.remove("batch") else { return Ok(Reply::empty()) };
    let (mut good, share) = (Vec::with_capacity(batch.len()), call.share(batch.len()));
    for (index, mut item) in batch.into_iter().enumerate() {
        match check_item(&mut item, index, &body) {
            Ok(name) => good.push((name, item)),
            Err(refusal) if call.strict => return Err(refusal),
            Err(_) => call.state.dropped += 1,
        }
    }
    for (name, item) in good {
        match apply(&mut call.part(item, share), name) {
            Err(refusal) if refusal.status == StatusCode::BAD_REQUEST => call.state.dropped += 1,
            outcome => outcome?,
        }
    }
    Ok(Reply::empty())
}

/// Checks a call of a batch, and gives it what stands beside the batch. Gives back the name of its kind.
fn check_item(item: &mut Value, index: usize, shared: &Map<String, Value>) -> Result<&'static str, Refusal> {
    let root = At::root("the body");
    let (list, mut faults) = (root.key("batch"), Faults::default());
    let (at, mut known) = (list.index(index), None);
    if let Some(bytes) = json::excess(item, MOST_CALL) {
        faults.add(at, format_args!("has {bytes} bytes; the most is {MOST_CALL}"));
    } else if let Some(fields) = item.as_object_mut() {
        for (name, value) in shared {
            if fields.insert(name.clone(), value.clone()).is_some() {
                faults.add(at.key(name), "stands beside the batch, and applies to all of it");
            }
        }
        for name in ["context", "integrations"].iter().filter(|name| !shared.contains_key(**name)) {
            if fields.contains_key(*name) {
                faults.add(at.key(name), "stands beside the batch, and applies to all of it");
            }
        }
        let names = KINDS.iter().map(|kind| kind.name).filter(|name| *name != ALIAS.name);
        known = chosen(fields, "type", names, at, &mut faults);
        if let Some(name) = known {
            check(name, item, at, &mut faults);
        }
    } else {
        faults.add(at, "must be an object");
    }
    into_refusal(faults)?;
    known.ok_or_else(|| Refusal::bad("the call has no type"))
}

/// Compares a call with the shape of its kind.
fn check(name: &str, value: &Value, at: At<'_>, faults: &mut Faults) {
    let shape = semantic::of(name, value).map(|event| &event.shape);
    let of_kind = || KINDS.iter().find(|kind| kind.name == name).map(|kind| &kind.shape);
    if let Some(shape) = shape.or_else(of_kind) {
        shape.check(value, at, faults);
    }
}

/// Does what a call says that is well formed, unless it has been done.
fn apply(call: &mut Call<'_>, name: &str) -> Result<(), Refusal> {
    let id = call.body["messageId"].as_str().map(str::to_owned);
    if id.as_deref().is_some_and(|id| call.state.message_ids.contains(id)) {
        return Ok(());
    }
    let event = semantic::of(name, &call.body).map(|event| event.apply);
    let of_kind = || KINDS.iter().find(|kind| kind.name == name).map(|kind| kind.apply);
    if let Some(apply) = event.or_else(of_kind) {
        apply(call)?;
    }
    // A call that was refused was not done, and can come again.
    if let Some(id) = id {
        call.state.message_ids.note(&id);
    }
    Ok(())
}

fn into_refusal(faults: Faults) -> Result<(), Refusal> {
    faults.into_result().map_err(|faults| Refusal::faults(StatusCode::BAD_REQUEST, faults))
}

/// When a call took place: as it says, or now.
fn timestamp(call: &Call<'_>) -> i64 {
    call.body["timestamp"].as_str().and_then(date::seconds).unwrap_or(call.now())
}

/// A field of the body that is a string and not blank.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}
