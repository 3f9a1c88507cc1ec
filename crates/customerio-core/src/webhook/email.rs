//! `email`: what happens to an e-mail.

use super::fields::metrics;

metrics! {
    /// What happened to an e-mail.
    Email {
        /// It is a draft.
        Drafted = "drafted" { subject, recipient }
        /// It could not be handed to the provider, and will be tried again.
        Attempted = "attempted" { failure_message }
        /// The provider has it.
        Sent = "sent" { subject, recipient, content, headers }
        /// It is in the recipient's mailbox.
        Delivered = "delivered" { subject, recipient }
        /// It was opened, by the recipient or a machine.
        Opened = "opened" { subject, recipient, proxied, prefetched, synthetic }
        /// A tracked link was clicked, by the recipient or a machine.
        Clicked = "clicked" { subject, recipient, href, link_id, machine }
        /// The person did what the campaign is for.
        Converted = "converted" { subject, recipient }
        /// The person wants no more messages, after this one.
        Unsubscribed = "unsubscribed" { subject, recipient, email_address }
        /// The recipient's server did not take it.
        Bounced = "bounced" { subject, recipient, failure_message }
        /// It was not sent, because the person or the address is suppressed.
        Dropped = "dropped" { subject, recipient, failure_message }
        /// The recipient marked it as spam.
        Spammed = "spammed" { subject, recipient }
        /// It could not be handed to the provider, for good.
        Failed = "failed" { subject, failure_message }
        /// It was not sent: a message limit, a newsletter that was cancelled, or a workspace that does not send.
        Undeliverable = "undeliverable" { subject, recipient, failure_message }
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
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    fn each_metric_has_its_own_type() {
        for (metric, data, expected) in [
            (
                "drafted",
                json!({"subject": "Your order", "recipient": "ada@example.com"}),
                Email::Drafted(Drafted { subject: text("Your order"), recipient: text("ada@example.com") }),
            ),
            (
                "attempted",
                json!({"failure_message": "mailbox full"}),
                Email::Attempted(Attempted { failure_message: text("mailbox full") }),
            ),
            (
                "sent",
                json!({"subject": "Your order", "recipient": "ada@example.com", "content": "Hello, Ada", "headers": {"X-Order": ["17"]}}),
                Email::Sent(Sent {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    content: text("Hello, Ada"),
                    headers: [("X-Order".to_owned(), vec!["17".to_owned()])].into(),
                }),
            ),
            (
                "delivered",
                json!({"subject": "Your order", "recipient": "ada@example.com"}),
                Email::Delivered(Delivered { subject: text("Your order"), recipient: text("ada@example.com") }),
            ),
            (
                "opened",
                json!({"subject": "Your order", "recipient": "ada@example.com", "proxied": true, "prefetched": false, "synthetic": true}),
                Email::Opened(Opened {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    proxied: Some(true),
                    prefetched: Some(false),
                    synthetic: Some(true),
                }),
            ),
            (
                "clicked",
                json!({"subject": "Your order", "recipient": "ada@example.com", "href": "https://example.com/offer", "link_id": 1, "machine": true}),
                Email::Clicked(Clicked {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    href: text("https://example.com/offer"),
                    link_id: Some(1),
                    machine: Some(true),
                }),
            ),
            (
                "converted",
                json!({"subject": "Your order", "recipient": "ada@example.com"}),
                Email::Converted(Converted { subject: text("Your order"), recipient: text("ada@example.com") }),
            ),
            (
                "unsubscribed",
                json!({"subject": "Your order", "recipient": "ada@example.com", "email_address": "ada@example.com"}),
                Email::Unsubscribed(Unsubscribed {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    email_address: text("ada@example.com"),
                }),
            ),
            (
                "bounced",
                json!({"subject": "Your order", "recipient": "ada@example.com", "failure_message": "mailbox full"}),
                Email::Bounced(Bounced {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    failure_message: text("mailbox full"),
                }),
            ),
            (
                "dropped",
                json!({"subject": "Your order", "recipient": "ada@example.com", "failure_message": "mailbox full"}),
                Email::Dropped(Dropped {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    failure_message: text("mailbox full"),
                }),
            ),
            (
                "spammed",
                json!({"subject": "Your order", "recipient": "ada@example.com"}),
                Email::Spammed(Spammed { subject: text("Your order"), recipient: text("ada@example.com") }),
            ),
            (
                "failed",
                json!({"subject": "Your order", "failure_message": "mailbox full"}),
                Email::Failed(Failed { subject: text("Your order"), failure_message: text("mailbox full") }),
            ),
            (
                "undeliverable",
                json!({"subject": "Your order", "recipient": "ada@example.com", "failure_message": "mailbox full"}),
                Email::Undeliverable(Undeliverable {
                    subject: text("Your order"),
                    recipient: text("ada@example.com"),
                    failure_message: text("mailbox full"),
                }),
            ),
        ] {
            assert!(kind("email", metric, &data) == Kind::Email(expected), "{metric}");
        }
    }
}
