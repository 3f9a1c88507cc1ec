//! `GET /v1/newsletters/{newsletter_id}/messages`: what was sent of a newsletter, page by page.

use http::Method;

use crate::{
    App, BuildError, NewsletterId, Operation, Page, Path, Query,
    app::{
        MessageDelivery,
        model::{Deliveries, deliveries_setters},
    },
    macros::{opaque_debug, sample},
    page::paged,
    path::Part,
};

/// Lists the messages of a newsletter, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// Without times, the service lists the six months from the first message on. Of a range of more than twelve months it
/// silently lists the last twelve.
///
/// Limits: 1,000 messages a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterMsgMeta>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{DeliveryMetric, newsletters::Messages}, limits::Limits};
///
/// let request =
///     Prepared::new(Messages::new(7).with_metric(DeliveryMetric::Bounced), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/newsletters/7/messages?metric=bounced");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_newsletter_msg_meta")]
pub struct Messages {
    newsletter_id: NewsletterId,
    deliveries: Deliveries,
}

paged!(Messages of MessageDelivery from deliveries.start);

impl Messages {
    /// Lists the messages of this newsletter, for six months from the first one on.
    #[must_use]
    pub fn new(newsletter_id: impl Into<NewsletterId>) -> Self {
        Self { newsletter_id: newsletter_id.into(), deliveries: Deliveries::default() }
    }

    deliveries_setters!(metric tracked_responses);
}

impl Operation for Messages {
    type Api = App;
    type Output = Page<MessageDelivery>;
    const NAME: &'static str = "app.newsletters.messages";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/messages";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.deliveries.write(query);
        Ok(())
    }
}

opaque_debug!(Messages);
sample!(Messages: Self::new(7)
    .with_start("LEAK-start")
    .with_limit(500)
    .with_metric("sent")
    .with_from(1_700_000_000)
    .with_until(1_700_086_400)
    .with_tracked_responses(true));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Paged,
        app::DeliveryMetric,
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Messages::new(7)), plain("GET /v1/newsletters/7/messages"));
        let all = Messages::new(7)
            .with_start("a+b")
            .with_limit(1000)
            .with_metric(DeliveryMetric::Sent)
            .with_from(1_700_000_000)
            .with_until(1_700_000_001)
            .with_tracked_responses(true);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/newsletters/7/messages?start=a%2Bb&limit=1000&metric=sent\
                 &start_ts=1700000000&end_ts=1700000001&get_tracked_responses=true"
            )
        );
        assert_eq!(
            refused_app(Messages::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn a_page_says_where_the_next_one_starts() {
        let json = r#"{"messages":[{"id":"RPIL","newsletter_id":7,"campaign_id":null}],"next":"Mg=="}"#;
        let page = parse::<Messages>(Response::new(json.into())).unwrap();
        assert_eq!((page.items[0].newsletter_id, page.items[0].campaign_id), (Some(7.into()), None));
        let next = Messages::new(7).next(&page).unwrap();
        assert_eq!(
            wire_app(Messages::new(7).starting_at(&next)),
            plain("GET /v1/newsletters/7/messages?start=Mg%3D%3D")
        );
    }
}
