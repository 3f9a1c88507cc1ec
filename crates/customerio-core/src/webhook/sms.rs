//! `sms`: what happens to an SMS, or to a WhatsApp message that goes out by Twilio.

use super::fields::metrics;

metrics! {
    /// What happened to an SMS.
    Sms {
        /// It is a draft.
        Drafted = "drafted" {}
        /// It could not be handed to the provider, and will be tried again.
        Attempted = "attempted" { failure_message }
        /// The provider has it.
        Sent = "sent" { recipient, content }
        /// It is on the recipient's phone.
        Delivered = "delivered" { recipient }
        /// A tracked link was tapped.
        Clicked = "clicked" { recipient, href, link_id }
        /// The person did what the campaign is for.
        Converted = "converted" { recipient }
        /// The provider could not deliver it.
        Bounced = "bounced" { recipient, failure_message }
        /// It could not be handed to the provider, for good.
        Failed = "failed" { failure_message }
        /// It was not sent: a message limit, a newsletter that was cancelled, or a workspace that does not send.
        Undeliverable = "undeliverable" { failure_message }
        /// The person replied, within 72 hours.
        Replied = "replied" { recipient, to, inbound_event_id }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::webhook::{
        Kind,
        testing::{kind, text},
    };

    #[test]
    fn each_metric_has_its_own_type() {
        for (metric, data, expected) in [
            ("drafted", json!({}), Sms::Drafted(Drafted {})),
            (
                "attempted",
                json!({"failure_message": "mailbox full"}),
                Sms::Attempted(Attempted { failure_message: text("mailbox full") }),
            ),
            (
                "sent",
                json!({"recipient": "+15551234567", "content": "Hello, Ada"}),
                Sms::Sent(Sent { recipient: text("+15551234567"), content: text("Hello, Ada") }),
            ),
            (
                "delivered",
                json!({"recipient": "+15551234567"}),
                Sms::Delivered(Delivered { recipient: text("+15551234567") }),
            ),
            (
                "clicked",
                json!({"recipient": "+15551234567", "href": "https://example.com/offer", "link_id": "1"}),
                Sms::Clicked(Clicked {
                    recipient: text("+15551234567"),
                    href: text("https://example.com/offer"),
                    link_id: Some(1),
                }),
            ),
            (
                "converted",
                json!({"recipient": "+15551234567"}),
                Sms::Converted(Converted { recipient: text("+15551234567") }),
            ),
            (
                "bounced",
                json!({"recipient": "+15551234567", "failure_message": "mailbox full"}),
                Sms::Bounced(Bounced { recipient: text("+15551234567"), failure_message: text("mailbox full") }),
            ),
            (
                "failed",
                json!({"failure_message": "mailbox full"}),
                Sms::Failed(Failed { failure_message: text("mailbox full") }),
            ),
            (
                "undeliverable",
                json!({"failure_message": "mailbox full"}),
                Sms::Undeliverable(Undeliverable { failure_message: text("mailbox full") }),
            ),
            (
                "replied",
                json!({"recipient": "+15551234567", "to": "+15557654321", "inbound_event_id": "01HZX4"}),
                Sms::Replied(Replied {
                    recipient: text("+15551234567"),
                    to: text("+15557654321"),
                    inbound_event_id: text("01HZX4"),
                }),
            ),
        ] {
            assert!(kind("sms", metric, &data) == Kind::Sms(expected), "{metric}");
        }
    }
}
