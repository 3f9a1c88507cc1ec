//! `push`: what happens to a push notification.

use super::fields::metrics;
use crate::entity::entity;

metrics! {
    /// What happened to a push notification.
    Push {
        /// It is a draft.
        Drafted = "drafted" {}
        /// It could not be handed to the provider, and will be tried again.
        Attempted = "attempted" { failure_message }
        /// The provider has it.
        Sent = "sent" { recipients, content }
        /// It is on a device.
        Delivered = "delivered" { recipients }
        /// It was opened.
        Opened = "opened" { recipients }
        /// A link in it was tapped.
        Clicked = "clicked" { recipients, href, link_id }
        /// The person did what the campaign is for.
        Converted = "converted" { recipients }
        /// The provider no longer knows at least one of the devices: each says why.
        Bounced = "bounced" { recipients }
        /// It was not sent, because at least one of the devices has bounced before: each says why.
        Dropped = "dropped" { recipients }
        /// It could not be handed to the provider, for good.
        Failed = "failed" { failure_message }
        /// It was not sent: a message limit, a newsletter that was cancelled, or a workspace that does not send.
        Undeliverable = "undeliverable" { failure_message }
    }
}

entity! {
    /// A device that a push notification went to.
    pub struct Recipient: Default {
        /// The token.
        pub device_id: Option<String>,
        /// `ios` or `android`.
        pub device_platform: Option<String>,
        /// Why it was not delivered there.
        pub failure_message: Option<String>,
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
            ("drafted", json!({}), Push::Drafted(Drafted {})),
            (
                "attempted",
                json!({"failure_message": "mailbox full"}),
                Push::Attempted(Attempted { failure_message: text("mailbox full") }),
            ),
            (
                "sent",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios", "failure_message": "gone"}], "content": r#"{"title":"Hi"}"#}),
                Push::Sent(Sent { recipients: vec![device(text("gone"))], content: text(r#"{"title":"Hi"}"#) }),
            ),
            (
                "delivered",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios"}]}),
                Push::Delivered(Delivered { recipients: vec![device(None)] }),
            ),
            (
                "opened",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios"}]}),
                Push::Opened(Opened { recipients: vec![device(None)] }),
            ),
            (
                "clicked",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios"}], "href": "https://example.com/offer", "link_id": 1}),
                Push::Clicked(Clicked {
                    recipients: vec![device(None)],
                    href: text("https://example.com/offer"),
                    link_id: Some(1),
                }),
            ),
            (
                "converted",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios"}]}),
                Push::Converted(Converted { recipients: vec![device(None)] }),
            ),
            (
                "bounced",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios", "failure_message": "gone"}]}),
                Push::Bounced(Bounced { recipients: vec![device(text("gone"))] }),
            ),
            (
                "dropped",
                json!({"recipients": [{"device_id": "token", "device_platform": "ios", "failure_message": "gone"}]}),
                Push::Dropped(Dropped { recipients: vec![device(text("gone"))] }),
            ),
            (
                "failed",
                json!({"failure_message": "mailbox full"}),
                Push::Failed(Failed { failure_message: text("mailbox full") }),
            ),
            (
                "undeliverable",
                json!({"failure_message": "mailbox full"}),
                Push::Undeliverable(Undeliverable { failure_message: text("mailbox full") }),
            ),
        ] {
            assert!(kind("push", metric, &data) == Kind::Push(expected), "{metric}");
        }
    }

    fn device(failure_message: Option<String>) -> Recipient {
        Recipient { device_id: text("token"), device_platform: text("ios"), failure_message, ..Recipient::default() }
    }
}
