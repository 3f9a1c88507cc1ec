//! `/v1/imports`: imports of files. The emulator fetches none: an import goes through its states, one a second, and
//! ends as [`Emulator::set_import_result`](crate::Emulator::set_import_result) set it when the import was created.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::audience::URL,
    call::{Call, Handler::Fallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::library::{Import, ImportResult},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app("/v1/imports", &BODY, Fallible(create)),
    Route::app_read(Method::GET, "/v1/imports/{import}", Fallible(get)),
];

const BODY: Shape = Shape::Object(&[("import", Must, IMPORT)]);

const IMPORT: Shape = Shape::Also(
    &Shape::Object(&[
        ("name", Must, Shape::Filled),
        ("data_file_url", Must, URL),
        ("type", Must, Shape::OneOf(&["people", "event", "object", "relationship"])),
        ("identifier", May, Shape::OneOf(&["id", "email", "cio_id"])),
        ("object_type_id", May, Shape::Filled),
        ("data_to_process", May, Shape::OneOf(&["all", "only_new", "only_existing"])),
        ("description", May, Shape::Text),
    ]),
    |import| {
        let is_of_objects = import.get("type").is_some_and(|kind| kind == "object");
        match (is_of_objects, import.contains_key("identifier"), import.contains_key("object_type_id")) {
            (true, _, false) => Err("must have object_type_id"),
            (true, true, _) => Err("must not have identifier"),
            (false, false, _) => Err("must have identifier"),
            _ => Ok(()),
        }
    },
);

/// The states of an import, each of which lasts a second, up to the last.
const STATES: [&str; 5] = ["preprocessing", "preprocessed", "validating", "validated", "importing"];

fn shown(id: u64, import: &Import, now: i64) -> Value {
    let elapsed = usize::try_from(now.saturating_sub(import.created_at)).unwrap_or(0);
    let passed = elapsed.min(STATES.len());
    let (ended, rows, error) = match &import.result {
        ImportResult::Imported(rows) => ("imported", *rows, None),
        ImportResult::Failed(reason) => ("failed", 0, Some(reason)),
    };
    let state = STATES.get(passed).copied().unwrap_or(ended);
    let has_ended = passed == STATES.len();
    let mut shown = import.fields.clone();
    shown.remove("data_file_url");
    shown.insert("id".into(), id.into());
    shown.insert("state".into(), state.into());
    // How many there are is known when the file is read.
    shown.insert("rows_to_import".into(), if passed == 0 { 0 } else { rows }.into());
    shown.insert("rows_imported".into(), if has_ended { rows } else { 0 }.into());
    shown.insert("created_at".into(), import.created_at.into());
    shown.insert("updated_at".into(), import.created_at.saturating_add(passed.try_into().unwrap_or(0)).into());
    if let Some(reason) = error.filter(|_| has_ended) {
        shown.insert("error".into(), reason.as_str().into());
    }
    shown.into()
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let Value::Object(fields) = call.body["import"].take() else {
        return Err(Refusal::bad("import must be an object"));
    };
    let now = call.now();
    let import = Import { fields, created_at: now, result: call.state.import_result.clone() };
    let mut shown = shown(0, &import, now);
    shown["id"] = call.state.library.imports.add(import)?.into();
    Ok(Reply::json(json!({ "import": shown })))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let id = call.segments[0].parse::<u64>().ok();
    let import = id.and_then(|id| Some(shown(id, call.state.library.imports.get(&id)?, call.now())));
    let import = import.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the import does not exist"))?;
    Ok(Reply::json(json!({ "import": import })))
}
