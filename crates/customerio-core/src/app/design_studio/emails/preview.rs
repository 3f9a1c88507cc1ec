//! `POST /v1/design_studio/emails/{id}/preview`: what an e-mail becomes with sample data.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;

use super::{NodeKind, parts::TIMEOUT};
use crate::{
    App, Body, BuildError, DecodeFailure, EmailId, FromResponse, Limits, Operation, Path, Quota, Replay,
    entity::{decode_with_errors, entity},
    json::Attributes,
    limits::READ_RESPONSE,
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Renders an e-mail with sample data: its components become HTML, and its Liquid becomes what it would for that person.
///
/// Wrong Liquid is not an error of the call: the response says [what is wrong](EmailPreview::errors). It only reads,
/// and is retried like any read.
///
/// A 404 means that there is no such e-mail, or that the account cannot use Design Studio by the API.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `EmailPreview`.
///
/// Limits: 5 requests a second for the workspace, together with the others that render or publish.
/// <https://docs.customer.io/integrations/api/app/#operation/previewEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::Preview, limits::Limits};
/// use serde_json::json;
///
/// let preview =
///     Preview::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11").with_customer(json!({"name": "Ada"}));
/// let request = Prepared::new(preview, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"customer":{"name":"Ada"}}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "preview_email")]
pub struct Preview {
    #[serde(skip)]
    id: EmailId,
    customer: Option<Attributes>,
    event: Option<Attributes>,
    trigger: Option<Attributes>,
    campaign: Option<Attributes>,
    journey: Option<Attributes>,
    message: Option<Attributes>,
    objects: Option<Attributes>,
    lax: Option<bool>,
}

entity! {
    /// An e-mail rendered with sample data.
    pub struct EmailPreview {
        /// The e-mail.
        pub email_id: Option<EmailId> = "node_id",
        /// The type of what was rendered: an e-mail.
        pub kind: Option<NodeKind> = "node_type",
        /// The language; none of the text without one.
        pub language: Option<String>,
        /// The subject.
        pub subject: Option<String>,
        /// The preheader, if it has one: the text that e-mail clients show beside the subject.
        pub preheader_text: Option<String>,
        /// The sender, if there is one.
        pub from: Option<String>,
        /// The HTML.
        pub html: Option<String>,
        /// The text without HTML, if it has some.
        pub text: Option<String>,
        /// The AMP, if it has some.
        pub amp: Option<String>,
        /// The text that is sent beside the HTML.
        pub plaintext_body: Option<String>,
        /// The links in it.
        pub links: Vec<PreviewLink>,
        /// The errors in the headers.
        pub header_errors: Vec<HeaderErrors> = "headers",
        /// The errors in the Liquid, by part: `subject`, `body`, `layout`, `snippets` and so on. A part without errors
        /// is left out.
        pub errors: BTreeMap<String, Vec<String>>,
    }
}

impl EmailPreview {
    /// Whether anything is wrong: with the Liquid, with a link, or with a header.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors.values().any(|errors| !errors.is_empty())
            || self.links.iter().any(|link| !link.errors.is_empty())
            || self.header_errors.iter().any(|header| !header.name.is_empty() || !header.value.is_empty())
    }
}

impl FromResponse for EmailPreview {
    const EXAMPLE: &'static str = r#"{"node_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","node_type":"EMAIL",
        "subject":"Hello","html":"<p>Hi Ada</p>","errors":{"subject":[],"body":[]}}"#;
    #[cfg(feature = "samples")]
    const SHAPE: crate::Shape = <Self as crate::fields::Read>::SHAPE;

    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        decode_with_errors("node_id", response)
    }
}

entity! {
    /// A link in an e-mail.
    pub struct PreviewLink {
        /// The URL.
        pub url: Option<String>,
        /// The text.
        pub text: Option<String>,
        /// Whether clicks on it are tracked.
        pub tracked: Option<bool>,
        /// The errors.
        pub errors: Vec<String>,
    }
}

entity! {
    /// The errors in a header of an e-mail.
    pub struct HeaderErrors {
        /// The errors in the name.
        pub name: Vec<String>,
        /// The errors in the value.
        pub value: Vec<String>,
    }
}

macro_rules! sample_data {
    ($($(#[$doc:meta])* $with:ident $field:ident $what:literal;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $with(mut self, data: impl Serialize) -> Self {
            self.$field = Some(Attributes::new($what, &data));
            self
        }
    )*};
}

impl Preview {
    /// Renders the e-mail with this id, which can be a translation.
    #[must_use]
    pub fn new(id: impl Into<EmailId>) -> Self {
        Self {
            id: id.into(),
            customer: None,
            event: None,
            trigger: None,
            campaign: None,
            journey: None,
            message: None,
            objects: None,
            lax: None,
        }
    }

    sample_data! {
        /// The person's attributes: anything that serialises as an object, as in the others.
        with_customer customer "the customer";
        /// The event that the message follows from.
        with_event event "the event";
        /// The data of a broadcast's trigger, or of a transactional message.
        with_trigger trigger "the trigger";
        /// What Liquid knows of the campaign.
        with_campaign campaign "the campaign";
        /// What Liquid knows of the journey.
        with_journey journey "the journey";
        /// What Liquid knows of the message.
        with_message message "the message";
        /// The objects that the person is related to.
        with_objects objects "the objects";
    }

    setters! {
        /// Whether missing variables are empty instead of an error. Liquid that cannot be read is always an error.
        /// Default: false.
        with_lax, lax: bool;
    }
}

impl Operation for Preview {
    type Api = App;
    type Output = EmailPreview;
    const NAME: &'static str = "app.design_studio.emails.preview";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/preview";
    const REPLAY: Replay = Replay::Safe;
    const QUOTA: Quota = Quota::DesignStudio;
    const RESPONSE_LIMIT: usize = READ_RESPONSE;
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        let Self { id: _, customer, event, trigger, campaign, journey, message, objects, lax: _ } = &self;
        for data in [customer, event, trigger, campaign, journey, message, objects].into_iter().flatten() {
            data.json()?;
        }
        Body::json(&self)
    }
}

opaque_debug!(Preview);
sample!(Preview: Self::new("LEAK-email")
    .with_customer(serde_json::json!({"name": "LEAK-customer"}))
    .with_event(serde_json::json!({"name": "LEAK-event"}))
    .with_trigger(serde_json::json!({"name": "LEAK-trigger"}))
    .with_campaign(serde_json::json!({"name": "LEAK-campaign"}))
    .with_journey(serde_json::json!({"name": "LEAK-journey"}))
    .with_message(serde_json::json!({"name": "LEAK-message"}))
    .with_objects(serde_json::json!({"name": "LEAK-objects"}))
    .with_lax(true));

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Error, parse,
        testing::{body, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let preview = Preview::new("e-1").with_customer(json!({"name": "Ada", "plan": null})).with_lax(true);
        assert_eq!((preview.replay(), Preview::QUOTA), (Replay::Safe, Quota::DesignStudio));
        assert_eq!(Preview::RESPONSE_LIMIT, READ_RESPONSE);
        assert_eq!(
            wire_app(preview),
            "POST https://api.customer.io/v1/design_studio/emails/e-1/preview\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 50\n\
             \n\
             {\"customer\":{\"name\":\"Ada\",\"plan\":null},\"lax\":true}"
        );
        assert_eq!(body(Preview::new("e-1")), "{}");
        let all = Preview::new("e-1")
            .with_objects(json!({"company": []}))
            .with_message(json!({"a": 1}))
            .with_journey(json!({"b": 2}))
            .with_campaign(json!({"c": 3}))
            .with_trigger(json!({"d": 4}))
            .with_event(json!({"e": 5}));
        assert_eq!(
            body(all),
            "{\"event\":{\"e\":5},\"trigger\":{\"d\":4},\"campaign\":{\"c\":3},\"journey\":{\"b\":2},\"message\":{\"a\":1},\
             \"objects\":{\"company\":[]}}"
        );
    }

    #[test]
    fn data_that_is_no_object_is_refused() {
        for (preview, expected) in [
            (Preview::new("e-1").with_customer("Ada"), "the customer must be an object, not text"),
            (Preview::new("e-1").with_event([1]), "the event must be an object, not a list"),
            (Preview::new("e-1").with_trigger(true), "the trigger must be an object, not a boolean"),
            (Preview::new("e-1").with_campaign(7), "the campaign must be an object, not a number"),
            (Preview::new("e-1").with_journey(""), "the journey must be an object, not text"),
            (Preview::new("e-1").with_message([""; 0]), "the message must be an object, not a list"),
            (Preview::new("e-1").with_objects(json!([])), "the objects must be an object, not a list"),
            (Preview::new(""), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(preview).to_string(), expected);
        }
    }

    #[test]
    fn a_preview_is_read_field_by_field() {
        let preview = json!({
            "node_id": "e-2", "node_type": "EMAIL", "language": "fr", "subject": "Salut", "preheader_text": "Vous ?",
            "from": "Ada <ada@example.com>", "html": "<p>Salut</p>", "text": "Salut", "amp": "<html amp4email>",
            "plaintext_body": "Salut !",
            "links": [{"url": "https://example.com", "text": "here", "tracked": true, "errors": ["it is not there"]}],
            "headers": [{"name": ["unknown variable"], "value": ["unknown tag"]}],
            "errors": {"subject": ["unknown filter"], "body": []},
        });
        let read = parse::<Preview>(Response::new(preview.to_string().into())).unwrap();
        assert_eq!((read.email_id.as_ref(), read.kind.as_ref()), (Some(&"e-2".into()), Some(&NodeKind::Email)));
        assert_eq!((read.language.as_deref(), read.subject.as_deref()), (Some("fr"), Some("Salut")));
        assert_eq!(
            (read.preheader_text.as_deref(), read.from.as_deref()),
            (Some("Vous ?"), Some("Ada <ada@example.com>"))
        );
        assert_eq!((read.html.as_deref(), read.text.as_deref()), (Some("<p>Salut</p>"), Some("Salut")));
        assert_eq!((read.amp.as_deref(), read.plaintext_body.as_deref()), (Some("<html amp4email>"), Some("Salut !")));
        let link = &read.links[0];
        assert_eq!((link.url.as_deref(), link.text.as_deref()), (Some("https://example.com"), Some("here")));
        assert_eq!((link.tracked, link.errors.as_slice()), (Some(true), &["it is not there".to_owned()][..]));
        let header = &read.header_errors[0];
        assert_eq!((header.name[0].as_str(), header.value[0].as_str()), ("unknown variable", "unknown tag"));
        assert_eq!(
            (read.errors["subject"].as_slice(), read.errors["body"].len()),
            (&["unknown filter".to_owned()][..], 0)
        );
        assert!(read.extra.is_empty());
        // A person's data can be in any of it.
        assert_eq!(format!("{read:?} {link:?}"), "EmailPreview { .. } PreviewLink { .. }");
        survives_changes::<EmailPreview>(&preview, &[]);
    }

    #[test]
    fn something_is_wrong_wherever_an_error_is() {
        for (json, expected) in [
            (json!({"errors": {"subject": [], "body": []}, "links": [{"errors": []}], "headers": []}), false),
            (json!({}), false),
            (json!({"errors": {"subject": [], "body": ["unknown tag"]}}), true),
            (json!({"links": [{"errors": []}, {"errors": ["it is not there"]}]}), true),
            (json!({"headers": [{"name": ["unknown variable"], "value": []}]}), true),
            (json!({"headers": [{"name": [], "value": ["unknown variable"]}]}), true),
        ] {
            let preview: EmailPreview = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(preview.has_errors(), expected, "{json}");
        }
    }

    #[test]
    fn its_errors_are_not_those_of_a_call_that_failed() {
        let read = |json: &'static str| parse::<Preview>(Response::new(json.into()));
        let preview = read(r#"{"node_id":"e-1","errors":{"subject":["unknown filter"]}}"#).unwrap();
        assert!(preview.has_errors());
        for json in [r#"{"errors":[{"detail":"no"}]}"#, r#"{"meta":{"error":"no"}}"#] {
            assert!(matches!(read(json).unwrap_err(), Error::Api(_)), "{json}");
        }
        for json in ["{}", "[]", "<html>", r#"{"errors":{}}"#] {
            assert!(matches!(read(json).unwrap_err(), Error::Decode(_)), "{json}");
        }
    }
}
