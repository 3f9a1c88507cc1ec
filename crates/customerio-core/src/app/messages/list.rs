//! `GET /v1/messages`: the messages of the workspace, page by page.

use http::Method;

use crate::{
    ActionId, App, BuildError, CampaignId, NewsletterId, Operation, Page, Query,
    app::{
        MessageDelivery,
        model::{Deliveries, deliveries_setters},
    },
    macros::{opaque_debug, sample, setters},
    page::paged,
};

/// Lists the messages of the workspace, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// A list covers at most six months: without times the last six, and of a longer range, silently, the last six.
/// [`between`](Self::between) reads a longer one.
///
/// Limits: 1,000 messages a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/listMessages>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Channel, DeliveryMetric, messages::List}, limits::Limits};
///
/// let bounced = List::new()
///     .with_channel(Channel::Email)
///     .with_metric(DeliveryMetric::Bounced)
///     .with_limit(1000);
/// let request = Prepared::new(bounced, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/messages?limit=1000&type=email&metric=bounced");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default)]
#[doc(alias = "list_messages")]
pub struct List {
    deliveries: Deliveries,
    campaign_id: Option<CampaignId>,
    newsletter_id: Option<NewsletterId>,
    action_id: Option<ActionId>,
}

paged!(List of MessageDelivery from deliveries.start);

impl List {
    /// Lists all messages of the last six months.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    deliveries_setters!(channel metric drafts tracked_responses);

    setters! {
        /// Only those of a campaign.
        with_campaign_id, campaign_id: into CampaignId;
        /// Only those of a newsletter.
        with_newsletter_id, newsletter_id: into NewsletterId;
        /// Only those of an action.
        with_action_id, action_id: into ActionId;
    }
}

impl Operation for List {
    type Api = App;
    type Output = Page<MessageDelivery>;
    const NAME: &'static str = "app.messages.list";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/messages";

    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.deliveries.write(query);
        query.id("campaign_id", self.campaign_id)?;
        query.id("newsletter_id", self.newsletter_id)?;
        query.id("action_id", self.action_id)
    }
}

opaque_debug!(List);
sample!(List names nobody: Self::new()
    .with_start("1")
    .with_limit(500)
    .with_channel("email")
    .with_metric("sent")
    .with_drafts(true)
    .with_from(1_700_000_000)
    .with_until(1_700_086_400)
    .with_tracked_responses(true)
    .with_campaign_id(46)
    .with_newsletter_id(10)
    .with_action_id(77));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        app::{Channel, DeliveryMetric},
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    fn message() -> Value {
        json!({
            "id": "dgOq6QWq6QUBAAF4_CGoeVX7mFkDbRFu7ek=", "deduplicate_id": "15:1492548073", "msg_template_id": 138,
            "customer_id": "42", "customer_identifiers": {"email": "ada@example.com", "id": "2", "cio_id": "a3000001"},
            "recipient": "ada@example.com", "subject": "Hello", "metrics": {"sent": 1_552_341_937, "opened": 1_552_341_938},
            "created": 1_552_341_936, "failure_message": "full", "campaign_id": 5, "action_id": 96, "parent_action_id": 1,
            "newsletter_id": 10, "content_id": 3, "broadcast_id": 2, "trigger_event_id": "01E4", "type": "email",
            "forgotten": false, "tracked_responses": {"yes": {"id": 1, "ts": 2}},
        })
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/messages"));
        let all = List::new()
            .with_start("a+b")
            .with_limit(1000)
            .with_channel(Channel::Sms)
            .with_metric(DeliveryMetric::Sent)
            .with_drafts(true)
            .with_campaign_id(1)
            .with_newsletter_id(2)
            .with_action_id(3)
            .with_from(1_700_000_000)
            .with_until(1_700_000_001)
            .with_tracked_responses(true);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/messages?start=a%2Bb&limit=1000&type=twilio&metric=sent&drafts=true\
                 &start_ts=1700000000&end_ts=1700000001&get_tracked_responses=true&campaign_id=1&newsletter_id=2&action_id=3"
            )
        );
        assert!(refused_app(List::new().with_campaign_id(0)).to_string().contains("the campaign's id"));
    }

    #[test]
    fn a_page_has_its_next_which_the_contract_leaves_out() {
        let json = json!({"messages": [message()], "next": "MTo"}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.next), (1, Some("MTo".into())));
        let json = json!({"messages": [], "next": ""}).to_string();
        assert_eq!(parse::<List>(Response::new(json.into())).unwrap().next, None);
    }

    #[test]
    fn a_message_is_read_field_by_field() {
        let read: MessageDelivery = serde_json::from_value(message()).unwrap();
        assert_eq!((read.channel.as_ref(), read.template_id), (Some(&Channel::Email), Some(138.into())));
        assert_eq!(read.metrics["opened"], 1_552_341_938.into());
        assert_eq!(read.customer_identifiers.as_ref().unwrap().cio_id.as_deref(), Some("a3000001"));
        assert_eq!(read.extra.keys().collect::<Vec<_>>(), ["tracked_responses"]);
        assert_eq!(serde_json::to_value(&read).unwrap(), message());
        survives_changes::<MessageDelivery>(&message(), &["id"]);
        // The schema has another name for one field than the examples.
        let read: MessageDelivery = serde_json::from_value(json!({"id": "a", "message_template_id": "7"})).unwrap();
        assert_eq!(read.template_id, Some(7.into()));
    }
}
