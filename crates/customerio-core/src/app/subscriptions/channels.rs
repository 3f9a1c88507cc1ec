//! `GET /v1/subscription_channels`: the channels that people can subscribe to.

use crate::{Page, app::Channel, entity::entity, macros::plain, page::listed};

plain! {
    /// Lists the channels that people can subscribe to, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<SubscriptionChannel>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getChannels>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::{Channel, subscriptions::Channels}, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"channels":[{"id":1,"name":"E-mail","type":"email","subscribed_by_default":true}]}"#;
    /// assert_eq!(
    ///     parse::<Channels>(Response::new(json.into()))?.items[0].channel,
    ///     Some(Channel::Email)
    /// );
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_channels")]
    pub struct Channels {}
    "app.subscriptions.channels" = GET "/v1/subscription_channels" -> Page<SubscriptionChannel>;
}

entity! {
    /// A channel that people can subscribe to.
    pub struct SubscriptionChannel: Debug {
        /// The id.
        pub id: u64,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// The channel of its messages.
        pub channel: Option<Channel> = "type",
        /// Whether people who have not chosen are subscribed.
        pub subscribed_by_default: Option<bool>,
    }
}

listed!(SubscriptionChannel in "channels" = r#"{"id":1,"name":"E-mail","type":"email"}"#);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Channels::new()), plain("GET /v1/subscription_channels"));
    }

    #[test]
    fn a_channel_is_read_field_by_field() {
        let json = json!({"id": 1, "name": "LINE", "description": "d", "type": "line", "subscribed_by_default": false});
        let read: SubscriptionChannel = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(read.channel.as_ref().map(Channel::as_str), Some("line"));
        survives_changes::<SubscriptionChannel>(&json, &["id"]);
    }
}
