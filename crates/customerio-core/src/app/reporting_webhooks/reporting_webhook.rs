//! A reporting webhook, as requests and responses have it.

use serde::Serialize;

use crate::{
    BuildError, BuildErrorKind, WebhookId,
    entity::{entity, returned},
    page::listed,
    text::Text,
    unseen::check_visible,
};

entity! {
    /// A URL to which Customer.io sends events about messages and people.
    ///
    /// [`webhook`](crate::webhook) reads what it sends.
    pub struct ReportingWebhook: Debug {
        /// The id.
        pub id: WebhookId,
        /// The name.
        pub name: Option<String>,
        /// The URL that the events are sent to.
        pub endpoint: Option<String>,
        /// The events that are sent, such as `email_delivered`. The names can change.
        pub events: Vec<String>,
        /// Whether it is disabled.
        pub disabled: Option<bool>,
        /// Whether every open and click is reported, and not only the first.
        pub full_resolution: Option<bool>,
        /// Whether the content of messages is included.
        pub with_content: Option<bool>,
    }
}

returned!(
    ReportingWebhook =
        r#"{"id":1,"name":"shop","endpoint":"https://example.com/customerio","events":["email_delivered"]}"#
);
listed!(ReportingWebhook in "reporting_webhooks" = r#"{"id":1,"name":"shop","endpoint":"https://example.com/customerio","events":["email_delivered"]}"#);

/// What is written.
#[derive(Clone, Serialize)]
pub(super) struct Settings {
    pub(super) name: Text,
    pub(super) endpoint: Text,
    pub(super) events: Vec<Text>,
    pub(super) disabled: Option<bool>,
    pub(super) full_resolution: Option<bool>,
    pub(super) with_content: Option<bool>,
}

impl Settings {
    pub(super) fn new(
        name: impl AsRef<str>,
        endpoint: impl AsRef<str>,
        events: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        Self {
            name: Text::new(name),
            endpoint: Text::new(endpoint),
            events: events.into_iter().map(Text::new).collect(),
            disabled: None,
            full_resolution: None,
            with_content: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        check_visible("the webhook's name", &self.name)?;
        check_visible("the webhook's endpoint", &self.endpoint)?;
        if self.events.is_empty() {
            return Err(BuildError::new("the list of the webhook's events", BuildErrorKind::Empty));
        }
        self.events.iter().try_for_each(|event| check_visible("the name of a webhook's event", event))
    }
}
