//! `GET /v1/subscription_topics`: what people can subscribe to.

use crate::{Page, TopicId, entity::entity, macros::plain, page::listed};

plain! {
    /// Lists the topics that people can subscribe to, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<Topic>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getTopics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::subscriptions::Topics, http::Response, operation::parse};
    ///
    /// let json = r#"{"topics":[{"id":1,"identifier":"topic_1","name":"News"}]}"#;
    /// assert_eq!(
    ///     parse::<Topics>(Response::new(json.into()))?.items[0].identifier.as_deref(),
    ///     Some("topic_1")
    /// );
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_topics")]
    pub struct Topics {}
    "app.subscriptions.topics" = GET "/v1/subscription_topics" -> Page<Topic>;
}

entity! {
    /// A topic that people can subscribe to.
    pub struct Topic: Debug {
        /// The id.
        pub id: TopicId,
        /// The name among the attributes, such as `topic_1`.
        pub identifier: Option<String>,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// Whether people who have not chosen are subscribed.
        pub subscribed_by_default: Option<bool>,
    }
}

listed!(Topic in "topics" = r#"{"id":1,"identifier":"topic_1","name":"News"}"#);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Topics::new()), plain("GET /v1/subscription_topics"));
    }

    #[test]
    fn a_topic_is_read_field_by_field() {
        let json = json!({
            "id": 1, "identifier": "topic_1", "name": "News", "description": "What is new", "subscribed_by_default": true,
        });
        let read: Topic = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.id, read.subscribed_by_default), (1.into(), Some(true)));
        survives_changes::<Topic>(&json, &["id"]);
    }
}
