//! `POST /v1/design_studio/emails/{id}/versions/{version_id}/restore`: create an e-mail what it was in a version.

use crate::{
    EmailId, Replay, VersionId,
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Creates an e-mail what it was in a version.
    ///
    /// The components in it stay as they are.
    ///
    /// The current content is lost, unless [`SaveVersion`](super::SaveVersion) saved it. It is idempotent, so it is
    /// retried after a lost response; then changes that others made in between are lost too.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `RestoredVersion`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/restoreVersion>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::emails::RestoreVersion, http::Response, operation::parse};
    ///
    /// let json = r#"{"node_id":"e-1","version_id":"v-1","restored_node_ids":["e-1"]}"#;
    /// let restored = parse::<RestoreVersion>(Response::new(json.into()))?;
    /// assert_eq!(restored.restored_ids, ["e-1".into()]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "restore_version")]
    pub struct RestoreVersion { id: EmailId = "LEAK-email", version_id: VersionId = "LEAK-version" }
    "app.design_studio.emails.restore_version" =
        POST "/v1/design_studio/emails/{id}/versions/{version_id}/restore" -> RestoredVersion;
    const REPLAY: Replay = Replay::Safe;
}

entity! {
    /// A version that was restored.
    pub struct RestoredVersion: Debug {
        /// The e-mail.
        pub email_id: Option<EmailId> = "node_id",
        /// The version.
        pub version_id: Option<VersionId>,
        /// The ids of what was restored: the e-mail alone.
        pub restored_ids: Vec<EmailId> = "restored_node_ids",
    }
}

returned!(RestoredVersion with "node_id" =
    r#"{"node_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","version_id":"2c5ea4c0-4067-11ef-9454-0242ac120002",
        "restored_node_ids":["7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11"]}"#);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let restore = RestoreVersion::new("e-1", "v-1");
        assert_eq!(restore.replay(), Replay::Safe);
        assert_eq!(wire_app(restore), plain("POST /v1/design_studio/emails/e-1/versions/v-1/restore"));
        assert_eq!(refused_app(RestoreVersion::new("", "v-1")).to_string(), "the e-mail's id is empty");
        assert_eq!(refused_app(RestoreVersion::new("e-1", "")).to_string(), "the version's id is empty");
    }

    #[test]
    fn the_response_says_what_was_restored() {
        let restored = json!({"node_id": "e-1", "version_id": "v-1", "restored_node_ids": ["e-1"]});
        let read = parse::<RestoreVersion>(Response::new(restored.to_string().into())).unwrap();
        assert_eq!((read.email_id, read.version_id), (Some("e-1".into()), Some("v-1".into())));
        assert_eq!((read.restored_ids, read.extra.len()), (vec!["e-1".into()], 0));
        survives_changes::<RestoredVersion>(&restored, &[]);
        assert!(parse::<RestoreVersion>(Response::new("{}".into())).is_err());
    }
}
