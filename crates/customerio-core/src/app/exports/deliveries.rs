//! `POST /v1/exports/deliveries`: start an export of deliveries.

use http::Method;
use serde::Serialize;

use super::Export;
use crate::{
    ActionId, App, Body, BuildError, CampaignId, Limits, NewsletterId, Operation, TemplateId, Timestamp,
    TransactionalMessageId,
    app::DeliveryMetric,
    macros::{opaque_debug, sample, setters},
    text::Text,
};

/// Starts an export of the messages of a newsletter, a campaign, a transactional message or an action.
///
/// The response is the export as it starts; [`Get`](super::Get) says when it is ready.
/// [`Client::start_export`](crate::Client::start_export) does both, and reads the file. It is not retried after a lost
/// response, because that would start a second one.
///
/// An export covers at most twelve months: of a longer range, silently, the last twelve, and without times the last
/// six. What counts is when a message was created, not when it was sent.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/exportDeliveriesData>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{DeliveryMetric, exports::ExportDeliveries}, limits::Limits};
///
/// let export = ExportDeliveries::of_campaign(46)
///     .with_metric(DeliveryMetric::Bounced)
///     .with_attributes(["plan"]);
/// let request = Prepared::new(export, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"campaign_id":46,"attributes":["plan"],"metric":"bounced"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "export_deliveries_data")]
pub struct ExportDeliveries {
    newsletter_id: Option<NewsletterId>,
    campaign_id: Option<CampaignId>,
    transactional_message_id: Option<TransactionalMessageId>,
    action_id: Option<ActionId>,
    template_id: Option<TemplateId>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    attributes: Option<Vec<Text>>,
    metric: Option<DeliveryMetric>,
    drafts: Option<bool>,
}

impl ExportDeliveries {
    const NOTHING: Self = Self {
        newsletter_id: None,
        campaign_id: None,
        transactional_message_id: None,
        action_id: None,
        template_id: None,
        start: None,
        end: None,
        attributes: None,
        metric: None,
        drafts: None,
    };

    /// Exports the messages of a newsletter.
    #[must_use]
    pub fn of_newsletter(id: impl Into<NewsletterId>) -> Self {
        Self { newsletter_id: Some(id.into()), ..Self::NOTHING }
    }

    /// Exports the messages of a campaign.
    #[must_use]
    pub fn of_campaign(id: impl Into<CampaignId>) -> Self {
        Self { campaign_id: Some(id.into()), ..Self::NOTHING }
    }

    /// Exports the messages of a transactional message.
    #[must_use]
    pub fn of_transactional(id: impl Into<TransactionalMessageId>) -> Self {
        Self { transactional_message_id: Some(id.into()), ..Self::NOTHING }
    }

    /// Exports the messages of an action.
    #[must_use]
    pub fn of_action(id: impl Into<ActionId>) -> Self {
        Self { action_id: Some(id.into()), ..Self::NOTHING }
    }

    /// The attributes and the names in the message's Liquid to export, as columns.
    #[must_use]
    pub fn with_attributes(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.attributes = Some(names.into_iter().map(Text::new).collect());
        self
    }

    setters! {
        /// Only those that were created at this time or later.
        with_from, start: time;
        /// Only those that were created before this time.
        with_until, end: time;
        /// Only those that reached a metric.
        with_metric, metric: into DeliveryMetric;
        /// Includes drafts. Default: false.
        with_drafts, drafts: bool;
        /// Only those of one template of the action.
        with_template_id, template_id: into TemplateId;
    }
}

impl Operation for ExportDeliveries {
    type Api = App;
    type Output = Export;
    const NAME: &'static str = "app.exports.deliveries";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/exports/deliveries";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.newsletter_id.map_or(Ok(()), NewsletterId::check)?;
        self.campaign_id.map_or(Ok(()), CampaignId::check)?;
        self.transactional_message_id.as_ref().map_or(Ok(()), TransactionalMessageId::check)?;
        self.action_id.map_or(Ok(()), ActionId::check)?;
        self.template_id.map_or(Ok(()), TemplateId::check)?;
        Body::json(&self)
    }
}

opaque_debug!(ExportDeliveries);
sample!(ExportDeliveries:
    Self::of_action(77).with_attributes(["LEAK-attribute"]).with_metric("sent");
    Self::of_action(77).with_template_id(3).with_from(1_700_000_000).with_until(1_700_086_400).with_drafts(true);
    Self::of_newsletter(10);
    Self::of_campaign(46);
    Self::of_transactional(44));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let all = ExportDeliveries::of_action(77)
            .with_template_id(3)
            .with_from(1_517_529_600)
            .with_until(1_517_702_400)
            .with_attributes(["a", "b"])
            .with_metric(DeliveryMetric::Created)
            .with_drafts(true);
        assert_eq!(
            wire_app(all),
            "POST https://api.customer.io/v1/exports/deliveries\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 124\n\
             \n\
             {\"action_id\":77,\"template_id\":3,\"start\":1517529600,\"end\":1517702400,\"attributes\":[\"a\",\"b\"],\
             \"metric\":\"created\",\"drafts\":true}"
        );
        for (export, json) in [
            (ExportDeliveries::of_newsletter(999), r#"{"newsletter_id":999}"#),
            (ExportDeliveries::of_campaign(46), r#"{"campaign_id":46}"#),
            (ExportDeliveries::of_transactional(22), r#"{"transactional_message_id":22}"#),
        ] {
            assert_eq!(body(export), json);
        }
        assert!(refused_app(ExportDeliveries::of_campaign(0)).to_string().contains("the campaign's id"));
    }

    #[test]
    fn the_response_has_the_export() {
        let json = r#"{"export":{"id":111,"type":"deliveries","status":"pending","total":0}}"#;
        assert_eq!(parse::<ExportDeliveries>(Response::new(json.into())).unwrap().id, 111.into());
    }
}
