//! The messages: what was sent to whom, and what became of it.

use http::Response;
use serde_json::{Map, Value, json};

use crate::{
    Channel, Message,
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, found, text_contains, unlike, value_contains},
        people::{brief, key_of},
        problem::Problem,
        schema::{BRIEF, INTEGER, Schema, TEXT, TIME},
        time::of_seconds,
    },
    server::payload::Payload,
    store::{
        clock::seconds,
        kept::{From, Key},
        state::State,
    },
};

/// The states of a message.
const STATES: &[&str] =
    &["queued", "sent", "delivered", "opened", "clicked", "converted", "bounced", "unsubscribed", "failed", "drafted"];

/// A message whole.
pub(crate) const WHOLE: Schema = Schema::With(
    Messages::ITEM,
    &[
        (
            "outcomes",
            Schema::List(&Schema::Object(&[("outcome", Schema::Text), ("at", Schema::Time), ("detail", TEXT)])),
        ),
        ("data", Schema::Any),
    ],
);

/// The list of messages.
pub(crate) struct Messages;

impl Listed for Messages {
    type Row<'s> = &'s Message;

    const KIND: &'static str = "messages";

    const FILTERS: &'static [(&'static str, &'static str)] = &[
        ("to", "the recipient"),
        ("channel", "email, push, sms, whatsapp, in_app or inbox"),
        ("template", "the number or the name of the transactional message"),
        ("person", "an identifier of the person"),
        ("outcome", "what became of it, such as sent, opened or bounced"),
    ];

    const ITEM: &'static Schema = &Schema::Named(
        "Message",
        &Schema::Object(&[
            ("seq", Schema::Integer),
            ("delivery_id", Schema::Text),
            ("channel", Schema::OneOf(&["email", "push", "sms", "whatsapp", "in_app", "inbox"])),
            ("to", TEXT),
            ("person", BRIEF),
            ("template", Schema::Nullable(&Schema::Either(&[Schema::Text, Schema::Integer]))),
            ("broadcast", INTEGER),
            ("subject", TEXT),
            ("preview", Schema::Maybe(&TEXT)),
            ("queued_at", Schema::Time),
            ("send_at", TIME),
            ("state", Schema::OneOf(STATES)),
            ("problem", TEXT),
        ]),
    );

    const REPORTED: bool = true;

    fn rows<'s>(
        state: &'s State,
        from: From,
        criteria: &Criteria,
    ) -> Box<dyn Iterator<Item = (u64, &'s Message)> + 's> {
        state.messages.rows(from, criteria.filter("person").map(|person| key_of(state, person)))
    }

    fn differs(state: &State, row: &Message, filter: &str, value: &str) -> Option<String> {
        match filter {
            "to" => unlike("to", row.to.as_deref(), value),
            "channel" => unlike("the channel", Some(channel(row.channel)), value),
            "template" => {
                let template = &row.body["transactional_message_id"];
                let wanted = state.library.templates.find(&value.parse::<u64>().map_or(value.into(), Value::from));
                let is_it = wanted.is_some() && state.library.templates.find(template) == wanted;
                (!is_it).then(|| format!("the template is {template:.100}"))
            }
            "outcome" => {
                let reached = happened(state, row).any(|(_, outcome)| outcome.metric() == value);
                (!reached).then(|| format!("it is {}", outcome(state, row)))
            }
            _ => {
                let is_theirs = row.person.as_ref().is_some_and(|own| Key::Person(own.clone()) == key_of(state, value));
                (!is_theirs).then(|| format!("it is not about {value:.100}"))
            }
        }
    }

    fn contains(_: &State, row: &Message, text: &str) -> bool {
        text_contains(row.delivery_id.as_str(), text) || value_contains(&row.body, text)
    }

    fn shown(state: &State, seq: u64, row: &Message) -> Value {
        shown(state, seq, row).into()
    }

    fn row<'s>(state: &'s State, id: &str) -> Option<(u64, &'s Message)> {
        state.messages.numbered_of(&Key::Delivery(id.into())).next()
    }

    fn ripens(criteria: &Criteria) -> bool {
        criteria.filter("outcome").is_some()
    }
}

impl Removable for Messages {
    fn remove(state: &mut State, seq: u64) -> Removal {
        Removal::of(state.messages.remove(seq))
    }
}

/// As the control API names a channel.
pub(crate) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Push => "push",
        Channel::Sms => "sms",
        Channel::WhatsApp => "whatsapp",
        Channel::InApp => "in_app",
        Channel::Inbox => "inbox",
    }
}

/// What has become of a message by now, oldest first.
fn happened<'m>(state: &State, message: &'m Message) -> impl Iterator<Item = (i64, &'m crate::Outcome)> + use<'m> {
    let now = seconds(state.clock.since_epoch());
    let outcomes = message.outcomes.iter().map(|(at, outcome)| (at.unix_seconds(), outcome));
    outcomes.filter(move |(at, _)| *at <= now)
}

/// In which state a message is.
fn outcome(state: &State, message: &Message) -> &'static str {
    let last = happened(state, message).last().map(|(_, outcome)| outcome.metric());
    last.unwrap_or(if message.body["queue_draft"] == true { "drafted" } else { "queued" })
}

/// A message as lists show it.
fn shown(state: &State, seq: u64, message: &Message) -> Map<String, Value> {
    let shown = json!({
        "seq": seq,
        "delivery_id": message.delivery_id,
        "channel": channel(message.channel),
        "to": message.to,
        "person": brief(state, message.person.as_deref()),
        "template": message.body["transactional_message_id"],
        "broadcast": null,
        "subject": message.body["subject"],
        "queued_at": of_seconds(message.queued_at.unix_seconds()),
        "send_at": message.send_at.map(|at| of_seconds(at.unix_seconds())),
        "state": outcome(state, message),
        "problem": null,
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// One message with everything that is known of it.
fn whole(state: &State, seq: u64, message: &Message) -> Value {
    let mut item = shown(state, seq, message);
    let outcomes = happened(state, message)
        .map(|(at, outcome)| json!({"outcome": outcome.metric(), "at": of_seconds(at), "detail": outcome.detail()}));
    item.extend([
        ("outcomes".to_owned(), outcomes.collect()),
        ("data".to_owned(), message.body["message_data"].clone()),
    ]);
    item.into()
}

/// The message that the path names.
pub(crate) fn get(asked: &Asked) -> Result<Response<Payload>, Problem> {
    let state = asked.emulator.state();
    let id = &asked.segments[0];
    let found = state.messages.numbered_of(&Key::Delivery(id.as_str().into())).next();
    let (seq, message) = found.ok_or_else(|| Problem::missing(format!("there is no message {id:.200}")))?;
    Ok(json_reply(&whole(&state, seq, message)))
}

/// The newest message that the filters choose.
pub(crate) async fn latest(asked: Asked) -> Result<Response<Payload>, Problem> {
    let criteria = Criteria { limit: 1, count: 1, ..Criteria::of(&asked, Messages::FILTERS)? };
    let page = found::<Messages>(&asked.emulator, &criteria).await?;
    let seq = page.items.first().and_then(|item| item["seq"].as_u64());
    let state = asked.emulator.state();
    let found = seq.and_then(|seq| Some((seq, state.messages.get(seq)?)));
    let (seq, message) = found.ok_or_else(|| Problem::missing("there is no such message; wait=5s waits for it"))?;
    Ok(json_reply(&whole(&state, seq, message)))
}
