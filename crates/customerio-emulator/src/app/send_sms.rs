//! `POST /v1/send/sms`: an SMS.

use crate::{
    app::message::{
        AUTO_CREATE, DISABLE_MESSAGE_RETENTION, LANGUAGE, MESSAGE_DATA, PERSON, PHONE, QUEUE_DRAFT, SEND_AT,
        SEND_TO_UNSUBSCRIBED, TEMPLATE, TRACKED, send,
    },
    call::{Call, Handler::Fallible},
    contract::shape::{Need::May, Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::record::Channel,
};

pub(crate) const ROUTE: Route = Route::send("/v1/send/sms", &BODY, Fallible(send_sms));

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
    AUTO_CREATE,
]);

fn send_sms(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    send(call, Channel::Sms)
}
