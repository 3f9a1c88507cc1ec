//! `POST /v1/send/inbox_message`: a message for the inbox in an app.

use crate::{
    app::message::{
        ANY_MESSAGE_RETENTION, AUTO_CREATE, LANGUAGE, MESSAGE_DATA, PERSON, QUEUE_DRAFT, SEND_AT, TEMPLATE, send,
    },
    call::{Call, Handler::Fallible},
    contract::shape::{Need::May, Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::record::Channel,
};

pub(crate) const ROUTE: Route = Route::send("/v1/send/inbox_message", &BODY, Fallible(send_inbox_message));

const BODY: Shape = Shape::Object(&[
    TEMPLATE,
    PERSON,
    ("to", May, Shape::Filled),
    MESSAGE_DATA,
    ANY_MESSAGE_RETENTION,
    QUEUE_DRAFT,
    SEND_AT,
    LANGUAGE,
    AUTO_CREATE,
]);

fn send_inbox_message(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    send(call, Channel::Inbox)
}
