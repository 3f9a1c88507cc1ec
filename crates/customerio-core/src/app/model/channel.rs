//! The channel of a message.

use crate::entity::open_enum;

open_enum! {
    /// The channel of a message.
    pub enum Channel {
        /// An e-mail.
        Email = "email",
        /// A call of a webhook.
        Webhook = "webhook",
        /// A text message.
        Sms = "twilio",
        /// A push notification.
        Push = "push",
        /// A message in the app.
        InApp = "in_app",
        /// A message in the app's inbox.
        Inbox = "inbox",
        /// A message on Slack.
        Slack = "slack",
        /// A WhatsApp message.
        WhatsApp = "whatsapp",
        /// A live notification.
        LiveNotification = "live_notification",
    }
}
