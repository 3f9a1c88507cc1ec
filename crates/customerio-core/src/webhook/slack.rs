//! `slack`: what happens to a Slack message.

use super::fields::metrics;

metrics! {
    /// What happened to a Slack message.
    Slack {
        /// It is a draft.
        Drafted = "drafted" {}
        /// It could not be sent, and will be tried again.
        Attempted = "attempted" { failure_message }
        /// It was sent.
        Sent = "sent" { recipient, content }
        /// A tracked link was clicked.
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
            ("drafted", json!({}), Slack::Drafted(Drafted {})),
            (
                "attempted",
                json!({"failure_message": "mailbox full"}),
                Slack::Attempted(Attempted { failure_message: text("mailbox full") }),
            ),
            (
                "sent",
                json!({"recipient": "#general", "content": "Hello, Ada"}),
                Slack::Sent(Sent { recipient: text("#general"), content: text("Hello, Ada") }),
            ),
            (
                "clicked",
                json!({"recipient": "#general", "href": "https://example.com/offer", "link_id": 1}),
                Slack::Clicked(Clicked {
                    recipient: text("#general"),
                    href: text("https://example.com/offer"),
                    link_id: Some(1),
                }),
            ),
            (
                "failed",
                json!({"failure_message": "mailbox full"}),
                Slack::Failed(Failed { failure_message: text("mailbox full") }),
            ),
            (
                "undeliverable",
                json!({"failure_message": "mailbox full"}),
                Slack::Undeliverable(Undeliverable { failure_message: text("mailbox full") }),
            ),
        ] {
            assert!(kind("slack", metric, &data) == Kind::Slack(expected), "{metric}");
        }
    }
}
