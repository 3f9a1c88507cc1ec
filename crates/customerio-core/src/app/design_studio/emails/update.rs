//! `PUT /v1/design_studio/emails/{id}`: change an e-mail in Design Studio.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{
    Content, EnvelopeUpdate, Transformers,
    parts::{NAME, TIMEOUT, part_setters},
};
use crate::{
    App, Body, BuildError, EmailId, FolderId, Limits, Operation, Path,
    app::design_studio::nodes::{check_changes, check_name},
    change::Change,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
};

/// Changes an e-mail in Design Studio: its text without a language.
///
/// Fields that are not set stay unchanged.
///
/// A message that the e-mail is linked to stays as it is until [`Publish`](super::Publish).
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 255 characters of the name; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::Update, limits::Limits};
///
/// let limits = Limits::default();
/// let id = "7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11";
/// assert_eq!(
///     Prepared::new(Update::new(id).with_name("Hello"), &limits)?.body(),
///     r#"{"name":"Hello"}"#
/// );
/// assert_eq!(
///     Prepared::new(Update::new(id).without_folder(), &limits)?.body(),
///     r#"{"parent_folder_id":null}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "update_email")]
pub struct Update {
    #[serde(skip)]
    id: EmailId,
    name: Option<Text>,
    parent_folder_id: Option<Change<FolderId>>,
    is_template: Option<bool>,
    content: Option<Content>,
    envelope: Option<EnvelopeUpdate>,
    transformers: Option<Transformers>,
}

impl Update {
    /// Creates the operation for the e-mail with this id. Something must be set.
    #[must_use]
    pub fn new(id: impl Into<EmailId>) -> Self {
        Self {
            id: id.into(),
            name: None,
            parent_folder_id: None,
            is_template: None,
            content: None,
            envelope: None,
            transformers: None,
        }
    }

    setters! {
        /// The new name.
        with_name, name: text;
        /// Moves it into this folder.
        with_folder, parent_folder_id: change FolderId;
        /// Moves it out of its folder.
        without_folder, parent_folder_id: clear;
        /// Whether it is a template for other e-mails.
        with_is_template, is_template: bool;
    }

    part_setters!(content envelope transformers);
}

impl Operation for Update {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.design_studio.emails.update";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}";
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        let Self { id: _, name, parent_folder_id, is_template, content, envelope, transformers } = &self;
        let is_moved = name.is_some() || parent_folder_id.is_some() || is_template.is_some();
        check_changes(is_moved || content.is_some() || envelope.is_some() || transformers.is_some())?;
        name.as_ref().map_or(Ok(()), |name| check_name("the e-mail's name", name, NAME))?;
        Change::check(parent_folder_id.as_ref())?;
        content.as_ref().map_or(Ok(()), Content::check)?;
        envelope.as_ref().map_or(Ok(()), EnvelopeUpdate::check)?;
        Body::json(&self)
    }
}

opaque_debug!(Update);
sample!(Update: Self::new("LEAK-email")
    .with_name("LEAK-name")
    .with_folder("LEAK-folder")
    .with_is_template(true)
    .with_content(super::content::sample())
    .with_envelope(super::envelope::sample())
    .with_transformers(super::transformers::sample()));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let update = Update::new("e-1")
            .with_name("Welcome")
            .with_folder("f-1")
            .with_is_template(false)
            .with_content(Content::new().with_html("<p>Hi</p>"))
            .with_envelope(EnvelopeUpdate::new().without_reply_to())
            .with_transformers(Transformers::new().with_encode_entities(false));
        assert_eq!(update.replay(), Replay::Safe);
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/design_studio/emails/e-1\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 179\n\
             \n\
             {\"name\":\"Welcome\",\"parent_folder_id\":\"f-1\",\"is_template\":false,\"content\":{\"html\":\"<p>Hi</p>\"},\
             \"envelope\":{\"reply_to_id\":null},\"transformers\":{\"encode_entities\":{\"enabled\":false}}}"
        );
    }

    #[test]
    fn a_folder_is_left_set_or_cleared() {
        assert_eq!(body(Update::new("e-1").with_is_template(true)), r#"{"is_template":true}"#);
        assert_eq!(body(Update::new("e-1").without_folder().with_folder("f-0")), r#"{"parent_folder_id":"f-0"}"#);
        assert_eq!(body(Update::new("e-1").with_folder("f-0").without_folder()), r#"{"parent_folder_id":null}"#);
    }

    #[test]
    fn each_part_alone_is_a_change() {
        assert_eq!(
            body(Update::new("e-1").with_content(Content::new().with_text("Hi"))),
            r#"{"content":{"text":"Hi"}}"#
        );
        assert_eq!(
            body(Update::new("e-1").with_envelope(EnvelopeUpdate::new().without_headers())),
            r#"{"envelope":{"headers":[]}}"#
        );
        let mut read: Transformers = serde_json::from_str(r#"{"css_variables":{"new":1,"preserve":true}}"#).unwrap();
        read.extra.insert("new".into(), 1.into());
        assert_eq!(body(Update::new("e-1").with_transformers(read)), {
            r#"{"transformers":{"css_variables":{"preserve":true}}}"#
        });
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        for (update, expected) in [
            (Update::new("e-1"), "the update is not valid: it changes nothing: set what should change"),
            (Update::new("e-1").with_name(""), "the e-mail's name is empty"),
            (
                Update::new("e-1").with_name("x".repeat(256)),
                "the e-mail's name is not valid: it has 256 characters, and the limit is 255",
            ),
            (Update::new("e-1").with_folder(""), "the folder's id is empty"),
            (
                Update::new("e-1").with_content(Content::new().with_preheader_text("Hi\r\nBcc: b@x.org")),
                "the preheader text is not valid: it has a line break or another control character at byte 2",
            ),
            (
                Update::new("e-1").with_envelope(EnvelopeUpdate::new().with_header(" ", "a")),
                "the header's name has only whitespace or invisible characters",
            ),
            (Update::new("").without_folder(), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }
}
