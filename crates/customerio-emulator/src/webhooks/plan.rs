//! What happens to a message, and when it is reported.

use std::time::Duration;

use customerio_core::DeliveryId;
use http::Uri;

use crate::{
    contract::url::http_url,
    store::{
        clock::seconds,
        kept::Key,
        library::Webhook,
        record::{Message, Outcome},
        shelf::Shelf,
        state::State,
    },
    webhooks::{fate::WebhookState, record::WebhookEvent, reports},
};

/// The receiver that a test itself has set: no webhook has this number.
const TOLD: u64 = 0;

/// Plans what happens to a message that is just being sent: what was said of all of them, or why it is not sent.
pub(crate) fn plan(state: &mut State, message: &mut Message, problem: Option<Outcome>) {
    if message.is_draft {
        return;
    }
    let sent = message.send_at.unwrap_or(message.queued_at).unix_seconds();
    let sent = Duration::from_secs(u64::try_from(sent).unwrap_or(0)).max(state.clock.since_epoch());
    if let Some(outcome) = problem {
        report(state, message, &outcome, sent);
        message.outcomes = vec![(seconds(sent).into(), outcome)];
        return;
    }
    message.outcomes.reserve_exact(state.outcomes.len());
    for (after, outcome) in state.outcomes.clone() {
        let at = sent.saturating_add(after);
        report(state, message, &outcome, at);
        note(message, outcome, at);
    }
}

/// Sets an outcome of the message with this id, now, and reports it. Returns the id of the event, unless there is none.
pub(crate) fn report_now(state: &mut State, delivery_id: &DeliveryId, outcome: &Outcome) -> Option<String> {
    let (at, key) = (state.clock.since_epoch(), Key::Delivery(delivery_id.clone()));
    state.messages.change_of(&key, |message| note(message, outcome.clone(), at));
    let message = state.messages.of(&key).next()?.clone();
    report(state, &message, outcome, at)
}

/// Notes an outcome at the message, unless its channel has none such.
pub(crate) fn note(message: &mut Message, outcome: Outcome, at: Duration) {
    if outcome.is_of(message.channel) {
        message.outcomes.push((seconds(at).into(), outcome));
    }
}

/// Puts the report of an outcome into the outbox, for each receiver that wants it. Returns the id of its event, unless
/// there is none or no room.
pub(crate) fn report(state: &mut State, message: &Message, outcome: &Outcome, at: Duration) -> Option<String> {
    let name = reports::name(message.channel, outcome);
    let once = once(message, outcome);
    let once_told = &mut state.once_told;
    let mut wants = |id: u64, webhook: &Webhook| {
        let is_named = !webhook.disabled && webhook.events.contains(&name);
        let once = once.as_ref().filter(|_| is_named && !webhook.full_resolution);
        is_named && once.is_none_or(|once| once_told.note(&format!("{id} {once}")))
    };
    let made = state.library.webhooks.iter().filter(|(id, webhook)| wants(**id, webhook)).map(|(id, _)| *id);
    let receivers: Vec<_> = state.receiver.iter().map(|_| TOLD).chain(made).collect();
    if receivers.is_empty() {
        return None;
    }
    let person = message.person.as_deref().and_then(|cio_id| state.people.get(cio_id));
    let (event_id, body) = reports::event(message, person, outcome, at)?;
    let event = |receiver| WebhookEvent {
        event_id: event_id.clone(),
        url: url(state, receiver).map(|url| url.to_string()).unwrap_or_default(),
        metric: outcome.metric(),
        object_type: message.channel.name(),
        delivery_id: message.delivery_id.clone(),
        at,
        state: WebhookState::Waiting,
        attempts: Vec::new(),
        attempted: 0,
        next_at: Some(at),
        problem: None,
        body: body.clone(),
        receiver,
    };
    let events: Vec<_> = receivers.into_iter().map(event).collect();
    let entered = events.into_iter().filter_map(|event| state.outbox.enter(event).then_some(())).count();
    (entered > 0).then_some(event_id)
}

/// What is reported only once without full resolution: that a message was opened, and that a link of it was clicked.
fn once(message: &Message, outcome: &Outcome) -> Option<String> {
    let id = &message.delivery_id;
    match outcome {
        Outcome::Opened => Some(format!("{id} opened")),
        Outcome::Clicked(href) => Some(format!("{id} clicked {href}")),
        _ => None,
    }
}

/// Where a receiver is, if it gets any events.
pub(crate) fn url(state: &State, receiver: u64) -> Option<Uri> {
    url_of(state.receiver.as_ref(), &state.library.webhooks, receiver)
}

/// Where a receiver is, if it gets any events: that of a test, or one of the webhooks.
pub(crate) fn url_of(told: Option<&Uri>, webhooks: &Shelf<u64, Webhook>, receiver: u64) -> Option<Uri> {
    match receiver {
        TOLD => told.cloned(),
        id => http_url(&webhooks.get(&id).filter(|webhook| !webhook.disabled)?.endpoint),
    }
}
