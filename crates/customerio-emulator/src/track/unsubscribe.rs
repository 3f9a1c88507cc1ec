//! `POST /unsubscribe/{delivery}`: a person wants no more messages, as a page of an application says, or as a mail program says
//! with one click (RFC 8058).

use customerio_core::DeliveryId;
use http::Method;
use serde_json::Value;

use crate::{
    call::{Call, Handler::Fallible},
    contract::shape::{
        Need::{May, Must},
        Shape,
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{
        kept::Key,
        record::{Outcome, Unsubscribe},
    },
    webhooks::plan::report_now,
};

pub(crate) const ROUTE: Route =
    Route::track(Method::POST, "/unsubscribe/{delivery}", Fallible(unsubscribe)).with_body(&BODY).or_form(&FORM).open();

const BODY: Shape = Shape::Object(&[("unsubscribe", May, Shape::Boolean)]);

/// The header of a message that says what a mail program sends to the address in its `List-Unsubscribe`.
#[cfg(feature = "control")]
pub(crate) const POST_HEADER: (&str, &str) = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");

/// What a mail program sends.
const FORM: Shape = Shape::Object(&[(LIST_UNSUBSCRIBE, Must, Shape::OneOf(&["One-Click"]))]);

/// The field of the form, and the header of a message that has the address.
pub(crate) const LIST_UNSUBSCRIBE: &str = "List-Unsubscribe";

/// A delivery need not be one of the emulator's: campaigns and newsletters, which it has not, make deliveries too.
fn unsubscribe(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let delivery_id = call.segments[0].clone();
    let of_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    if delivery_id.len() > 200 || !delivery_id.bytes().all(of_base64) {
        return Err(Refusal::bad("the path does not name a delivery"));
    }
    let unsubscribe = call.body["unsubscribe"] == true || call.body.get(LIST_UNSUBSCRIBE).is_some();
    unsubscribe_by(call, delivery_id.into(), unsubscribe);
    Ok(Reply::empty())
}

/// Notes what was said of the messages by way of one of them. Where its person wants no more, it is reported, once for each
/// message.
pub(crate) fn unsubscribe_by(call: &mut Call<'_>, delivery_id: DeliveryId, unsubscribe: bool) {
    let message = call.state.messages.of(&Key::Delivery(delivery_id.clone())).next();
    let is_known =
        message.is_some_and(|message| message.outcomes.iter().any(|(_, known)| *known == Outcome::Unsubscribed));
    let person = message.and_then(|message| message.person.clone());
    if let (true, Some(cio_id)) = (unsubscribe, &person) {
        let now = call.now();
        call.state.people.set_attribute(cio_id, "unsubscribed", Value::Bool(true), now);
        if !is_known {
            // Whether anybody is told of it does not matter here.
            let _ = report_now(call.state, &delivery_id, &Outcome::Unsubscribed);
        }
    }
    call.state.unsubscribes.push(Unsubscribe { delivery_id, unsubscribe, person });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{accept, call, emulator, parts, refuse, request};

    #[test]
    fn the_person_of_the_message_is_unsubscribed() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({}));
        let email = json!({"to": "a@b", "transactional_message_id": 1, "identifiers": {"id": "42"}});
        let (_, sent) = call(&emulator, "POST /v1/send/email", &email);
        let line = format!("POST /unsubscribe/{}", sent["delivery_id"].as_str().unwrap());
        for (body, unsubscribed) in
            [(json!({}), false), (json!({"unsubscribe": false}), false), (json!({"unsubscribe": true}), true)]
        {
            let mut request = request(&line, &body);
            request.headers_mut().remove("authorization");
            assert_eq!(parts(&emulator.handle(&request)), (200, json!({})));
            assert_eq!(emulator.person("42").unwrap().unsubscribed(), unsubscribed, "{body}");
        }
        assert_eq!(emulator.unsubscribes().len(), 3);
        assert_eq!(emulator.unsubscribes()[2].person, Some(emulator.person("42").unwrap().cio_id));
        // Deliveries of campaigns are not the emulator's to know.
        accept(&emulator, "POST /unsubscribe/RPILAgUBcRhIBqSfeiIwdIYJKxTY", &json!({"unsubscribe": true}));
    }

    /// A mail program sends one field as a form, and follows no link.
    #[test]
    fn one_click_unsubscribes_as_the_link_does() {
        const FORM: &str = "application/x-www-form-urlencoded";
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"email": "ada@example.com"}));
        emulator.report_to("http://example.com/hook").unwrap();
        let email = json!({"to": "ada@example.com", "transactional_message_id": 1, "identifiers": {"id": "42"}});
        let (_, sent) = call(&emulator, "POST /v1/send/email", &email);
        let path = format!("/unsubscribe/{}", sent["delivery_id"].as_str().unwrap());
        let post = |path: &str, media_type: &str, body: &'static str| {
            let request = http::Request::post(path).header("content-type", media_type).body(body.into()).unwrap();
            parts(&emulator.handle(&request))
        };
        for (body, reason) in [
            ("List-Unsubscribe=Two-Clicks", "List-Unsubscribe must be one of One-Click"),
            ("", "List-Unsubscribe is missing"),
            ("List-Unsubscribe=One-Click&a=b", "a is not a field of this call"),
            ("%ff", "the body is not a form of different fields"),
        ] {
            assert_eq!(post(&path, FORM, body), (400, json!({"meta": {"errors": [reason]}})), "{body}");
        }
        // No other route takes a form, which a page of any site can send.
        for path in ["/api/v1/metrics", "/api/v1/forms/a/submit"] {
            assert_ne!(post(path, FORM, "List-Unsubscribe=One-Click").0, 200, "{path}");
        }
        assert!(!emulator.person("42").unwrap().unsubscribed());
        let multipart =
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for (media_type, body) in [(FORM, "List-Unsubscribe=One-Click"), ("multipart/form-data; boundary=b", multipart)]
        {
            assert_eq!(post(&path, media_type, body), (200, json!({})));
            assert!(emulator.person("42").unwrap().unsubscribed());
            assert_eq!(emulator.webhooks().len(), 1, "it is reported once");
        }
        let reported: Value = serde_json::from_slice(emulator.next_webhook().unwrap().request().body()).unwrap();
        assert_eq!(
            (&reported["metric"], &reported["data"]["delivery_id"]),
            (&json!("unsubscribed"), &sent["delivery_id"])
        );
        assert_eq!((emulator.unsubscribes().len(), emulator.unsubscribes()[0].unsubscribe), (2, true));
    }

    #[test]
    fn what_the_contract_does_not_allow_is_refused() {
        let emulator = emulator();
        for (line, body, reason) in [
            ("POST /unsubscribe/a%20b", json!({"unsubscribe": true}), "the path does not name a delivery"),
            ("POST /unsubscribe/RPIL", Value::Null, "the content-type must be application/json"),
            ("POST /unsubscribe/RPIL", json!({"unsubscribe": "true"}), "unsubscribe must be true or false"),
            ("POST /unsubscribe/RPIL", json!({"reason": "x"}), "reason is not a field of this call"),
        ] {
            refuse(&emulator, line, &body, reason);
        }
        assert_eq!(emulator.unsubscribes(), []);
    }
}
