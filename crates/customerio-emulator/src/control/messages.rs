//! The messages: their recipients, and their outcomes.

use serde_json::{Map, Value, json};

use crate::{
    Message, Outcome,
    control::{
        criteria::Criteria,
        deletion::{Removable, Removal},
        list::{Listed, Rows, unlike},
        people::{brief, key_of},
        schema::{BRIEF, INTEGER, Schema, TEXT, TIME},
        time::of_seconds,
        wanted::Wanted,
    },
    store::{
        clock::seconds,
        kept::{From, Key},
        state::State,
    },
};

/// The states of a message.
const STATES: &[&str] = &[
    "queued",
    "sent",
    "delivered",
    "opened",
    "clicked",
    "converted",
    "bounced",
    "unsubscribed",
    "failed",
    "undeliverable",
    "drafted",
];

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
        ("outcome", "its outcome, such as sent, opened or bounced"),
        ("broadcast", "the number of the broadcast that it is of"),
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
            ("preview", TEXT),
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
        let broadcast = || criteria.filter("broadcast").and_then(|number| number.parse().ok()).map(Key::Broadcast);
        let person = criteria.filter("person").map(|person| key_of(state, person));
        state.messages.rows(from, person.or_else(broadcast))
    }

    fn differs(state: &State, row: &Message, filter: &str, value: &str) -> Option<String> {
        match filter {
            "to" => unlike("to", row.to.as_deref(), value),
            "channel" => unlike("the channel", Some(row.channel.name()), value),
            "template" => {
                let own = row.template.as_ref().map(ToString::to_string);
                if own.as_deref() == Some(value) {
                    return None;
                }
                // A number may mean the template that another message names by its name.
                let wanted = state.library.templates.find(&value.parse::<u64>().map_or(value.into(), Value::from));
                let is_it = wanted.is_some() && state.library.templates.find_of(row) == wanted;
                if is_it { None } else { unlike("the template", own.as_deref(), value) }
            }
            "outcome" => {
                let reached = happened(state, row).any(|(_, outcome)| outcome.metric() == value);
                (!reached).then(|| format!("it is {}", outcome(state, row)))
            }
            "broadcast" => {
                let own = row.broadcast.map(|broadcast| broadcast.to_string());
                unlike("broadcast", own.as_deref(), value)
            }
            _ => {
                let is_theirs = row.person.as_ref().is_some_and(|own| Key::Person(own.clone()) == key_of(state, value));
                (!is_theirs).then(|| format!("it is not about {value:.100}"))
            }
        }
    }

    fn contains(_: &State, row: &Message, text: &Wanted) -> bool {
        let fields = [Some(row.delivery_id.as_str()), row.to.as_deref(), row.subject.as_deref()];
        let rendered = row.rendered.iter().flat_map(|rendered| &rendered.parts);
        fields.into_iter().flatten().any(|field| text.is_in(field))
            || rendered.filter_map(|part| part.text.as_deref().or(part.source.as_deref())).any(|part| text.is_in(part))
            || text.is_in_json(row.body.as_str())
    }

    fn shown(state: &State, seq: u64, row: &Message) -> Value {
        shown(state, seq, row).into()
    }

    fn named<'s>(state: &'s State, id: &str) -> Rows<'s, Self> {
        state.messages.rows(From::Before(u64::MAX), Some(Key::Delivery(id.into())))
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

/// The outcomes of a message up to now, oldest first.
pub(crate) fn happened<'m>(state: &State, message: &'m Message) -> impl Iterator<Item = (i64, &'m Outcome)> + use<'m> {
    let now = seconds(state.clock.since_epoch());
    let outcomes = message.outcomes.iter().map(|(at, outcome)| (at.unix_seconds(), outcome));
    outcomes.filter(move |(at, _)| *at <= now)
}

/// In which state a message is.
fn outcome(state: &State, message: &Message) -> &'static str {
    let last = happened(state, message).last().map(|(_, outcome)| outcome.metric());
    last.unwrap_or(if message.is_draft { "drafted" } else { "queued" })
}

/// A message as lists show it.
pub(crate) fn shown(state: &State, seq: u64, message: &Message) -> Map<String, Value> {
    let shown = json!({
        "seq": seq,
        "delivery_id": message.delivery_id,
        "channel": message.channel.name(),
        "to": message.to,
        "person": brief(state, message.person.as_deref()),
        "template": message.template,
        "broadcast": message.broadcast,
        "subject": message.subject,
        "preview": message.preview,
        "queued_at": of_seconds(message.queued_at.unix_seconds()),
        "send_at": message.send_at.map(|at| of_seconds(at.unix_seconds())),
        "state": outcome(state, message),
        "problem": problem(message),
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// Why a message failed, or why its preview is incomplete.
fn problem(message: &Message) -> Option<String> {
    let failed = message.outcomes.iter().find(|(_, outcome)| outcome.is_final());
    let failed = failed.and_then(|(_, outcome)| outcome.detail().map(str::to_owned));
    failed.or_else(|| message.problems().first().map(ToString::to_string))
}
