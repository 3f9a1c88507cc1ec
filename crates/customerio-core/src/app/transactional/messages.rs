//! `GET /v1/transactional/{transactional_id}/messages`: what was sent of a transactional message, page by page.

use http::Method;

use crate::{
    App, BuildError, TransactionalId, Operation, Page, Path, Query,
    app::{
        MessageDelivery,
        model::{Deliveries, deliveries_setters},
    },
    macros::{opaque_debug, sample},
    page::paged,
    path::Part,
};

/// Lists what was sent of a transactional message, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// No list is longer than six months: without times it is the last six months, and of a longer time it is, silently, the
/// last six months before its end.
///
/// Limits: 1,000 messages a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/transactionalMessages>
///
/// ```
/// use customerio_core::{Limits, Prepared, app::{DeliveryMetric, transactional::Messages}};
///
/// let request = Prepared::new(Messages::new(44).with_metric(DeliveryMetric::Bounced), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/transactional/44/messages?metric=bounced");
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "transactional_messages")]
pub struct Messages {
    transactional_id: TransactionalId,
    deliveries: Deliveries,
}

paged!(Messages of MessageDelivery from deliveries.start);

impl Messages {
    /// Those of this message, of the last six months.
    #[must_use]
    pub fn new(transactional_id: impl Into<TransactionalId>) -> Self {
        Self { transactional_id: transactional_id.into(), deliveries: Deliveries::default() }
    }

    deliveries_setters!(metric state tracked_responses);
}

impl Operation for Messages {
    type Api = App;
    type Output = Page<MessageDelivery>;
    const NAME: &'static str = "app.transactional.messages";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/transactional/{transactional_id}/messages";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.transactional_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.deliveries.write(query);
        Ok(())
    }
}

opaque_debug!(Messages);
sample!(Messages: Self::new(44)
    .with_start("LEAK-start")
    .with_limit(500)
    .with_metric("sent")
    .with_state("sent")
    .with_from(1_700_000_000)
    .with_until(1_700_086_400)
    .with_tracked_responses(true));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{DeliveryMetric, DeliveryState};
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Messages::new(44)), plain("GET /v1/transactional/44/messages"));
        let all = Messages::new(44)
            .with_start("a+b")
            .with_limit(1000)
            .with_metric(DeliveryMetric::Sent)
            .with_state(DeliveryState::Sent)
            .with_from(1_700_000_000)
            .with_until(1_700_000_001)
            .with_tracked_responses(true);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/transactional/44/messages?start=a%2Bb&limit=1000&metric=sent&state=sent\
                 &start_ts=1700000000&end_ts=1700000001&get_tracked_responses=true"
            )
        );
        assert!(refused_app(Messages::new(0)).to_string().contains("the transactional message's id"));
    }
}
