//! `DELETE /v1/design_studio/emails/{id}/versions/{version_id}`: delete a version of an e-mail.

use crate::{EmailId, VersionId, macros::plain};

plain! {
    /// Deletes a version of an e-mail; the e-mail stays as it is.
    ///
    /// The service refuses with a 409 if it was saved because the e-mail was published.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteVersion>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::emails::DeleteVersion, limits::Limits};
    ///
    /// let request = Prepared::new(DeleteVersion::new("e-1", "v-1"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/design_studio/emails/e-1/versions/v-1");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_version")]
    pub struct DeleteVersion { id: EmailId = "LEAK-email", version_id: VersionId = "LEAK-version" }
    "app.design_studio.emails.delete_version" =
        DELETE "/v1/design_studio/emails/{id}/versions/{version_id}" -> ();
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(DeleteVersion::new("e-1", "v-1")),
            plain("DELETE /v1/design_studio/emails/e-1/versions/v-1")
        );
        assert_eq!(refused_app(DeleteVersion::new("", "v-1")).to_string(), "the e-mail's id is empty");
        assert_eq!(refused_app(DeleteVersion::new("e-1", " ")).to_string(), {
            "the version's id has only whitespace or invisible characters"
        });
    }

    #[test]
    fn a_status_in_the_body_can_be_a_number() {
        let body = r#"{"errors":[{"detail":"created on publish","status":409}]}"#;
        let response = Response::builder().status(409).body(body.into()).unwrap();
        let error = parse::<DeleteVersion>(response).unwrap_err();
        assert!(error.to_string().contains("created on publish"), "{error}");
    }
}
