//! `DELETE /v1/newsletters/{newsletter_id}`: remove a newsletter.

use crate::{NewsletterId, macros::plain};

plain! {
    /// Deletes a newsletter with its contents, its settings and its metrics.
    ///
    /// Messages in the app that were not delivered yet are cancelled.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deletetNewsletters>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::newsletters::Delete, http::Method, limits::Limits};
    ///
    /// let request = Prepared::new(Delete::new(7), &Limits::default())?;
    /// assert_eq!((request.method(), request.path()), (&Method::DELETE, "/v1/newsletters/7"));
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_newsletters")]
    pub struct Delete { newsletter_id: NewsletterId = 8 }
    "app.newsletters.delete" = DELETE "/v1/newsletters/{newsletter_id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Operation, Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new(7)), plain("DELETE /v1/newsletters/7"));
        assert_eq!(Delete::new(7).replay(), Replay::Safe);
        assert_eq!(
            refused_app(Delete::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }
}
