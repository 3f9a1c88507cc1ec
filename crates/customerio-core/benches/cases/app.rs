//! The App API.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use customerio_core::{
    Device, Platform,
    app::{Attachment, IdsAudience, SendEmail, SendPush, TriggerBroadcast},
    build,
    bytes::Bytes,
    http::Request,
};
use serde::Serialize;

use super::{
    Case, Inputs,
    by_hand::{fixed, numbered},
    cases,
    inputs::Purchase,
};

#[derive(Serialize)]
struct Email<'a> {
    to: &'a str,
    headers: Headers<'a>,
    attachments: Attachments,
    transactional_message_id: &'a str,
    identifiers: Id<'a>,
    message_data: &'a Purchase,
}

#[derive(Serialize)]
struct Headers<'a> {
    #[serde(rename = "X-Order")]
    order: &'a str,
}

#[derive(Serialize)]
struct Attachments {
    #[serde(rename = "invoice.csv")]
    invoice: String,
}

#[derive(Serialize)]
struct Id<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Push<'a> {
    custom_device: Token<'a>,
    transactional_message_id: &'a str,
    identifiers: Id<'a>,
    message_data: &'a Purchase,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
    platform: &'static str,
}

#[derive(Serialize)]
struct Broadcast<'a> {
    ids: &'a [&'a str],
    id_ignore_missing: bool,
    data: &'a Purchase,
}

cases! {
    send_email "app.send_email" |x| {
        let invoice = Attachment::from_bytes("invoice.csv", &x.file);
        let email = SendEmail::from_template(x.template, x.email).with_identifiers(x.id).with_message_data(&x.purchase);
        build(&x.app, email.with_header("X-Order", x.name).with_attachment(invoice)).unwrap()
    } {
        x.app_by_hand.post(fixed("/v1/send/email"), &Email {
            to: x.email,
            headers: Headers { order: x.name },
            attachments: Attachments { invoice: STANDARD.encode(&x.file) },
            transactional_message_id: x.template,
            identifiers: Id { id: x.id },
            message_data: &x.purchase,
        })
    }

    send_push "app.send_push" |x| {
        let push = SendPush::new(x.template, x.id).with_custom_device(Device::new(x.token, Platform::Android));
        build(&x.app, push.with_message_data(&x.purchase)).unwrap()
    } {
        x.app_by_hand.post(fixed("/v1/send/push"), &Push {
            custom_device: Token { token: x.token, platform: "android" },
            transactional_message_id: x.template,
            identifiers: Id { id: x.id },
            message_data: &x.purchase,
        })
    }

    trigger_broadcast "app.trigger_broadcast" |x| {
        let audience = IdsAudience::new([x.id, x.other_id]).with_id_ignore_missing(true);
        build(&x.app, TriggerBroadcast::new(x.number, audience).with_data(&x.purchase)).unwrap()
    } {
        let ids = &[x.id, x.other_id];
        let broadcast = Broadcast { ids, id_ignore_missing: true, data: &x.purchase };
        x.app_by_hand.post(numbered("/v1/campaigns/", x.number, "/triggers"), &broadcast)
    }
}
