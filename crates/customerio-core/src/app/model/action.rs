//! An action of a campaign or of a broadcast, as responses have it.

use super::{Channel, SendingState};
use crate::{
    ActionId, BroadcastId, CampaignId, SenderId, Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A message or another step of a campaign, or of a broadcast.
    ///
    /// Which fields it has depends on its channel.
    pub struct Action: Debug {
        /// The id.
        pub id: ActionId,
        /// The campaign that it is in.
        pub campaign_id: Option<CampaignId>,
        /// The broadcast that it is in.
        pub broadcast_id: Option<BroadcastId>,
        /// The action that this is a translation or a variant of.
        pub parent_action_id: Option<ActionId>,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// The name.
        pub name: Option<String>,
        /// The channel.
        pub channel: Option<Channel> = "type",
        /// The behaviour when a person reaches the action.
        pub sending_state: Option<SendingState>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
        /// The language; empty if it has none.
        pub language: Option<String>,
        /// The layout around the body.
        pub layout: Option<String>,
        /// The subject of an e-mail, or the title of a push message.
        pub subject: Option<String>,
        /// The preheader: the text that e-mail clients show beside the subject.
        pub preheader_text: Option<String>,
        /// The body.
        pub body: Option<String>,
        /// The body of an e-mail as AMP.
        pub body_amp: Option<String>,
        /// The body of a WhatsApp message: JSON in text.
        pub body_json: Option<String>,
        /// The CSS preprocessor, such as `premailer`.
        pub preprocessor: Option<String>,
        /// The address of the sender.
        pub from: Option<String>,
        /// The number of the sender.
        pub from_id: Option<SenderId>,
        /// The address that gets the replies.
        pub reply_to: Option<String>,
        /// The number of the sender who gets the replies.
        pub reply_to_id: Option<SenderId>,
        /// The number of the sender of a WhatsApp message.
        pub sender_identity_id: Option<SenderId>,
        /// The recipient, usually as Liquid; a phone number in Liquid is not shown.
        pub recipient: Option<String>,
        /// The recipients of a copy.
        pub cc: Option<String>,
        /// The recipients of a blind copy.
        pub bcc: Option<String>,
        /// Whether hidden copies have the recipient in their subject.
        pub fake_bcc: Option<bool>,
        /// The headers of an e-mail or a webhook: JSON in text.
        pub headers: Option<String>,
        /// The image of an SMS.
        pub image_url: Option<String>,
        /// The URL that a webhook calls.
        pub url: Option<String>,
        /// The HTTP method of a webhook.
        pub method: Option<String>,
        /// Whether a WhatsApp message goes to those who unsubscribed, too.
        pub send_to_unsubscribed: Option<bool>,
        /// Whether the links of a WhatsApp message are tracked.
        pub tracked: Option<bool>,
    }
}

returned!(Action in "action" = r#"{"id":7,"campaign_id":46,"type":"email","subject":"Welcome!"}"#);
listed!(Action in "actions" = r#"{"id":7,"campaign_id":46,"type":"email","subject":"Welcome!"}"#);
