//! `/v1/customers`: people, as the workspace has them.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::segments::shown,
    call::{Call, Handler::Fallible},
    contract::{
        identifier::Identifier,
        shape::{Need::May, Shape},
    },
    route::Route,
    server::answer::{Refusal, Reply},
};

pub(crate) const ROUTES: &[Route] =
    &[Route::app_read(Method::GET, "/v1/customers/{customer}/segments", Fallible(segments)).with_query(&ID_TYPE)];

const ID_TYPE: Shape = Shape::Object(&[("id_type", May, Shape::OneOf(&["id", "email", "phone", "cio_id"]))]);

fn segments(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let kind = call.query.get("id_type").and_then(Value::as_str).unwrap_or("id");
    let found = Identifier::of_kind(kind, &call.segments[0]).and_then(|person| call.state.people.find(&person));
    let person = found.and_then(|cio_id| call.state.people.get(&cio_id));
    let person = person.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "the person does not exist"))?;
    let name = |id: &u32| call.state.segments.get(id).map_or("", String::as_str);
    let segments: Vec<_> = person.segments.iter().map(|id| shown(*id, name(id))).collect();
    Ok(Reply::json(json!({ "segments": segments })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{accept, call, emulator};

    #[test]
    fn the_segments_of_a_person_are_found_by_any_identifier() {
        let emulator = emulator();
        emulator.create_segment(7);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({"email": "ada+1@example.com"}));
        accept(&emulator, "POST /api/v1/segments/7/add_customers", &json!({"ids": ["1"]}));
        let cio_id = emulator.person("1").unwrap().cio_id;
        for path in
            ["1/segments", "ada%2B1%40example.com/segments?id_type=email", &format!("{cio_id}/segments?id_type=cio_id")]
        {
            let (_, found) = call(&emulator, &format!("GET /v1/customers/{path}"), &Value::Null);
            assert_eq!(found["segments"][0]["id"], 7, "{path}");
        }
        assert_eq!(call(&emulator, "GET /v1/customers/2/segments", &Value::Null).0, 404);
    }
}
