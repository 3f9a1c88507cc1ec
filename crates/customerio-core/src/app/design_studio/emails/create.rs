//! `POST /v1/design_studio/emails`: create an e-mail in Design Studio.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{
    Content, Email, EnvelopeUpdate, Transformers,
    parts::{NAME, TIMEOUT, part_setters},
    settings::Known as _,
};
use crate::{
    App, Body, BuildError, FolderId, Limits, Operation,
    app::design_studio::nodes::check_name,
    limits::READ_RESPONSE,
    macros::{opaque_debug, sample, setters},
    path::Part as _,
    text::Text,
};

/// Creates an e-mail in Design Studio.
///
/// Use [`Link`](super::Link) and [`Publish`](super::Publish) to put it into a message.
///
/// It is not retried after a lost response, because that could create a second e-mail of the same name.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Email`.
///
/// Limits: 255 characters of the name; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::{Content, Create}, limits::Limits};
///
/// let content = Content::new().with_subject("Hello").with_html("<p>Hi</p>");
/// let request = Prepared::new(Create::new("Welcome", content), &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"name":"Welcome","content":{"html":"<p>Hi</p>","subject":"Hello"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "create_email")]
pub struct Create {
    name: Text,
    parent_folder_id: Option<FolderId>,
    is_template: Option<bool>,
    content: Content,
    envelope: Option<EnvelopeUpdate>,
    transformers: Option<Transformers>,
}

impl Create {
    /// Creates an e-mail with this name and this content, in no folder.
    ///
    /// The service refuses a content without a field that it needs; it does not say which those are: the subject and the
    /// HTML at least.
    #[must_use]
    pub fn new(name: impl AsRef<str>, mut content: Content) -> Self {
        content.retain_known();
        Self {
            name: Text::new(name),
            parent_folder_id: None,
            is_template: None,
            content,
            envelope: None,
            transformers: None,
        }
    }

    setters! {
        /// The folder that it goes into. Default: none.
        with_folder, parent_folder_id: into FolderId;
        /// Whether it is a template for other e-mails. Default: false.
        with_is_template, is_template: bool;
    }

    part_setters!(envelope transformers);
}

impl Operation for Create {
    type Api = App;
    type Output = Email;
    const NAME: &'static str = "app.design_studio.emails.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/emails";
    const RESPONSE_LIMIT: usize = READ_RESPONSE;
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_name("the e-mail's name", &self.name, NAME)?;
        self.parent_folder_id.as_ref().map_or(Ok(()), FolderId::check)?;
        self.content.check()?;
        self.envelope.as_ref().map_or(Ok(()), EnvelopeUpdate::check)?;
        Body::json(&self)
    }
}

opaque_debug!(Create);
sample!(Create: Self::new(
    "LEAK-name",
    super::content::sample(),
)
.with_folder("LEAK-folder")
.with_is_template(false)
.with_envelope(super::envelope::sample())
.with_transformers(super::transformers::sample()));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let create =
            Create::new("Welcome", Content::new().with_subject("Hello").with_html("<p>Hi</p>").with_text("Hi"))
                .with_folder("f-1")
                .with_is_template(true)
                .with_envelope(EnvelopeUpdate::new().with_from(3))
                .with_transformers(Transformers::new().with_prevent_widows(true));
        assert_eq!(create.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/design_studio/emails\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 199\n\
             \n\
             {\"name\":\"Welcome\",\"parent_folder_id\":\"f-1\",\"is_template\":true,\
             \"content\":{\"html\":\"<p>Hi</p>\",\"subject\":\"Hello\",\"text\":\"Hi\"},\"envelope\":{\"from_id\":3},\
             \"transformers\":{\"prevent_widows\":{\"enabled\":true}}}"
        );
        assert_eq!(body(Create::new("Welcome", Content::new())), r#"{"name":"Welcome","content":{}}"#);
    }

    #[test]
    fn what_was_read_is_sent_without_what_the_service_may_not_know() {
        let read = |json: &str| serde_json::from_str::<Content>(json).unwrap();
        let content = read(r#"{"subject":"Hello","html":75,"amp":null,"new":{"subject":"x"}}"#);
        assert_eq!(content.extra.len(), 2);
        assert_eq!(body(Create::new("Copy", content)), r#"{"name":"Copy","content":{"html":"75","subject":"Hello"}}"#);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused() {
        let create = |name: &str| Create::new(name, Content::new());
        for (create, expected) in [
            (create(" "), "the e-mail's name has only whitespace or invisible characters"),
            (create(&"ü".repeat(256)), "the e-mail's name is not valid: it has 256 characters, and the limit is 255"),
            (create("a").with_folder(""), "the folder's id is empty"),
            (
                Create::new("a", Content::new().with_subject("Hi\r\nBcc: b@x.org")),
                "the subject is not valid: it has a line break or another control character at byte 2",
            ),
            (
                create("a").with_envelope(EnvelopeUpdate::new().with_from(0)),
                "the sender's id is not valid: it must be a positive number",
            ),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
        assert!(body(create(&"ü".repeat(255))).len() > 510);
    }

    #[test]
    fn the_response_has_the_email_however_long() {
        assert_eq!(Create::RESPONSE_LIMIT, READ_RESPONSE);
        let json = r#"{"email":{"id":"e-1","name":"Welcome","parent_folder_id":null}}"#;
        let email = parse::<Create>(Response::new(json.into())).unwrap();
        assert_eq!((email.id.as_str(), email.parent_folder_id), ("e-1", None));
        assert!(parse::<Create>(Response::new(r#"{"email":{}}"#.into())).is_err());
    }
}
