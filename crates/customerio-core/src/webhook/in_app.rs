//! `in_app`: what happens to an in-app message.

use super::fields::metrics;

metrics! {
    /// What happened to an in-app message.
    InApp {
        /// It is a draft.
        Drafted = "drafted" {}
        /// It could not be sent, and will be tried again.
        Attempted = "attempted" { failure_message }
        /// It waits for the person to open the app.
        Sent = "sent" { recipient, content }
        /// The person saw it: it opens by itself.
        Opened = "opened" {}
        /// Something in it was tapped.
        Clicked = "clicked" { recipient, href, link_id, tracked_response }
        /// The person did what the campaign is for.
        Converted = "converted" { recipient }
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
            ("drafted", json!({}), InApp::Drafted(Drafted {})),
            (
                "attempted",
                json!({"failure_message": "mailbox full"}),
                InApp::Attempted(Attempted { failure_message: text("mailbox full") }),
            ),
            (
                "sent",
                json!({"recipient": "ada@example.com", "content": "Hello, Ada"}),
                InApp::Sent(Sent { recipient: text("ada@example.com"), content: text("Hello, Ada") }),
            ),
            ("opened", json!({}), InApp::Opened(Opened {})),
            (
                "clicked",
                json!({"recipient": "ada@example.com", "href": "https://example.com/offer", "link_id": 1, "tracked_response": "yes_please"}),
                InApp::Clicked(Clicked {
                    recipient: text("ada@example.com"),
                    href: text("https://example.com/offer"),
                    link_id: Some(1),
                    tracked_response: text("yes_please"),
                }),
            ),
            (
                "converted",
                json!({"recipient": "ada@example.com"}),
                InApp::Converted(Converted { recipient: text("ada@example.com") }),
            ),
            (
                "failed",
                json!({"failure_message": "mailbox full"}),
                InApp::Failed(Failed { failure_message: text("mailbox full") }),
            ),
            (
                "undeliverable",
                json!({"failure_message": "mailbox full"}),
                InApp::Undeliverable(Undeliverable { failure_message: text("mailbox full") }),
            ),
        ] {
            assert!(kind("in_app", metric, &data) == Kind::InApp(expected), "{metric}");
        }
    }
}
