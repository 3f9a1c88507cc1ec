//! `POST /v1/batch`: many calls in one request.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        choice::chosen,
        deviation::Deviations,
        fault::{At, Faults},
        json,
        mode::Contract,
        shape::{Need::Must, Shape, undocumented},
    },
    pipelines::{
        alias,
        common::{CONTEXT, DATE_TIME, INTEGRATIONS},
        group, identify,
        kind::{Kind, MOST_CALL},
        page, screen, track,
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{capacity::MOST_BYTES, memory},
};

pub(crate) const ROUTE: Route = Route::pipelines("/v1/batch", &BODY, MOST_BATCH, Fallible(batch));

/// Most bytes of a batch. The vendor writes "500KB"; this is the larger reading of it.
const MOST_BATCH: usize = 500 * 1024;

/// Calls are checked one by one.
const BODY: Shape = Shape::Object(&[
    ("batch", Must, Shape::List(&Shape::Any, 0, usize::MAX)),
    CONTEXT,
    INTEGRATIONS,
    undocumented("sentAt", &DATE_TIME),
]);

/// What a batch takes, as the contract has it.
static KINDS: [&Kind; 5] = [&identify::KIND, &track::KIND, &page::KIND, &screen::KIND, &group::KIND];

/// What stands beside the batch for all of it. Clients give each call its own instead, which counts then.
const SHARED: [&str; 2] = ["context", "integrations"];

/// In strict mode all are checked before any is applied. What a call makes impossible only together with what is there
/// already, such as too many attributes of one person, is found when the call is applied: it is dropped then.
fn batch(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let mut body = call.take_fields();
    let Some(Value::Array(batch)) = body.remove("batch") else { return Ok(Reply::empty()) };
    // Each call is given what stands beside the batch.
    if batch.len().saturating_mul(memory::map(&body)) > MOST_BYTES {
        let text =
            format!("the batch takes more than {MOST_BYTES} bytes of memory, with what stands beside it in each call");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    let mut good = Vec::with_capacity(batch.len());
    for (index, mut item) in batch.into_iter().enumerate() {
        match check_item(&mut item, index, &body, call.config.contract, call.deviations) {
            Ok(kind) => good.push((index, kind, item)),
            Err(refusal) if call.strict => return Err(refusal),
            // What was checked is the body, so the faults say already which call they are of.
            Err(refusal) => call.deviations.drop_silently("", refusal.faults),
        }
    }
    for (index, kind, item) in good {
        match kind.apply(&mut call.part(item)) {
            Err(refusal) if refusal.status == StatusCode::BAD_REQUEST => {
                call.deviations.drop_silently(format_args!("/batch/{index}"), refusal.faults);
            }
            outcome => outcome?,
        }
    }
    Ok(Reply::empty())
}

/// Checks a call of a batch, and gives it what stands beside the batch. Gives back its kind.
fn check_item(
    item: &mut Value,
    index: usize,
    shared: &Map<String, Value>,
    contract: Contract,
    deviations: &mut Deviations,
) -> Result<&'static Kind, Refusal> {
    let root = At::root("the body");
    let (list, mut faults) = (root.key("batch"), Faults::default());
    let (at, mut known) = (list.index(index), None);
    if let Some(bytes) = json::excess(item, MOST_CALL) {
        faults.add(at, format_args!("has {bytes} bytes; the most is {MOST_CALL}"));
    } else if let Some(fields) = item.as_object_mut() {
        for name in SHARED {
            if fields.contains_key(name) {
                faults.take(at.key(name), "stands beside the batch, and applies to all of it");
            } else if let Some(value) = shared.get(name) {
                fields.insert(name.to_owned(), value.clone());
            }
        }
        known = kind(fields, at, &mut faults);
        if let Some(kind) = known {
            kind.check(item, at, &mut faults);
        }
    } else {
        faults.add(at, "must be an object");
    }
    let found = faults.into_result(contract).map_err(|faults| Refusal::faults(StatusCode::BAD_REQUEST, faults));
    deviations.note("", found?);
    known.ok_or_else(|| Refusal::bad("the call has no type"))
}

/// The kind of a call. An alias is none that the contract has in a batch, and is taken.
fn kind(fields: &Map<String, Value>, at: At<'_>, faults: &mut Faults) -> Option<&'static Kind> {
    if fields.get("type").is_some_and(|name| name == alias::KIND.name) {
        faults.take(at.key("type"), "is not one of those that a batch has");
        return Some(&alias::KIND);
    }
    let name = chosen(fields, "type", KINDS.iter().map(|kind| kind.name), at, faults);
    KINDS.into_iter().find(|kind| Some(kind.name) == name)
}
