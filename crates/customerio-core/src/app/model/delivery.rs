//! A message to one person.

use std::{collections::BTreeMap, time::Duration};

use super::Channel;
use crate::{
    ActionId, Awaited, BroadcastId, CampaignId, ContentId, DeliveryId, Identifiers, NewsletterId, TemplateId,
    Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A message to one person, with the metrics that it reached.
    ///
    /// Of the ids of what sent it, only those that apply are there.
    pub struct MessageDelivery {
        /// The id, which reporting webhooks and responses to sends have too.
        pub id: DeliveryId,
        /// The id and the time of its last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// The channel.
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
        /// When it was created.
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

/// The metrics of a message that will not arrive.
const FAILED: [&str; 3] = ["failed", "suppressed", "undeliverable"];

/// The same; a push notification can have them for one device of several.
const RETURNED: [&str; 2] = ["bounced", "dropped"];

/// The metrics that only a message has that arrived.
const ARRIVED: [&str; 8] =
    ["delivered", "opened", "prefetch_opened", "clicked", "prefetch_clicked", "converted", "spammed", "unsubscribed"];

impl MessageDelivery {
    /// Whether it has arrived, as far as its channel reports: `Some(true)` if it has, `Some(false)` if it will not, and
    /// `None` while that is open.
    ///
    /// | channel | it has arrived when it was | it will not when it |
    /// | --- | --- | --- |
    /// | e-mail, SMS, WhatsApp | delivered | bounced, was dropped, failed, was suppressed or is undeliverable |
    /// | push, in-app, inbox, live notification, Slack, webhook | sent | the same |
    ///
    /// A person who opened, clicked, converted, unsubscribed or marked it as spam has received it too. A message that
    /// bounced or failed, and was delivered later, has arrived. A push notification goes to all devices of a person: it
    /// bounces and is dropped for each by itself, and has arrived when it was sent to another.
    ///
    /// That an in-app or inbox message was sent does not say that the person has opened the app since.
    ///
    /// A message can stay open: a draft until somebody sends it, and one for which nobody reports that it was
    /// delivered, as with your own SMTP server. For a channel that this version does not know, being sent says nothing.
    #[must_use]
    pub fn has_arrived(&self) -> Option<bool> {
        let latest = |names: &[&str]| names.iter().filter_map(|name| self.metrics.get(*name)).max().copied();
        let ends_when_sent = matches!(
            self.channel,
            Some(
                Channel::Push
                    | Channel::InApp
                    | Channel::Inbox
                    | Channel::LiveNotification
                    | Channel::Slack
                    | Channel::Webhook
            )
        );
        let has_arrived = latest(&ARRIVED).is_some() || (ends_when_sent && self.metrics.contains_key("sent"));
        let is_for_one_device = has_arrived && self.channel == Some(Channel::Push);
        let failed = latest(&FAILED).max(if is_for_one_device { None } else { latest(&RETURNED) });
        match failed {
            Some(failed) => Some(latest(&["delivered"]).is_some_and(|delivered| delivered > failed)),
            None => has_arrived.then_some(true),
        }
    }
}

/// Waits for a message until it [has arrived](MessageDelivery::has_arrived), or will not: `app.wait_for(messages::Get::new(id))`.
impl Awaited for MessageDelivery {
    /// One that was just sent is in a queue first. The vendor does not say how long.
    const APPEARS_WITHIN: Duration = Duration::from_secs(60);

    fn has_ended(&self) -> Option<bool> {
        self.has_arrived()
    }

    /// The metric that it reached last.
    fn state(&self) -> Option<&str> {
        let latest = self.metrics.iter().max_by_key(|(_, time)| **time);
        latest.map(|(name, _)| name.as_str())
    }
}
