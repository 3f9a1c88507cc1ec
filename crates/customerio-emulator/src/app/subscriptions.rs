//! Subscription topics and channels, and what people chose of them.

use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{
        center_token,
        named::{self, ID_TYPE, identifiers},
    },
    call::{
        Call,
        Handler::{Fallible, Infallible},
    },
    contract::{
        identifier::Identifier,
        person::PREFERENCES,
        shape::{Need::May, Shape},
    },
    route::Route,
    server::reply::{Refusal, Reply},
};

pub(crate) const ROUTES: &[Route] = &[
    Route::app_read(Method::GET, "/v1/customers/{customer}/subscription_preferences", Fallible(preferences))
        .with_query(&OF_PERSON),
    Route::app_read(Method::GET, "/v1/subscription_topics", Infallible(topics)),
    Route::app_read(Method::GET, "/v1/subscription_channels", Infallible(channels)),
    Route::app_read(Method::GET, "/v1/subscription_center/{customer}/token", Fallible(token)),
];

const OF_PERSON: Shape = Shape::Object(&[ID_TYPE, ("language", May, Shape::Text)]);

/// A token is good for a day.
const TOKEN: i64 = 24 * 60 * 60;

/// What a person chose of the topics of the workspace. There are no translations.
fn preferences(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let person = named::person(call)?;
    let chosen = person.attributes.get(PREFERENCES).map(|preferences| &preferences["topics"]);
    let topics = call.state.library.topics.iter().map(|(id, topic)| {
        let identifier = format!("topic_{id}");
        let subscribed = chosen.and_then(|topics| topics[&identifier].as_bool());
        json!({
            "id": identifier,
            "name": topic.name,
            "description": "",
            "subscribed": subscribed.unwrap_or(topic.subscribed_by_default),
        })
    });
    let preferences = json!({
        "id": person.id,
        "identifiers": identifiers(person),
        "topics": topics.collect::<Vec<_>>(),
        "unsubscribed": person.unsubscribed(),
        "header": { "title": "", "subtitle": "" },
    });
    Ok(Reply::json(json!({ "customer": preferences })))
}

fn topics(call: &mut Call<'_>) -> Reply {
    let topics = call.state.library.topics.iter().map(|(id, topic)| {
        json!({
            "id": id,
            "identifier": format!("topic_{id}"),
            "name": topic.name,
            "description": "",
            "subscribed_by_default": topic.subscribed_by_default,
        })
    });
    Reply::json(json!({ "topics": topics.collect::<Vec<_>>() }))
}

fn channels(_: &mut Call<'_>) -> Reply {
    const CHANNELS: [(&str, &str); 6] = [
        ("email", "Email"),
        ("twilio", "SMS"),
        ("push", "Push"),
        ("in_app", "In-app"),
        ("inbox", "Inbox"),
        ("whatsapp", "WhatsApp"),
    ];
    let channel = |(id, (kind, name)): (usize, (&str, &str))| json!({ "id": id, "name": name, "description": "", "type": kind, "subscribed_by_default": true });
    let channels: Vec<Value> = (1..).zip(CHANNELS).map(channel).collect();
    Reply::json(json!({ "channels": channels }))
}

/// A link to the page on which the person chooses, by the name that this server was called.
fn token(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let person = Identifier::of_shape(&call.segments[0]);
    let cio_id = call.state.people.find(&person).ok_or_else(|| Refusal::bad("the person does not exist"))?;
    let token = center_token::written(call.config.number, &cio_id, call.now().saturating_add(TOKEN));
    let url = format!("http://{}/manage_subscription_preferences/{token}", call.origin);
    Ok(Reply::json(json!({ "token": token, "url": url })))
}
