//! The pages that links in messages lead to: `{{ unsubscribe_url }}` and `{{ manage_subscription_preferences_url }}`. They are
//! the service's own, and the path is their only credential. The second also takes the token of a person, which the App API
//! gives.

use std::fmt::Write as _;

use customerio_core::DeliveryId;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    app::center_token,
    call::{Call, Handler::Fallible},
    contract::{person::PREFERENCES, shape::Shape},
    route::Route,
    server::reply::{Refusal, Reply},
    store::{
        kept::Key,
        record::{Message, Person},
        state::State,
    },
    track::unsubscribe::unsubscribe_by,
};

pub(crate) const UNSUBSCRIBE: Route =
    Route::track(Method::GET, "/unsubscribe/{delivery}", Fallible(unsubscribe)).open().writing().without_quota();

pub(crate) const PREFER: Route =
    Route::track(Method::GET, "/manage_subscription_preferences/{delivery_or_token}", Fallible(preferences))
        .open()
        .writing()
        .without_quota()
        .with_query(&CHOICES);

/// What the form of the page sends: each box that is checked, and that it was sent.
const CHOICES: Shape = Shape::Open(&[], &Shape::Text);

/// The field that says that the form was sent: a box that is not checked is not sent.
const SAVED: &str = "saved";

/// The field of the box that stands for all messages.
const ALL: &str = "all";

/// The message that the path names, and the `cio_id` of its person if they are known.
fn message<'a>(call: &'a Call<'_>) -> Result<&'a Message, Refusal> {
    let key = Key::Delivery(call.segments[0].as_str().into());
    let message = call.state.messages.of(&key).next();
    message.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "there is no message of this link, or it was forgotten"))
}

/// Whose choices they are.
fn person<'a>(state: &'a State, message: &Message) -> Result<&'a Person, Refusal> {
    let person = message.person.as_deref().and_then(|cio_id| state.people.get(cio_id));
    let unknown =
        || Refusal::new(StatusCode::NOT_FOUND, "the message is to nobody who is known, so nothing can change");
    person.ok_or_else(unknown)
}

/// Whose choices the path names, by their `cio_id`, and the message that it names, if it is no token.
fn chooser(call: &Call<'_>) -> Result<(String, Option<DeliveryId>), Refusal> {
    let Some((cio_id, until)) = center_token::read(call.config.number, &call.segments[0]) else {
        let message = message(call)?;
        return Ok((person(call.state, message)?.cio_id.clone(), Some(message.delivery_id.clone())));
    };
    if until <= call.now() {
        let text = "the link was good for a day: GET /v1/subscription_center/{customer_id}/token gives another";
        return Err(Refusal::new(StatusCode::GONE, text));
    }
    if call.state.people.get(&cio_id).is_none() {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "the person of this link is gone, so nothing can change"));
    }
    Ok((cio_id, None))
}

/// Unsubscribes the person of the message from all messages.
fn unsubscribe(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let message = message(call)?;
    let label = person(call.state, message)?.label().to_owned();
    let id = message.delivery_id.clone();
    unsubscribe_by(call, id.clone(), true);
    let body = format!(
        "<p>{} gets no more messages.</p><p><a href=\"/manage_subscription_preferences/{}\">Choose what to get</a></p>",
        escaped(&label),
        escaped(id.as_str())
    );
    Ok(page("Unsubscribed", &body))
}

/// Shows what a person gets, after it was changed to what the form says.
fn preferences(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let (cio_id, delivery) = chooser(call)?;
    if call.query.contains_key(SAVED) {
        let (wants, now) = (call.query.contains_key(ALL), call.now());
        let chosen = choices(call.state, &cio_id, |topic, _| call.query.contains_key(topic));
        let topics: Map<_, _> = chosen.into_iter().map(|choice| (choice.topic, choice.is_chosen.into())).collect();
        let known = call.state.people.get(&cio_id).and_then(|person| person.attributes.get(PREFERENCES));
        let mut preferences = known.filter(|known| known.is_object()).cloned().unwrap_or_else(|| json!({}));
        preferences["topics"] = topics.into();
        call.state.people.set_attribute(&cio_id, PREFERENCES, preferences, now);
        let is_out = call.state.people.get(&cio_id).is_some_and(Person::unsubscribed);
        match delivery {
            Some(delivery) if !wants && !is_out => unsubscribe_by(call, delivery, true),
            // No message is the reason, so none is reported.
            _ if wants == is_out => call.state.people.set_attribute(&cio_id, "unsubscribed", Value::Bool(!wants), now),
            _ => {}
        }
    }
    let own = |_: &str, own: bool| own;
    let Some(person) = call.state.people.get(&cio_id) else { return Err(Refusal::bad("the person is gone")) };
    let mut form = format!("<p>For {}</p><form><input type=hidden name={SAVED} value=1>", escaped(person.label()));
    for Choice { topic, name, is_chosen } in choices(call.state, &cio_id, own) {
        form.push_str(&checkbox(&topic, &name, is_chosen));
    }
    form.push_str(&checkbox(ALL, "Messages at all", !person.unsubscribed()));
    form.push_str("<p><button>Save</button></p></form>");
    Ok(page("What to get", &form))
}

/// A topic, and whether a person is subscribed to it.
struct Choice {
    topic: String,
    name: String,
    is_chosen: bool,
}

/// The topics of the workspace, with what `choose` says of each, given what is so until now.
fn choices(state: &State, cio_id: &str, choose: impl Fn(&str, bool) -> bool) -> Vec<Choice> {
    let person = state.people.get(cio_id);
    let topics = person.and_then(|person| person.attributes.get(PREFERENCES)).map(|preferences| &preferences["topics"]);
    let choice = |(id, topic): (&u64, &crate::store::library::Topic)| {
        let identifier = format!("topic_{id}");
        let own = topics.and_then(|topics| topics[&identifier].as_bool());
        let is_chosen = choose(&identifier, own.unwrap_or(topic.subscribed_by_default));
        Choice { topic: identifier, name: topic.name.clone(), is_chosen }
    };
    state.library.topics.iter().map(choice).collect()
}

fn checkbox(name: &str, label: &str, is_checked: bool) -> String {
    let checked = if is_checked { " checked" } else { "" };
    let (name, label) = (escaped(name), escaped(label));
    format!("<p><label><input type=checkbox name=\"{name}\" value=1{checked}> {label}</label></p>")
}

/// A page with a heading.
fn page(heading: &str, body: &str) -> Reply {
    Reply::html(format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{heading}</title></head><body><h1>{heading}</h1>{body}</body></html>"
    ))
}

/// A text as HTML.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        if matches!(character, '<' | '>' | '&' | '"' | '\'') {
            let _ = write!(escaped, "&#{};", u32::from(character));
        } else {
            escaped.push(character);
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::{
        Channel, Emulator, Outcome,
        testing::{accept, call, emulator},
    };

    /// An emulator with Ada, and an e-mail to her whose links are in its HTML.
    fn world() -> (Emulator, Vec<String>) {
        let emulator = emulator();
        emulator.create_topic(1, "News & <b>", true);
        emulator.create_topic(2, "Offers", false);
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"email": "ada@example.com"}));
        let html = "{% unsubscribe_url %} {% manage_subscription_preferences_url %}";
        emulator.set_content("news", Channel::Email, "", [("subject", "Hi"), ("html", html)]);
        emulator.report_to("http://example.com/hook").unwrap();
        let email = json!({"to": "ada@example.com", "transactional_message_id": "news", "identifiers": {"id": "42"}});
        assert_eq!(call(&emulator, "POST /v1/send/email", &email).0, 200);
        let html = emulator.messages()[0].html().unwrap();
        (emulator, html.split(' ').map(str::to_owned).collect())
    }

    /// As a browser follows the link.
    fn follow(emulator: &Emulator, link: &str) -> (u16, String) {
        let response = emulator.handle(&Request::get(link).body(bytes::Bytes::new()).unwrap());
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    #[test]
    fn the_link_of_a_message_unsubscribes_its_person_once() {
        let (emulator, links) = world();
        let before = emulator.revision();
        let (status, page) = follow(&emulator, &links[0]);
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("ada@example.com gets no more messages"), "{page}");
        assert!(emulator.person("42").unwrap().unsubscribed());
        assert_ne!(emulator.revision(), before, "it is kept over a restart");
        let message = &emulator.messages()[0];
        assert_eq!(message.outcomes.iter().map(|(_, outcome)| outcome).collect::<Vec<_>>(), [&Outcome::Unsubscribed]);
        let reported: Value = serde_json::from_slice(emulator.next_webhook().unwrap().request().body()).unwrap();
        assert_eq!((&reported["metric"], &reported["object_type"]), (&json!("unsubscribed"), &json!("email")));
        assert_eq!(reported["data"]["delivery_id"], message.delivery_id.as_str());
        assert_eq!(follow(&emulator, &links[0]).0, 200);
        assert_eq!((emulator.webhooks().len(), emulator.unsubscribes().len()), (1, 2));
        let (status, page) = follow(&emulator, "http://localhost/unsubscribe/other");
        assert_eq!(status, 404, "{page}");
    }

    #[test]
    fn the_page_of_choices_shows_and_changes_them() {
        let (emulator, links) = world();
        let (status, page) = follow(&emulator, &links[1]);
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("name=\"topic_1\" value=1 checked> News &#38; &#60;b&#62;<"), "{page}");
        assert!(page.contains("name=\"topic_2\" value=1> Offers"), "{page}");
        assert!(emulator.person("42").unwrap().attributes.get(PREFERENCES).is_none(), "who looks changes nothing");
        let topics = || emulator.person("42").unwrap().attributes[PREFERENCES]["topics"].clone();
        for (query, expected, unsubscribed, reported) in [
            ("saved=1&topic_2=1&all=1", json!({"topic_1": false, "topic_2": true}), false, 0),
            ("saved=1&topic_1=1", json!({"topic_1": true, "topic_2": false}), true, 1),
            ("saved=1&topic_1=1&topic_9=1&all=1", json!({"topic_1": true, "topic_2": false}), false, 1),
        ] {
            assert_eq!(follow(&emulator, &format!("{}?{query}", links[1])).0, 200);
            let found = (topics(), emulator.person("42").unwrap().unsubscribed(), emulator.webhooks().len());
            assert_eq!(found, (expected, unsubscribed, reported), "{query}");
        }
        let (_, shown) = call(&emulator, "GET /v1/customers/42/subscription_preferences", &Value::Null);
        assert_eq!(shown["customer"]["topics"][0]["subscribed"], true);
    }

    #[test]
    fn the_token_of_a_person_leads_to_their_choices_for_a_day() {
        let (emulator, _) = world();
        let (status, center) = call(&emulator, "GET /v1/subscription_center/42/token", &Value::Null);
        let link = center["url"].as_str().unwrap();
        assert!(status == 200 && link.ends_with(center["token"].as_str().unwrap()), "{center}");
        let (status, page) = follow(&emulator, link);
        assert!(status == 200 && page.contains("name=\"topic_1\" value=1 checked"), "{page}");
        for (query, unsubscribed) in [("saved=1&topic_2=1", true), ("saved=1&topic_2=1&all=1", false)] {
            assert_eq!(follow(&emulator, &format!("{link}?{query}")).0, 200);
            assert_eq!(emulator.person("42").unwrap().unsubscribed(), unsubscribed, "{query}");
        }
        let topics = &emulator.person("42").unwrap().attributes[PREFERENCES]["topics"];
        assert_eq!(*topics, json!({"topic_1": false, "topic_2": true}));
        assert_eq!(emulator.webhooks().len(), 0, "it is by no message, so none is reported");
        assert_eq!(emulator.messages()[0].outcomes.len(), 0);

        emulator.advance(std::time::Duration::from_secs(24 * 60 * 60));
        let (status, text) = follow(&emulator, link);
        assert!(status == 410 && text.contains("gives another"), "{text}");
        let (_, center) = call(&emulator, "GET /v1/subscription_center/42/token", &Value::Null);
        accept(&emulator, "DELETE /api/v1/customers/42", &Value::Null);
        let (status, text) = follow(&emulator, center["url"].as_str().unwrap());
        assert!(status == 404 && text.contains("is gone"), "{text}");
    }

    #[test]
    fn a_message_to_nobody_who_is_known_has_no_choices() {
        let (emulator, _) = world();
        let email = json!({"to": "eve@example.com", "transactional_message_id": 9, "identifiers": {"id": "43"}});
        let (_, sent) = call(&emulator, "POST /v1/send/email", &email);
        for path in ["unsubscribe", "manage_subscription_preferences"] {
            let link = format!("http://localhost/{path}/{}", sent["delivery_id"].as_str().unwrap());
            let (status, text) = follow(&emulator, &link);
            assert_eq!((status, text.contains("nobody who is known")), (404, true), "{text}");
        }
    }
}
