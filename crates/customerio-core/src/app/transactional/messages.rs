//! `GET /v1/transactional/{transactional_id}/messages`: what was sent of a transactional message, page by page.

use crate::{
    Page, TransactionalId,
    app::{MessageDelivery, model::deliveries},
};

deliveries! {
    /// Lists the sent messages of a transactional message, page by page: [`Client::items`](crate::Client::items) reads
    /// them all.
    ///
    /// Without times, the service lists the last six months. Of a range of more than twelve months it silently lists
    /// the last twelve.
    ///
    /// Limits: 1,000 messages a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/transactionalMessages>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{DeliveryMetric, transactional::Messages}, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Messages::new(44).with_metric(DeliveryMetric::Bounced), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/transactional/44/messages?metric=bounced");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "transactional_messages")]
    pub struct Messages { transactional_id: TransactionalId = 44 }
    "app.transactional.messages" = GET "/v1/transactional/{transactional_id}/messages" -> Page<MessageDelivery>;
    with metric state tracked_responses;
}

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
