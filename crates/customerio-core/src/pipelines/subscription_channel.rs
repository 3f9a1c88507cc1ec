//! The channels by which messages reach a person.

/// A channel by which messages reach a person, as subscriptions name it.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::pipelines::SubscriptionChannel;
///
/// assert_eq!(SubscriptionChannel::named("in_app"), SubscriptionChannel::InApp);
/// assert_eq!(SubscriptionChannel::named("fax").as_str(), "fax");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubscriptionChannel {
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
    /// Push notifications.
    Push,
    /// In-app messages.
    InApp,
    /// WhatsApp messages.
    WhatsApp,
    /// Slack messages.
    Slack,
    /// LINE messages.
    Line,
    /// Messages in the inbox of your app.
    Inbox,
    /// Another channel: see [`named`](Self::named).
    #[non_exhaustive]
    Other(String),
}

impl SubscriptionChannel {
    const KNOWN: [Self; 8] =
        [Self::Email, Self::Sms, Self::Push, Self::InApp, Self::WhatsApp, Self::Slack, Self::Line, Self::Inbox];

    /// Creates the channel that the API calls `name`, such as `in_app`, even if this crate does not know it.
    #[must_use]
    pub fn named(name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        let known = Self::KNOWN.into_iter().find(|channel| channel.as_str() == name);
        known.unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// Returns the channel as the API writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::InApp => "in_app",
            Self::WhatsApp => "whatsapp",
            Self::Slack => "slack",
            Self::Line => "line",
            Self::Inbox => "inbox",
            Self::Other(name) => name,
        }
    }
}

impl AsRef<str> for SubscriptionChannel {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_its_name() {
        for (name, channel) in [
            ("email", SubscriptionChannel::Email),
            ("sms", SubscriptionChannel::Sms),
            ("push", SubscriptionChannel::Push),
            ("in_app", SubscriptionChannel::InApp),
            ("whatsapp", SubscriptionChannel::WhatsApp),
            ("slack", SubscriptionChannel::Slack),
            ("line", SubscriptionChannel::Line),
            ("inbox", SubscriptionChannel::Inbox),
        ] {
            assert_eq!((channel.as_str(), SubscriptionChannel::named(name)), (name, channel.clone()));
        }
        assert!(matches!(SubscriptionChannel::named("fax"), SubscriptionChannel::Other(_)));
    }
}
