//! `POST /v1/design_studio/emails/{id}/versions`: save a version of an e-mail.

use http::Method;
use serde::Serialize;

use super::Version;
use crate::{
    App, Body, BuildError, EmailId, Limits, Operation, Path, Replay,
    app::design_studio::nodes::check_name,
    entity::{entity, returned},
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
};

/// The most characters of a version's name.
const NAME: usize = 100;

/// Saves a version of an e-mail, as it is now.
///
/// If nothing has changed since the latest version, the service saves none, and the response has the latest. So it is
/// retried after a lost response; the second response can then say that none was saved, although the first attempt
/// saved one.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `SavedVersion`.
///
/// Limits: 100 characters of the name; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/saveVersion>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::SaveVersion, limits::Limits};
///
/// let save = SaveVersion::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11", "Before the sale");
/// let request = Prepared::new(save, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"name":"Before the sale"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "save_version")]
#[doc(alias = "create_version")]
pub struct SaveVersion {
    #[serde(skip)]
    id: EmailId,
    name: Text,
    description: Option<Text>,
}

entity! {
    /// A version that was saved, or the latest one.
    pub struct SavedVersion: Debug {
        /// The version.
        pub version: Version,
        /// Whether it was saved by this request: false where nothing had changed.
        pub created: Option<bool>,
    }
}

returned!(
    SavedVersion =
        r#"{"created":true,"version":{"id":"2c5ea4c0-4067-11ef-9454-0242ac120002","name":"Before the sale"}}"#
);

impl SaveVersion {
    /// Creates a version with this name of the e-mail with this id, which can be a translation.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, name: impl AsRef<str>) -> Self {
        Self { id: id.into(), name: Text::new(name), description: None }
    }

    setters! {
        /// Sets the description.
        with_description, description: text;
    }
}

impl Operation for SaveVersion {
    type Api = App;
    type Output = SavedVersion;
    const NAME: &'static str = "app.design_studio.emails.save_version";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/versions";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_name("the version's name", &self.name, NAME)?;
        Body::json(&self)
    }
}

opaque_debug!(SaveVersion);
sample!(SaveVersion: Self::new("LEAK-email", "LEAK-name").with_description("LEAK-description"));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{body, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let save = SaveVersion::new("e-1", "May").with_description("Before the sale");
        assert_eq!(save.replay(), Replay::Safe);
        assert_eq!(
            wire_app(save),
            "POST https://api.customer.io/v1/design_studio/emails/e-1/versions\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 46\n\
             \n\
             {\"name\":\"May\",\"description\":\"Before the sale\"}"
        );
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (save, expected) in [
            (SaveVersion::new("e-1", ""), "the version's name is empty"),
            (
                SaveVersion::new("e-1", "é".repeat(101)),
                "the version's name is not valid: it has 101 characters, and the limit is 100",
            ),
            (SaveVersion::new("", "May"), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(save).to_string(), expected);
        }
        assert_eq!(body(SaveVersion::new("e-1", "é".repeat(100))).len(), 211);
    }

    #[test]
    fn the_response_has_the_version() {
        let saved = json!({"created": false, "version": {"id": "v-1", "name": "May"}});
        let read = parse::<SaveVersion>(Response::new(saved.to_string().into())).unwrap();
        assert_eq!(
            (read.created, read.version.id.as_str(), read.version.name.as_deref()),
            (Some(false), "v-1", Some("May"))
        );
        survives_changes::<SavedVersion>(&saved, &["version", "version/id"]);
        assert!(parse::<SaveVersion>(Response::new(r#"{"created":true}"#.into())).is_err());
    }
}
