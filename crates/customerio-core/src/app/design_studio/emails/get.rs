//! `GET /v1/design_studio/emails/{id}`: an e-mail in Design Studio.

use super::Email;
use crate::{EmailId, macros::plain};

plain! {
    /// Reads an e-mail in Design Studio: its text without a language.
    ///
    /// [`GetTranslation`](super::GetTranslation) reads one with a language.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Email`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getEmail>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::design_studio::emails::Get, http::Response, operation::parse};
    ///
    /// let json =
    ///     r#"{"email":{"id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","content":{"subject":"Hello"}}}"#;
    /// let email = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(email.content.unwrap().subject.as_deref(), Some("Hello"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_email")]
    pub struct Get { id: EmailId = "LEAK-email" }
    "app.design_studio.emails.get" = GET "/v1/design_studio/emails/{id}" -> Email;
}

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
        assert_eq!(wire_app(Get::new("e/1")), plain("GET /v1/design_studio/emails/e%2F1"));
        assert_eq!(refused_app(Get::new("")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn an_email_is_read_field_by_field() {
        let email = json!({
            "id": "e-1", "name": "Welcome", "parent_folder_id": "f-1", "is_template": false, "is_linked": true,
            "available_languages": ["fr", "pt-BR"],
            "content": {
                "subject": "Hello", "preheader_text": "You there?", "html": "<p>Hi</p>", "amp": "<html amp4email>",
                "text": "Hi",
            },
            "envelope": {"from_id": 3, "from": "ada@example.com"},
            "transformers": {"prevent_widows": {"enabled": true}},
            "created": 1_700_000_000, "updated": 1_700_000_001,
        });
        let json = json!({"email": email}).to_string();
        let read = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((read.id.as_str(), read.name.as_deref()), ("e-1", Some("Welcome")));
        assert_eq!((read.parent_folder_id.as_ref(), read.available_languages.len()), (Some(&"f-1".into()), 2));
        assert_eq!((read.is_template, read.is_linked, read.has_translations), (Some(false), Some(true), None));
        assert_eq!((read.created, read.updated), (Some(1_700_000_000.into()), Some(1_700_000_001.into())));
        let content = read.content.as_ref().unwrap();
        assert_eq!((content.subject.as_deref(), content.html.as_deref()), (Some("Hello"), Some("<p>Hi</p>")));
        assert_eq!((content.text.as_deref(), content.amp.as_deref()), (Some("Hi"), Some("<html amp4email>")));
        assert_eq!(content.preheader_text.as_deref(), Some("You there?"));
        assert_eq!(read.envelope.as_ref().unwrap().from_id, Some(3.into()));
        assert_eq!(read.transformers.as_ref().unwrap().prevent_widows, Some(true.into()));
        assert!(read.extra.is_empty() && content.extra.is_empty());
        survives_changes::<Email>(&email, &["id"]);
    }
}
