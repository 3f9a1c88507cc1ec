//! The people whom a call puts into a manual segment or takes out of it.

use customerio_core::limits;

use crate::{
    auto_create,
    call::Call,
    contract::{
        identifier::{ID_OR_NUMBER, Identifier, spelled},
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    server::reply::{Refusal, Reply},
    store::people::People,
};

pub(crate) const BODY: Shape = Shape::Object(&[("ids", Must, Shape::List(&MEMBER, 1, limits::SEGMENT_IDS))]);

/// Clients write ids that are numbers as such.
const MEMBER: Shape = Shape::Taken(&Shape::Filled, &Shape::Natural);

pub(crate) const QUERY: Shape = Shape::Object(&[("id_type", May, Shape::OneOf(&["id", "email", "cio_id"]))]);

/// Changes the segments of everyone who is named and known; the rest is ignored.
pub(crate) fn change(call: &mut Call<'_>, change: fn(&mut People, &str, u32)) -> Result<Reply, Refusal> {
    let named = call.segments[0].parse::<i32>().map(u32::try_from);
    if let Ok(Ok(segment)) = named {
        auto_create::segment(call, segment)?;
    }
    let segment = match named {
        Ok(Ok(segment)) if call.state.library.segments.get(&segment).is_some() => segment,
        Ok(_) => return Err(Refusal::bad(format!("segment {} does not exist", call.segments[0]))),
        Err(_) => return Err(Refusal::bad("the segment in the path must be an integer")),
    };
    let kind = call.query.get("id_type").and_then(|kind| kind.as_str()).unwrap_or("id");
    for value in call.body["ids"].as_array().into_iter().flatten() {
        if kind == "id" && !ID_OR_NUMBER.accepts(value) {
            return Err(Refusal::bad(format!("ids must have at most {} bytes each", limits::PERSON_ID)));
        }
        let identifier = spelled(value).and_then(|value| Identifier::of_kind(kind, &value));
        let known = identifier.and_then(|identifier| call.state.people.find(&identifier));
        if let Some(cio_id) = known {
            change(&mut call.state.people, &cio_id, segment);
        }
    }
    Ok(Reply::empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{accept, emulator, refuse};

    const ADD: &str = "POST /api/v1/segments/7/add_customers";

    #[test]
    fn people_are_added_and_removed_by_any_kind_of_identifier() {
        let emulator = emulator();
        emulator.create_segment(7);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({"email": "ada+1@example.com"}));
        let cio_id = emulator.person("1").unwrap().cio_id;
        let member = || emulator.person("1").unwrap().segments.contains(&7);
        for (query, id) in
            [("", "1"), ("?id_type=id", "1"), ("?id_type=email", "ada+1@example.com"), ("?id_type=cio_id", &cio_id)]
        {
            // Those who do not exist are ignored.
            accept(&emulator, &format!("{ADD}{query}"), &json!({"ids": ["nobody", id]}));
            assert!(member(), "{query}");
            let remove = format!("POST /api/v1/segments/7/remove_customers{query}");
            accept(&emulator, &remove, &json!({"ids": [id]}));
            assert!(!member(), "{query}");
        }
        assert_eq!(emulator.people().len(), 1);
    }

    #[test]
    fn ids_may_be_numbers() {
        let emulator = emulator();
        emulator.create_segment(7);
        accept(&emulator, "PUT /api/v1/customers/1", &json!({}));
        accept(&emulator, ADD, &json!({"ids": [1]}));
        assert!(emulator.person("1").unwrap().segments.contains(&7));
        assert_eq!(emulator.request_log()[1].deviations[0].to_string(), "/ids/0: ids[0] must be a string");
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        emulator.create_segment(7);
        let many = vec!["1"; 1_001];
        for (line, body, reason) in [
            (ADD, json!({}), "ids is missing"),
            (ADD, json!({"ids": []}), "ids has 0 entries; the least is 1, the most is 1000"),
            (ADD, json!({"ids": many}), "ids has 1001 entries; the least is 1, the most is 1000"),
            (ADD, json!({"ids": ["1", -2]}), "ids[1] must be a string"),
            (ADD, json!({"ids": ["x".repeat(151)]}), "ids must have at most 150 bytes each"),
            (ADD, json!({"ids": ["1"], "id_type": "id"}), "id_type is not a field of this call"),
            ("POST /api/v1/segments/8/add_customers", json!({"ids": ["1"]}), "segment 8 does not exist"),
            ("POST /api/v1/segments/-1/remove_customers", json!({"ids": ["1"]}), "segment -1 does not exist"),
            (
                "POST /api/v1/segments/x/remove_customers",
                json!({"ids": ["1"]}),
                "the segment in the path must be an integer",
            ),
            (
                "POST /api/v1/segments/7/add_customers?id_type=phone",
                json!({"ids": ["1"]}),
                "id_type must be one of id, email, cio_id",
            ),
            (
                "POST /api/v1/segments/7/add_customers?kind=id",
                json!({"ids": ["1"]}),
                "kind is not a field of this call",
            ),
            (
                "POST /api/v1/segments/7/add_customers?id_type=id&id_type=id",
                json!({"ids": ["1"]}),
                "the query has id_type twice",
            ),
        ] {
            refuse(&emulator, line, &body, reason);
        }
        accept(&emulator, ADD, &json!({"ids": vec!["1"; 1_000]}));
    }
}
