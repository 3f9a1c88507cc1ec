//! `DELETE /v1/design_studio/emails/{id}`: delete an e-mail in Design Studio.

use crate::{EmailId, macros::plain};

plain! {
    /// Deletes an e-mail in Design Studio.
    ///
    /// The service refuses with a 409 if it is linked to a message.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteEmail>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::emails::Delete, limits::Limits};
    ///
    /// let request =
    ///     Prepared::new(Delete::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/design_studio/emails/7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_email")]
    pub struct Delete { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.delete" = DELETE "/v1/design_studio/emails/{id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new("e-1")), plain("DELETE /v1/design_studio/emails/e-1"));
        assert_eq!(refused_app(Delete::new("..")).to_string(), {
            "the e-mail's id is `.` or `..`, which cannot be part of a URL path"
        });
    }
}
