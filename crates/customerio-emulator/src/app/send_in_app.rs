//! `POST /v1/send/in_app`: an in-app message.

use crate::{
    app::message::{
        ANY_MESSAGE_RETENTION, AUTO_CREATE, LANGUAGE, MESSAGE_DATA, PERSON, QUEUE_DRAFT, SEND_AT, TEMPLATE, send,
    },
    call::{Call, Handler::Fallible},
    contract::shape::Shape,
    route::Route,
    server::reply::{Refusal, Reply},
    store::record::Channel,
};

pub(crate) const ROUTE: Route = Route::send("/v1/send/in_app", &BODY, Fallible(send_in_app));

const BODY: Shape = Shape::Object(&[
    TEMPLATE,
    PERSON,
    MESSAGE_DATA,
    ANY_MESSAGE_RETENTION,
    QUEUE_DRAFT,
    SEND_AT,
    LANGUAGE,
    AUTO_CREATE,
]);

fn send_in_app(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    send(call, Channel::InApp)
}
