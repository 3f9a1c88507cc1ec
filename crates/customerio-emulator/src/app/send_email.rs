//! `POST /v1/send/email`: an e-mail, which has recipients, headers and attachments beyond the other channels.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use customerio_core::limits;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    app::message::{
        self, AUTO_CREATE, DISABLE_MESSAGE_RETENTION, LANGUAGE, MESSAGE_DATA, QUEUE_DRAFT, SEND_AT,
        SEND_TO_UNSUBSCRIBED, TEMPLATE_ID, TRACKED,
    },
    call::{Call, Handler::Fallible},
    contract::{
        identifier::IDENTIFIERS,
        json,
        mailbox::{MAILBOXES, MAILBOXES_OR_NONE, mailboxes},
        shape::{
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{capacity::MOST_BYTES, record::Channel},
};

pub(crate) const ROUTE: Route = Route::send("/v1/send/email", &BODY, Fallible(send_email));

const BODY: Shape = Shape::Also(
    &Shape::Object(&[
        ("to", Must, MAILBOXES),
        // Clients write `null` for a message about nobody.
        ("identifiers", May, Shape::Taken(&IDENTIFIERS, &Shape::Null)),
        ("transactional_message_id", May, TEMPLATE_ID),
        ("subject", May, Shape::Text),
        ("from", May, Shape::Text),
        ("body", May, Shape::Text),
        ("body_plain", May, Shape::Text),
        ("body_amp", May, Shape::Text),
        ("preheader", May, Shape::Text),
        ("reply_to", May, Shape::Text),
        ("cc", May, MAILBOXES_OR_NONE),
        ("bcc", May, MAILBOXES_OR_NONE),
        ("fake_bcc", May, Shape::Boolean),
        ("headers", May, HEADERS),
        ("attachments", May, Shape::Open(&[], &Shape::Text)),
        MESSAGE_DATA,
        TRACKED,
        ("disable_css_preprocessing", May, Shape::Boolean),
        DISABLE_MESSAGE_RETENTION,
        SEND_TO_UNSUBSCRIBED,
        QUEUE_DRAFT,
        SEND_AT,
        LANGUAGE,
        AUTO_CREATE,
    ]),
    |message| {
        let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default();
        let own = ["from", "subject", "body"].iter().all(|name| !text(name).trim().is_empty());
        if own || message.contains_key("transactional_message_id") {
            Ok(())
        } else {
            Err("must have transactional_message_id, or from, subject and body")
        }
    },
);

/// The contract says a string of JSON, the vendor's example shows an object: both are taken.
const HEADERS: Shape = Shape::Either(
    "an object of strings, or a JSON string of an array of {name, value}, in ASCII",
    &[Shape::Also(&Shape::Open(&[], &Shape::Text), are_headers), Shape::Rule("a list of headers", is_list_of_headers)],
);

fn are_headers(headers: &Map<String, Value>) -> Result<(), &'static str> {
    let good = headers.iter().all(|(name, value)| is_header(name, value.as_str().unwrap_or_default()));
    if good { Ok(()) } else { Err("must be in ASCII") }
}

fn is_list_of_headers(text: &str) -> bool {
    const LIST: Shape =
        Shape::List(&Shape::Object(&[("name", Must, Shape::Text), ("value", Must, Shape::Text)]), 0, usize::MAX);
    let Ok(list) = json::read(text.as_bytes(), MOST_BYTES) else { return false };
    let text = |header: &Value, field: &str| header[field].as_str().unwrap_or_default().to_owned();
    let mut headers = list.as_array().into_iter().flatten();
    LIST.accepts(&list) && headers.all(|header| is_header(&text(header, "name"), &text(header, "value")))
}

fn is_header(name: &str, value: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
        && value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

fn send_email(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let encoded = check_attachments(&call.body["attachments"])?;
    message::check(call, Channel::Email, encoded)?;
    let fields = ["to", "cc", "bcc"];
    let count =
        fields.iter().filter_map(|name| call.body[*name].as_str()).map(|list| mailboxes(list).count()).sum::<usize>();
    if count > limits::EMAIL_RECIPIENTS {
        let most = limits::EMAIL_RECIPIENTS;
        return Err(Refusal::bad(format!("to, cc and bcc have {count} recipients; the most is {most}")));
    }
    Ok(message::keep(call, Channel::Email))
}

/// Types of files that are programs. The contract says that some types are forbidden and not which: these are those that
/// mail services refuse in common.
const FORBIDDEN: [&str; 27] = [
    "ade", "adp", "bat", "chm", "cmd", "com", "cpl", "exe", "hta", "ins", "isp", "jse", "lib", "mde", "msc", "msp",
    "mst", "pif", "scr", "sct", "shb", "sys", "vb", "vbe", "vbs", "vxd", "wsh",
];

/// How many bytes of the body are attachments, all of which are base64, no programs, and together not too large.
fn check_attachments(attachments: &Value) -> Result<usize, Refusal> {
    let (mut encoded, mut decoded) = (0, 0);
    for (name, content) in attachments.as_object().into_iter().flatten() {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        if let Some(extension) = extension.filter(|extension| FORBIDDEN.contains(&extension.as_str())) {
            let text = format!("forbidden file type {extension} for attachment {name:.200}");
            return Err(Refusal::new(StatusCode::FORBIDDEN, text));
        }
        let content = content.as_str().unwrap_or_default();
        let bytes = STANDARD.decode(content);
        let bytes = bytes.map_err(|_| Refusal::bad(format!("attachments.{name:.200} must be base64")))?;
        encoded += content.len();
        decoded += bytes.len();
    }
    if decoded > limits::ATTACHMENTS {
        let text = format!("the attachments have {decoded} bytes; the most is {}", limits::ATTACHMENTS);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    Ok(encoded)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{call, emulator};

    fn send(more: &Value) -> (u16, Value) {
        let mut message = json!({"to": "ada@example.com", "transactional_message_id": 1});
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call(&emulator(), "POST /v1/send/email", &message)
    }

    #[test]
    fn a_message_has_a_template_or_its_own_text() {
        let emulator = emulator();
        let send = |body: &Value| call(&emulator, "POST /v1/send/email", body);
        assert_eq!(send(&json!({"to": "a@b", "from": "c@d", "subject": "Hi", "body": "Ho"})).0, 200);
        let reason = "the body must have transactional_message_id, or from, subject and body";
        for body in [
            json!({"to": "a@b"}),
            json!({"to": "a@b", "subject": "Hi", "body": "Ho"}),
            json!({"to": "a@b", "from": "c@d", "body": "Ho"}),
            json!({"to": "a@b", "from": "c@d", "subject": "Hi"}),
            json!({"to": "a@b", "from": "", "subject": "Hi", "body": "Ho"}),
            json!({"to": "a@b", "from": "c@d", "subject": " ", "body": "Ho"}),
            json!({"to": "a@b", "from": "c@d", "subject": "Hi", "body": ""}),
        ] {
            assert_eq!(send(&body), (400, json!({"meta": {"error": reason}})), "{body}");
        }
        assert_eq!(send(&json!({"transactional_message_id": 1})), (400, json!({"meta": {"error": "to is missing"}})));
    }

    #[test]
    fn headers_are_an_object_or_a_string_of_a_list() {
        for (headers, status) in [
            (json!({"X-Mailer": "exim", "List-Unsubscribe": "<a>, <b>"}), 200),
            (json!(r#"[{"name":"X-Mailer","value":"exim"}]"#), 200),
            (json!("[]"), 200),
            (json!([{"name": "X-Mailer", "value": "exim"}]), 400),
            (json!({"X-Mailer": 1}), 400),
            (json!({"X Mailer": "exim"}), 400),
            (json!({"X-Mailer": "é"}), 400),
            (json!(r#"{"X-Mailer":"exim"}"#), 400),
            (json!(r#"[{"name":"X-Mailer"}]"#), 400),
            (json!(r#"[{"name":"X-Mailer","value":1}]"#), 400),
            (json!(r#"[{"name":"X-Mailer","value":"é"}]"#), 400),
            (json!("X-Mailer: exim"), 400),
        ] {
            assert_eq!(send(&json!({"headers": headers})).0, status, "{headers}");
        }
    }

    #[test]
    fn recipients_are_addresses_or_liquid() {
        let (to, cc) = ("to must be e-mail addresses, or Liquid", "cc must be e-mail addresses, or Liquid");
        for (more, reason) in [
            (json!({"to": "ada"}), to),
            (json!({"to": "a@b, ada"}), to),
            (json!({"to": " , "}), to),
            (json!({"to": 1}), to),
            (json!({"cc": "ada"}), cc),
        ] {
            assert_eq!(send(&more), (400, json!({"meta": {"error": reason}})), "{more}");
        }
        for more in [
            json!({"to": r#""Lovelace, Ada" <ada@example.com>, {{customer.email | default: "a@b, c@d"}}"#}),
            json!({"to": r#""Ada" <@x.org,@y.org:ada@example.com>"#, "cc": "", "from": r#""Shop" <shop@example.com>"#}),
        ] {
            assert_eq!(send(&more).0, 200, "{more}");
        }
    }

    #[test]
    fn recipients_are_counted_over_all_lists() {
        let liquid = json!({"to": format!("{{{{ \"{}\" }}}}", ",".repeat(20))});
        assert_eq!(send(&liquid).0, 200, "{liquid}");
        let list = |count: usize| vec!["a@b"; count].join(",");
        assert_eq!(send(&json!({"to": list(5), "cc": list(5), "bcc": list(5), "fake_bcc": true})).0, 200);
        let reason = "to, cc and bcc have 16 recipients; the most is 15";
        let many = json!({"to": list(5), "cc": list(5), "bcc": list(6)});
        assert_eq!(send(&many), (400, json!({"meta": {"error": reason}})));
    }

    #[test]
    fn attachments_are_base64_and_bounded_before_it() {
        let file = |bytes: usize| STANDARD.encode(vec![0; bytes]);
        let attach = |files: Value| send(&json!({"attachments": files}));
        assert_eq!(attach(json!({"a.pdf": file(1_999_999), "b.txt": file(1)})).0, 200);
        for (files, status, reason) in [
            (json!({"a.pdf": "not base64"}), 400, "attachments.a.pdf must be base64"),
            (json!({"a.pdf": "YQ"}), 400, "attachments.a.pdf must be base64"),
            (json!({"a.pdf": 1}), 400, "attachments.a.pdf must be a string"),
            (json!([]), 400, "attachments must be an object"),
            (json!({"x.exe": "eA=="}), 403, "forbidden file type exe for attachment x.exe"),
            (json!({"a.pdf": "eA==", "x.tar.BAT": "eA=="}), 403, "forbidden file type bat for attachment x.tar.BAT"),
            (
                json!({"a.pdf": file(2_000_000), "b.txt": file(1)}),
                413,
                "the attachments have 2000001 bytes; the most is 2000000",
            ),
        ] {
            assert_eq!(attach(files), (status, json!({"meta": {"error": reason}})), "{reason}");
        }
    }
}
