//! `GET /v1/design_studio/emails/{id}/render`: the HTML that an e-mail becomes.

use std::time::Duration;

use super::{NodeKind, parts::TIMEOUT};
use crate::{
    EmailId, Quota,
    entity::{entity, returned},
    macros::plain,
};

plain! {
    /// Renders an e-mail: its components become HTML, and its Liquid stays as it is.
    ///
    /// [`Preview`](super::Preview) renders Liquid too.
    ///
    /// A 404 means that there is no such e-mail, or that the account cannot use Design Studio by the API.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `RenderedEmail`.
    ///
    /// Limits: 5 requests a second for the workspace, together with the others that render or publish.
    /// <https://docs.customer.io/integrations/api/app/#operation/renderEmail>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::emails::Render, http::Response, operation::parse};
    ///
    /// let json = r#"{"node_id":"e-1","node_type":"EMAIL","html":"<p>Hi {{customer.name}}</p>"}"#;
    /// let rendered = parse::<Render>(Response::new(json.into()))?;
    /// assert_eq!(rendered.html.as_deref(), Some("<p>Hi {{customer.name}}</p>"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "render_email")]
    pub struct Render { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.render" = GET "/v1/design_studio/emails/{id}/render" -> RenderedEmail;
    const QUOTA: Quota = Quota::DesignStudio;
    const ATTEMPT_TIMEOUT: Duration = TIMEOUT;
}

entity! {
    /// The HTML that an e-mail becomes, with its Liquid as it is.
    pub struct RenderedEmail: Debug {
        /// The e-mail.
        pub email_id: Option<EmailId> = "node_id",
        /// The type of what was rendered: an e-mail.
        pub kind: Option<NodeKind> = "node_type",
        /// The language; none of the text without one.
        pub language: Option<String>,
        /// The HTML.
        pub html: Option<String>,
        /// The AMP, if it has some.
        pub amp: Option<String>,
        /// The text without HTML, if it has some.
        pub text: Option<String>,
    }
}

returned!(RenderedEmail with "node_id" =
    r#"{"node_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","node_type":"EMAIL","html":"<p>Hi</p>"}"#);

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
        assert_eq!(Render::QUOTA, Quota::DesignStudio);
        assert_eq!(wire_app(Render::new("e-1")), plain("GET /v1/design_studio/emails/e-1/render"));
        assert_eq!(refused_app(Render::new("")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn the_response_has_the_html() {
        let rendered = json!({
            "node_id": "e-2", "node_type": "EMAIL", "language": "fr", "html": "<p>Salut</p>", "amp": "<html amp4email>",
            "text": "Salut",
        });
        let read = parse::<Render>(Response::new(rendered.to_string().into())).unwrap();
        assert_eq!((read.email_id.as_ref(), read.kind.as_ref()), (Some(&"e-2".into()), Some(&NodeKind::Email)));
        assert_eq!((read.language.as_deref(), read.html.as_deref()), (Some("fr"), Some("<p>Salut</p>")));
        assert_eq!((read.amp.as_deref(), read.text.as_deref()), (Some("<html amp4email>"), Some("Salut")));
        assert!(read.extra.is_empty());
        survives_changes::<RenderedEmail>(&rendered, &[]);
        assert!(parse::<Render>(Response::new("{}".into())).is_err());
    }
}
