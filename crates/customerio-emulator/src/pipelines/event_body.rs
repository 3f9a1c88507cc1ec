//! Events of three kinds in bodies, and how they are kept.

use customerio_core::{Timestamp, track::EventType};

use crate::{
    call::Call,
    contract::shape::{Field, Need::May, Shape},
    pipelines::{
        common::{id, timestamp},
        user_identity::obtain,
    },
    server::reply::Refusal,
    store::{body::Text, record::Event},
};

pub(crate) const PROPERTIES: Field = ("properties", May, Shape::Open(&[], &Shape::Any));

/// Keeps an event, whose name is in the field `name`. Its `messageId` is known to be new.
pub(crate) fn record(call: &mut Call<'_>, event_type: EventType, name: &str) -> Result<(), Refusal> {
    let anonymous_id = id(&call.body["anonymousId"]);
    let named = id(&call.body["userId"]).is_some();
    let person = if named {
        // An event of someone suppressed is nobody's.
        let Some(person) = obtain(call)? else { return Ok(()) };
        if let Some(anonymous_id) = &anonymous_id {
            call.state.adopt(&person, anonymous_id)?;
        }
        Some(person)
    } else {
        anonymous_id.as_deref().and_then(|id| call.state.people.of_anonymous_id(id))
    };
    let event = Event {
        id: call.body["messageId"].as_str().map(str::to_owned),
        event_type,
        name: call.body[name].as_str().unwrap_or_default().trim().to_owned(),
        person,
        anonymous_id,
        group_id: id(&call.body["groupId"]),
        timestamp: Timestamp::from(timestamp(call)),
        data: Text::object(call.body["properties"].as_object()),
    };
    call.state.events.push(event);
    Ok(())
}
