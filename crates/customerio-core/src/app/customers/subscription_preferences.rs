//! `GET /v1/customers/{customer_id}/subscription_preferences`: which topics a person wants to hear of.

use http::Method;

use super::named::{write_path, write_query};
use crate::{
    App, BuildError, Identifiers, Operation, Path, PersonId, Query,
    entity::{entity, returned},
    macros::{opaque_debug, sample, setters},
    text::Text,
};

/// Reads which topics a person is subscribed to, with the texts of the subscription center.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Preferences`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonSubscriptionPreferences>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::customers::SubscriptionPreferences, http::Response, operation::parse};
///
/// let json = r#"{"customer":{"id":"42","unsubscribed":false,"topics":[{"id":"topic_1","subscribed":true}]}}"#;
/// let preferences = parse::<SubscriptionPreferences>(Response::new(json.into()))?;
/// assert_eq!(preferences.topics[0].subscribed, Some(true));
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_subscription_preferences")]
pub struct SubscriptionPreferences {
    person: PersonId,
    language: Option<Text>,
}

entity! {
    /// Which topics a person is subscribed to.
    pub struct Preferences {
        /// The person.
        pub identifiers: Option<Identifiers>,
        /// The person's id; [`identifiers`](Self::identifiers) has it too.
        pub id: Option<String>,
        /// Whether the person wants no messages at all.
        pub unsubscribed: Option<bool>,
        /// The topics.
        pub topics: Vec<TopicPreference>,
        /// The header of the subscription center.
        pub header: Option<PreferencesHeader>,
    }
}

returned!(Preferences in "customer" = r#"{"id":"42","unsubscribed":false,"topics":[{"id":"topic_1","subscribed":true}]}"#);

entity! {
    /// Whether a person is subscribed to a topic.
    pub struct TopicPreference: Debug {
        /// The id, such as `topic_1`: the name of it among the attributes.
        pub id: String,
        /// Whether the person is subscribed.
        pub subscribed: Option<bool>,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
    }
}

entity! {
    /// The header of the subscription center.
    pub struct PreferencesHeader: Debug {
        /// The title.
        pub title: Option<String>,
        /// The text below it.
        pub subtitle: Option<String>,
    }
}

impl SubscriptionPreferences {
    /// Creates the operation for this person.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into(), language: None }
    }

    setters! {
        /// The language of names and descriptions, as a tag such as `fr`. Default: that of the person.
        with_language, language: text;
    }
}

impl Operation for SubscriptionPreferences {
    type Api = App;
    type Output = Preferences;
    const NAME: &'static str = "app.customers.subscription_preferences";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/subscription_preferences";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        query.optional("language", self.language.as_ref());
        Ok(())
    }
}

opaque_debug!(SubscriptionPreferences);
sample!(SubscriptionPreferences: Self::of("LEAK-person").with_language("fr"));

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(SubscriptionPreferences::of("42").with_language("pt-BR")),
            plain("GET /v1/customers/42/subscription_preferences?id_type=id&language=pt-BR")
        );
    }

    #[test]
    fn preferences_are_read_field_by_field() {
        let json = json!({
            "id": "42", "identifiers": {"id": "42", "email": null, "cio_id": "a3000001"}, "unsubscribed": false,
            "topics": [{"id": "topic_1", "subscribed": true, "name": "News", "description": "What is new"}],
            "header": {"title": "Topics", "subtitle": "Choose"},
        });
        let read: Preferences = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.topics[0].name.as_deref(), read.unsubscribed), (Some("News"), Some(false)));
        assert_eq!(read.header.as_ref().unwrap().subtitle.as_deref(), Some("Choose"));
        survives_changes::<Preferences>(&json, &[]);
    }
}
