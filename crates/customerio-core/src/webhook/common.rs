//! What the data of all events has in common.

use crate::{
    ActionId, BroadcastId, CampaignId, ContentId, DeliveryId, Identifiers, JourneyId, NewsletterId,
    TransactionalMessageId, TriggerId, fields::Fields, macros::opaque_debug,
};

/// The fields that the data of all events can have.
///
/// Which of it there is depends on what sent the message: a campaign, a broadcast, a newsletter, or a call of the
/// transactional API.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Common {
    /// The person.
    pub identifiers: Identifiers,
    /// The person's id as older events have it; empty for someone who was deleted.
    pub customer_id: Option<String>,
    /// The message to this person.
    pub delivery_id: Option<DeliveryId>,
    /// The action of the campaign or broadcast.
    pub action_id: Option<ActionId>,
    /// The action that this one is a part of, such as a randomised split.
    pub parent_action_id: Option<ActionId>,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// The broadcast.
    pub broadcast_id: Option<BroadcastId>,
    /// The newsletter.
    pub newsletter_id: Option<NewsletterId>,
    /// The variant of the newsletter.
    pub content_id: Option<ContentId>,
    /// The transactional message: its number, or its trigger name.
    pub transactional_message_id: Option<TransactionalMessageId>,
    /// The person's way through the campaign or broadcast.
    pub journey_id: Option<JourneyId>,
    /// The trigger of the broadcast, as [`TriggerBroadcast`](crate::app::TriggerBroadcast) returned it.
    pub trigger_id: Option<TriggerId>,
    /// The event that triggered the campaign.
    pub trigger_event_id: Option<String>,
}

opaque_debug!(Common);

impl Common {
    pub(super) fn read(data: &Fields<'_>) -> Self {
        Self {
            identifiers: data.read::<Option<Identifiers>>("identifiers").unwrap_or_default(),
            customer_id: data.read("customer_id"),
            delivery_id: data.read("delivery_id"),
            action_id: data.read("action_id"),
            parent_action_id: data.read("parent_action_id"),
            campaign_id: data.read("campaign_id"),
            broadcast_id: data.read("broadcast_id"),
            newsletter_id: data.read("newsletter_id"),
            content_id: data.read("content_id"),
            transactional_message_id: data.read("transactional_message_id"),
            journey_id: data.read("journey_id"),
            trigger_id: data.read("trigger_id"),
            trigger_event_id: data.read("trigger_event_id"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::webhook::Event;

    fn event(json: &serde_json::Value) -> Event {
        Event::from_json(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn what_sent_the_message_is_read() {
        let all = json!({
            "identifiers": {"id": "42", "email": "ada@example.com", "cio_id": "d9c106000001"},
            "customer_id": "42",
            "delivery_id": "RPILAgUBcRhI",
            "action_id": 96,
            "parent_action_id": "95",
            "campaign_id": 5,
            "broadcast_id": "2",
            "newsletter_id": 10,
            "content_id": 3,
            "transactional_message_id": 44,
            // The contract says a string, and its example has a number.
            "journey_id": 15,
            "trigger_id": 1,
            "trigger_event_id": "21E4C3CT6YDC7Y4N7FE1GWWABC",
        });
        let text = |text: &str| Some(text.to_owned());
        let expected = Common {
            identifiers: Identifiers {
                id: text("42"),
                email: text("ada@example.com"),
                cio_id: text("d9c106000001"),
                ..Identifiers::default()
            },
            customer_id: text("42"),
            delivery_id: Some("RPILAgUBcRhI".into()),
            action_id: Some(96.into()),
            parent_action_id: Some(95.into()),
            campaign_id: Some(5.into()),
            broadcast_id: Some(2.into()),
            newsletter_id: Some(10.into()),
            content_id: Some(3.into()),
            transactional_message_id: Some(44.into()),
            journey_id: Some("15".into()),
            trigger_id: Some(1.into()),
            trigger_event_id: text("21E4C3CT6YDC7Y4N7FE1GWWABC"),
        };
        assert!(*event(&json!({"data": all})).common() == expected);
        for nothing in [json!({"data": {"identifiers": null, "broadcast_id": null}}), json!({"data": []}), json!({})] {
            assert!(*event(&nothing).common() == Common::default(), "{nothing}");
        }
    }
}
