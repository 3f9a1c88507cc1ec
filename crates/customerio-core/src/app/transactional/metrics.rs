//! `GET /v1/transactional/{transactional_id}/metrics`: how many were sent, opened, clicked.

use crate::{
    TransactionalId,
    app::{Metrics as Report, Periods},
    macros::plain,
};

plain! {
    /// Counts how many of a transactional message were sent, delivered, opened, clicked and so on, period by period.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Report`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/transactionalMetrics>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Periods, transactional::Metrics}, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Metrics::new(44).with_periods(Periods::hours(24)), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/transactional/44/metrics?period=hours&steps=24");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "transactional_metrics")]
    pub struct Metrics { transactional_id: TransactionalId = 44 }
    "app.transactional.metrics" = GET "/v1/transactional/{transactional_id}/metrics" -> Report;
    query {
        /// The last periods, up to now. Default: the last 45 days.
        with_periods, periods: Periods = Periods::days(7);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Metrics::new(44)), plain("GET /v1/transactional/44/metrics"));
        assert!(refused_app(Metrics::new(44).with_periods(Periods::days(46))).to_string().contains("2 to 45"));
    }
}
