//! A message to one person.

use std::collections::BTreeMap;

use super::Channel;
use crate::{
    ActionId, BroadcastId, CampaignId, ContentId, DeliveryId, Identifiers, NewsletterId, TemplateId, Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A message to one person, with the metrics that it reached.
    ///
    /// Of the ids of what sent it, those are there that apply.
    pub struct MessageDelivery {
        /// Its id, which reporting webhooks and responses to sends have too.
        pub id: DeliveryId,
        /// Its id and when it was last changed: another text says that it has changed since. It is no idempotency key.
        pub deduplicate_id: Option<String>,
        /// How it goes out.
        pub channel: Option<Channel> = "type",
        /// The person.
        pub customer_identifiers: Option<Identifiers>,
        /// The person's id; [`customer_identifiers`](Self::customer_identifiers) has it too.
        pub customer_id: Option<String>,
        /// The address, the phone number or the device.
        pub recipient: Option<String>,
        /// The subject of an e-mail.
        pub subject: Option<String>,
        /// When it reached each metric that it reached, by the name of the metric, such as `delivered`.
        pub metrics: BTreeMap<String, Timestamp>,
        /// When it was made.
        pub created: Option<Timestamp>,
        /// Why it failed.
        pub failure_message: Option<String>,
        /// The campaign.
        pub campaign_id: Option<CampaignId>,
        /// The broadcast.
        pub broadcast_id: Option<BroadcastId>,
        /// The newsletter.
        pub newsletter_id: Option<NewsletterId>,
        /// The action of the campaign or broadcast.
        pub action_id: Option<ActionId>,
        /// The action that this one is a part of, such as a randomised split.
        pub parent_action_id: Option<ActionId>,
        /// The content.
        pub content_id: Option<ContentId>,
        /// The event that triggered the campaign.
        pub trigger_event_id: Option<String>,
        /// The template. Deprecated by the vendor, which writes it under two names.
        pub template_id: Option<TemplateId> = "msg_template_id" | "message_template_id",
        /// Whether the person was deleted since, so that nothing of the person is here.
        pub forgotten: Option<bool>,
    }
}

returned!(MessageDelivery in "message" = r#"{"id":"RPIL","type":"email","metrics":{"sent":1700000000}}"#);
listed!(MessageDelivery in "messages" = r#"{"id":"RPIL","type":"email","metrics":{"sent":1700000000}}"#);
