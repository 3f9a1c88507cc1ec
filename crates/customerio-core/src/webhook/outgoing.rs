//! `webhook`: what happens to a webhook that a campaign sends, which is not the webhook that reports it.

use super::fields::metrics;

metrics! {
    /// What happened to a webhook that a campaign sends.
    Webhook {
        /// It is a draft.
        Drafted = "drafted" {}
        /// It could not be sent, and will be tried again.
        Attempted = "attempted" { failure_message }
        /// It was sent.
        Sent = "sent" { recipient, content }
        /// A tracked link in it was opened.
        Clicked = "clicked" { recipient, href, link_id }
        /// It could not be sent, for good.
        Failed = "failed" { failure_message }
        /// It was not sent: a message limit, a newsletter that was cancelled, or a workspace that does not send.
        Undeliverable = "undeliverable" { failure_message }
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
            ("drafted", json!({}), Webhook::Drafted(Drafted {})),
            (
                "attempted",
                json!({"failure_message": "mailbox full"}),
                Webhook::Attempted(Attempted { failure_message: text("mailbox full") }),
            ),
            (
                "sent",
                json!({"recipient": "https://example.com/hook", "content": "Hello, Ada"}),
                Webhook::Sent(Sent { recipient: text("https://example.com/hook"), content: text("Hello, Ada") }),
            ),
            (
                "clicked",
                json!({"recipient": "https://example.com/hook", "href": "https://example.com/offer", "link_id": 1}),
                Webhook::Clicked(Clicked {
                    recipient: text("https://example.com/hook"),
                    href: text("https://example.com/offer"),
                    link_id: Some(1),
                }),
            ),
            (
                "failed",
                json!({"failure_message": "mailbox full"}),
                Webhook::Failed(Failed { failure_message: text("mailbox full") }),
            ),
            (
                "undeliverable",
                json!({"failure_message": "mailbox full"}),
                Webhook::Undeliverable(Undeliverable { failure_message: text("mailbox full") }),
            ),
        ] {
            assert!(kind("webhook", metric, &data) == Kind::Webhook(expected), "{metric}");
        }
    }
}
