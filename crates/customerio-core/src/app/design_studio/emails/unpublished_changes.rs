//! `GET /v1/design_studio/emails/{id}/unpublished_changes`: whether an e-mail has changed since it was published.

use crate::{
    EmailId,
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Says whether an e-mail has changed since it was published.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `ChangesSincePublication`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/checkUnpublishedChanges>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     app::design_studio::emails::UnpublishedChanges, http::Response, operation::parse,
    /// };
    ///
    /// let json = r#"{"has_unpublished_changes":true}"#;
    /// let changes = parse::<UnpublishedChanges>(Response::new(json.into()))?;
    /// assert!(changes.has_unpublished_changes);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "check_unpublished_changes")]
    pub struct UnpublishedChanges { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.unpublished_changes" =
        GET "/v1/design_studio/emails/{id}/unpublished_changes" -> ChangesSincePublication;
}

entity! {
    /// Whether an e-mail has changed since it was published.
    pub struct ChangesSincePublication: Debug {
        /// Whether it has.
        pub has_unpublished_changes: bool,
    }
}

returned!(ChangesSincePublication = r#"{"has_unpublished_changes":true}"#);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(UnpublishedChanges::new("e-1")),
            plain("GET /v1/design_studio/emails/e-1/unpublished_changes")
        );
        assert_eq!(refused_app(UnpublishedChanges::new("")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn without_yes_or_no_there_is_no_response() {
        let read = |json: &'static str| parse::<UnpublishedChanges>(Response::new(json.into()));
        assert!(read(r#"{"has_unpublished_changes":true}"#).unwrap().has_unpublished_changes);
        assert!(!read(r#"{"has_unpublished_changes":"false"}"#).unwrap().has_unpublished_changes);
        for json in ["{}", r#"{"has_unpublished_changes":null}"#, r#"{"has_unpublished_changes":1}"#] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.ends_with("the body has no `has_unpublished_changes`"), "{error}");
        }
        let changes = json!({"has_unpublished_changes": true, "new": 1});
        survives_changes::<ChangesSincePublication>(&changes, &["has_unpublished_changes"]);
    }
}
