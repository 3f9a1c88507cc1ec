//! `customer`: a person's subscriptions, changed by the person or by your own call.
//!
//! The event names the channel of the message that led to the change instead of `customer`, if there was one. So
//! [`Customer`] is what all of these are read as, with one exception: `unsubscribed` of `email` is
//! [`Email::Unsubscribed`](super::Email::Unsubscribed).

use super::fields::metrics;

metrics! {
    /// What changed about a person's subscriptions.
    Customer {
        /// The person wants messages again: `unsubscribed` has become false.
        Subscribed = "subscribed" { email_address }
        /// The person wants no more messages: `unsubscribed` has become true.
        Unsubscribed = "unsubscribed" { email_address }
        /// The person has chosen topics: `cio_subscription_preferences` has changed, to what `content` says.
        PreferencesChanged = "cio_subscription_preferences_changed" { email_address, content }
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
            (
                "subscribed",
                json!({"email_address": "ada@example.com"}),
                Customer::Subscribed(Subscribed { email_address: text("ada@example.com") }),
            ),
            (
                "unsubscribed",
                json!({"email_address": "ada@example.com"}),
                Customer::Unsubscribed(Unsubscribed { email_address: text("ada@example.com") }),
            ),
            (
                "cio_subscription_preferences_changed",
                json!({"email_address": "ada@example.com", "content": r#"{"topics":{"topic_1":true}}"#}),
                Customer::PreferencesChanged(PreferencesChanged {
                    email_address: text("ada@example.com"),
                    content: text(r#"{"topics":{"topic_1":true}}"#),
                }),
            ),
        ] {
            assert!(kind("customer", metric, &data) == Kind::Customer(expected), "{metric}");
        }
    }

    #[test]
    fn the_channel_that_led_to_a_change_can_stand_for_the_object_type() {
        for (object_type, metric) in [
            ("email", "subscribed"),
            ("sms", "unsubscribed"),
            ("whatsapp", "cio_subscription_preferences_changed"),
            ("in_app", "unsubscribed"),
        ] {
            assert!(matches!(kind(object_type, metric, &json!({})), Kind::Customer(_)), "{object_type} {metric}");
        }
        let email = kind("email", "unsubscribed", &json!({"email_address": "ada@example.com"}));
        let Kind::Email(crate::webhook::Email::Unsubscribed(unsubscribed)) = email else { panic!("{email:?}") };
        assert_eq!(unsubscribed.email_address, text("ada@example.com"));
    }
}
