//! What becomes of a message, and when it is reported.

use std::time::Duration;

use crate::{
    store::{record::Message, state::State},
    webhooks::reports::{self, Outcome},
};

/// Plans what becomes of a message that was just sent.
pub(crate) fn plan(state: &mut State, message: &Message) {
    if message.body["queue_draft"] == true {
        return;
    }
    let sent = message.send_at.unwrap_or(message.queued_at).unix_seconds();
    let sent = Duration::from_secs(u64::try_from(sent).unwrap_or(0)).max(state.clock.since_epoch());
    for (after, outcome) in state.outcomes.clone() {
        report(state, message, &outcome, sent.saturating_add(after));
    }
}

/// Puts the report of an outcome into the outbox. Gives the id of its event, unless there is none or no room.
pub(crate) fn report(state: &mut State, message: &Message, outcome: &Outcome, at: Duration) -> Option<String> {
    state.receiver.as_ref()?;
    let person = message.person.as_deref().and_then(|cio_id| state.people.get(cio_id));
    let (event_id, body) = reports::event(message, person, outcome, at)?;
    state.outbox.enter(event_id.clone(), body, at).then_some(event_id)
}
