//! `POST /v1/campaigns/{broadcast}/triggers`: sends a broadcast.

use customerio_core::{Quota, limits};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    app::audience,
    auto_create,
    call::{Call, Handler::Fallible},
    contract::{
        fault::{Fault, INVALID},
        shape::{Need::May, Shape},
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{capacity::MOST_TRIGGER, clock::seconds, record::Trigger, run::Run},
};

/// The route after whose requests there are messages to be made.
pub(crate) const PATTERN: &str = "/v1/campaigns/{broadcast}/triggers";

pub(crate) const ROUTE: Route = Route::app(PATTERN, &BODY, Fallible(trigger_broadcast))
    .with_unprocessable()
    .with_quota(Quota::Broadcast)
    .with_payload(limits::BROADCAST, MOST_TRIGGER);

const BODY: Shape = Shape::Also(
    &Shape::Object(&[
        // Clients write `null` for a broadcast without data.
        (
            "data",
            May,
            Shape::Taken(&Shape::Encoded(&Shape::Open(&[], &Shape::Any), limits::BROADCAST_DATA), &Shape::Null),
        ),
        ("email_add_duplicates", May, Shape::Boolean),
        ("email_ignore_missing", May, Shape::Boolean),
        ("id_ignore_missing", May, Shape::Boolean),
        ("recipients", May, audience::RECIPIENTS),
        ("emails", May, audience::EMAILS),
        ("ids", May, audience::IDS),
        ("per_user_data", May, audience::PER_USER_DATA),
        ("data_file_url", May, audience::URL),
    ]),
    audience::is_of_one_kind,
);

fn trigger_broadcast(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "the broadcast does not exist");
    let broadcast_id = call.segments[0].parse::<u64>().map_err(|_| unknown())?;
    auto_create::broadcast(call, broadcast_id)?;
    auto_create::segments_of_filter(call, "recipients")?;
    let now = call.since_epoch;
    let last = call.state.broadcasts.get(&broadcast_id).ok_or_else(unknown)?.triggered;
    // If it is further ahead than any wait, the clock was set back since.
    let last = last.filter(|last| last.saturating_sub(now) <= limits::BROADCAST_INTERVAL);
    let next = last.map(|last| last.saturating_add(limits::BROADCAST_INTERVAL));
    if let Some(wait) = next.and_then(|next| next.checked_sub(now)).filter(|wait| !wait.is_zero()) {
        return Err(too_soon(wait));
    }
    call.state.broadcasts.change(&broadcast_id, |broadcast| broadcast.triggered = Some(now));
    call.state.last_trigger += 1;
    let id = call.state.last_trigger;
    let trigger = |body, errors: Vec<String>| Trigger {
        id,
        broadcast_id,
        triggered_at: seconds(now).into(),
        body,
        recipients: 0,
        deliveries: 0,
        processed_at: (!errors.is_empty()).then(|| seconds(now).into()),
        errors,
    };
    let missing = audience::missing(&call.body, call.state);
    if let Some((_, identifier)) = missing.first() {
        let text = format!("no person has the {identifier:.200}; see the errors of trigger {id}");
        let pointer = "/per_user_data".to_owned();
        let error = |(line, identifier): &(usize, _)| format!("line {line}: no person has the {identifier:.200}");
        let errors = missing.iter().map(error).collect();
        call.state.triggers.push(trigger(Value::Null, errors));
        return Err(Refusal::faults(StatusCode::UNPROCESSABLE_ENTITY, vec![Fault { text, pointer, reason: INVALID }]));
    }
    if call.body.get("data_file_url").is_some() {
        let text = "the emulator fetches no file, so nobody gets the broadcast".to_owned();
        call.deviations.note("", vec![Fault { text, pointer: "/data_file_url".into(), reason: INVALID }]);
    }
    let body = std::mem::replace(&mut call.body, Value::Null);
    let number = call.state.triggers.push(trigger(body, Vec::new()));
    if let Some(Trigger { body, .. }) = call.state.triggers.get(number) {
        let run = Run::of(call.state, number, id, broadcast_id, body, &call.origin, seconds(now));
        call.state.runs.push_back(run);
    }
    Ok(Reply::json(json!({"id": id})))
}

/// The 429 of the App API. The wait is in whole seconds and at least one.
fn too_soon(wait: std::time::Duration) -> Refusal {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "a broadcast can be triggered once in 10 seconds")
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        Emulator,
        testing::{NOW, accept, call, emulator, request},
    };

    const TRIGGER: &str = "POST /v1/campaigns/12/triggers";

    fn with_broadcast() -> Emulator {
        let emulator = emulator();
        emulator.create_broadcast(12);
        emulator
    }

    #[test]
    fn every_kind_of_audience_is_kept() {
        let emulator = with_broadcast();
        accept(&emulator, "PUT /api/v1/customers/1", &json!({"email": "ada@example.com"}));
        let attribute = json!({"attribute": {"field": "plan", "operator": "eq", "value": "pro"}});
        let filter = json!({"and": [{"segment": {"id": 3}}, {"or": [attribute, {"not": {"segment": {"id": 4}}}]}]});
        let bodies = [
            json!({}),
            json!({"data": null, "recipients": {}}),
            json!({"data": {"a": 1}, "recipients": filter}),
            json!({"ids": ["1"], "id_ignore_missing": false}),
            json!({"emails": ["ADA@example.com"], "email_add_duplicates": true}),
            json!({"per_user_data": [{"id": "1", "data": {"a": 1}}, {"email": "ada@example.com"}]}),
            json!({"data_file_url": "https://example.com/people.jsonl"}),
            json!({"ids": ["1", "nobody"], "id_ignore_missing": true}),
            json!({"emails": ["nobody@example.com"], "email_ignore_missing": true}),
        ];
        for (number, body) in (1..).zip(&bodies) {
            assert_eq!(call(&emulator, TRIGGER, body), (200, json!({"id": number})), "{body}");
            emulator.advance(limits::BROADCAST_INTERVAL);
        }
        assert_eq!(emulator.triggers().into_iter().map(|trigger| trigger.body).collect::<Vec<_>>(), bodies);
        assert_eq!(
            (emulator.triggers()[1].broadcast_id, emulator.triggers()[1].triggered_at.unix_seconds()),
            (12, NOW + 10)
        );
    }

    #[test]
    fn what_the_contract_does_not_allow_is_a_422_that_points_at_it() {
        let emulator = with_broadcast();
        let leaf = |leaf: Value| json!({"recipients": {"and": [{"not": leaf}]}});
        let kinds = "must be an object of exactly one of and, or, not, segment, attribute";
        let place = "recipients.and[0].not";
        let inside = "/recipients/and/0/not";
        for (body, reason, pointer) in [
            (
                json!({"ids": [], "emails": []}),
                "the body must have at most one of recipients, emails, ids, per_user_data, data_file_url".to_owned(),
                String::new(),
            ),
            (json!({"data": []}), "data must be an object".into(), "/data".into()),
            (
                json!({"data": {"a": "x".repeat(49_993)}}),
                "data has 50001 bytes; the most is 50000".into(),
                "/data".into(),
            ),
            (
                json!({"id_ignore_missing": 1}),
                "id_ignore_missing must be true or false".into(),
                "/id_ignore_missing".into(),
            ),
            (json!({"people": []}), "people is not a field of this call".into(), "/people".into()),
            (json!({"ids": [1]}), "ids[0] must be a string".into(), "/ids/0".into()),
            (json!({"ids": vec!["1"; 10_001]}), "ids has 10001 entries; the most is 10000".into(), "/ids".into()),
            (json!({"emails": ["ada"]}), "emails[0] must be an e-mail address".into(), "/emails/0".into()),
            (
                json!({"per_user_data": [{"data": {}}]}),
                "per_user_data[0] must have exactly one of id and email".into(),
                "/per_user_data/0".into(),
            ),
            (
                json!({"data_file_url": "people.jsonl"}),
                "data_file_url must be an http or https URL".into(),
                "/data_file_url".into(),
            ),
            (
                json!({"recipients": {"segment": {"id": 1}, "ids": []}}),
                format!("recipients {kinds}"),
                "/recipients".into(),
            ),
            (
                json!({"recipients": {"segment": {"id": -1}}}),
                "recipients.segment.id must not be negative".into(),
                "/recipients/segment/id".into(),
            ),
            (
                json!({"recipients": {"and": []}}),
                "recipients.and has 0 entries; the least is 1, there is no most".into(),
                "/recipients/and".into(),
            ),
            (leaf(json!({"segment": {"id": 1}, "not": {}})), format!("{place} {kinds}"), inside.into()),
            (
                leaf(json!({"segment": {"id": "1"}})),
                format!("{place}.segment.id must be an integer"),
                format!("{inside}/segment/id"),
            ),
            (
                leaf(json!({"attribute": {"field": "a", "operator": "gt"}})),
                format!("{place}.attribute.operator must be one of eq, exists"),
                format!("{inside}/attribute/operator"),
            ),
            (
                leaf(json!({"attribute": {"field": "a", "operator": "eq"}})),
                format!("{place}.attribute must have value to compare with"),
                format!("{inside}/attribute"),
            ),
        ] {
            let error =
                json!({"status": "422", "detail": reason, "source": {"pointer": format!("/data/attributes{pointer}")}});
            assert_eq!(call(&emulator, TRIGGER, &body), (422, json!({"errors": [error]})), "{reason}");
        }
        // None of them was a trigger.
        assert_eq!(call(&emulator, TRIGGER, &json!({})), (200, json!({"id": 1})));
    }

    #[test]
    fn a_person_who_does_not_exist_fails_the_trigger() {
        let emulator = with_broadcast();
        for (body, name) in [
            (json!({"ids": ["7"]}), "id 7"),
            (json!({"emails": ["a@b"], "id_ignore_missing": true}), "email a@b"),
            (json!({"per_user_data": [{"id": "8"}], "email_ignore_missing": true}), "id 8"),
        ] {
            let (status, response) = call(&emulator, TRIGGER, &body);
            assert_eq!((status, &response["errors"][0]["status"]), (422, &json!("422")));
            let detail = response["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.starts_with(&format!("no person has the {name}; see the errors of trigger ")), "{detail}");
            assert_eq!(response["errors"][0]["source"]["pointer"], "/data/attributes/per_user_data");
            emulator.advance(limits::BROADCAST_INTERVAL);
        }
        assert!(emulator.triggers().iter().all(|trigger| trigger.body.is_null() && !trigger.errors.is_empty()));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_broadcast_rest_until_then() {
        let emulator = with_broadcast();
        let at = |since_epoch| emulator.handle_at(&request(TRIGGER, &json!({})), since_epoch).status().as_u16();
        for end in [Duration::MAX, Duration::from_secs(1_700_000_000)] {
            assert_eq!((at(end), at(Duration::ZERO)), (200, 200), "{end:?}");
            assert_eq!(at(Duration::from_secs(1)), 429);
        }
    }

    #[test]
    fn a_broadcast_rests_for_ten_seconds() {
        let emulator = with_broadcast();
        emulator.create_broadcast(13);
        let at = |line: &str, milliseconds: u64| {
            let response =
                emulator.handle_at(&request(line, &json!({})), Duration::from_millis(1_000_000 + milliseconds));
            let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
            (response.status().as_u16(), wait)
        };
        assert_eq!(at(TRIGGER, 0), (200, None));
        assert_eq!(at(TRIGGER, 0), (429, Some("10".into())));
        assert_eq!(at(TRIGGER, 1), (429, Some("10".into())));
        assert_eq!(at("POST /v1/campaigns/13/triggers", 1), (200, None));
        assert_eq!(at(TRIGGER, 9_999), (429, Some("1".into())));
        assert_eq!(at(TRIGGER, 10_000), (200, None));

        let (_, response) = call(&with_broadcast(), TRIGGER, &json!({}));
        assert_eq!(response, json!({"id": 1}));
        let response = emulator.handle_at(&request(TRIGGER, &json!({})), Duration::from_millis(1_010_500));
        let detail = "a broadcast can be triggered once in 10 seconds";
        let expected = json!({"errors": [{"status": "429", "detail": detail}]});
        assert_eq!(serde_json::from_slice::<Value>(response.body()).unwrap(), expected);
    }

    #[test]
    fn a_broadcast_that_does_not_exist_is_a_404() {
        let emulator = with_broadcast();
        for line in ["POST /v1/campaigns/13/triggers", "POST /v1/campaigns/welcome/triggers"] {
            let error = json!({"status": "404", "detail": "the broadcast does not exist"});
            assert_eq!(call(&emulator, line, &json!({})), (404, json!({"errors": [error]})));
        }
    }
}
