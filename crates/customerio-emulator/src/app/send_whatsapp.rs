//! `POST /v1/send/whatsapp`: a WhatsApp message.

use crate::{
    app::message::{
        DISABLE_MESSAGE_RETENTION, LANGUAGE, MESSAGE_DATA, PERSON, PHONE, QUEUE_DRAFT, SEND_AT, SEND_TO_UNSUBSCRIBED,
        TEMPLATE, TRACKED, send,
    },
    call::{Call, Handler::Fallible},
    contract::shape::{Need::May, Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::record::Channel,
};

pub(crate) const ROUTE: Route = Route::send("/v1/send/whatsapp", &BODY, Fallible(send_whatsapp));

/// As an SMS, without `auto_create`.
const BODY: Shape = Shape::Object(&[
    TEMPLATE,
    PERSON,
    PHONE,
    ("from", May, Shape::Filled),
    MESSAGE_DATA,
    TRACKED,
    DISABLE_MESSAGE_RETENTION,
    SEND_TO_UNSUBSCRIBED,
    QUEUE_DRAFT,
    SEND_AT,
    LANGUAGE,
]);

fn send_whatsapp(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    send(call, Channel::WhatsApp)
}
