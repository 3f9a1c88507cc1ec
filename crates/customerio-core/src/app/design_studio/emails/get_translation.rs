//! `GET /v1/design_studio/emails/{id}/languages/{language}`: an e-mail in a language.

use http::Method;

use super::{EmailTranslation, email_translation::check_language};
use crate::{
    App, BuildError, EmailId, Operation, Path,
    app::Language,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Reads an e-mail in a language.
///
/// [`Get`](super::Get) reads the text without one.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `EmailTranslation`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getEmailTranslation>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::design_studio::emails::GetTranslation, http::Response, operation::parse};
///
/// let json = r#"{"email_translation":{"language":"fr","content":{"subject":"Bonjour"}}}"#;
/// let translation = parse::<GetTranslation>(Response::new(json.into()))?;
/// assert_eq!(translation.content.unwrap().subject.as_deref(), Some("Bonjour"));
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_email_translation")]
pub struct GetTranslation {
    id: EmailId,
    language: Language,
}

impl GetTranslation {
    /// Creates the operation for the e-mail with this id in this language. [`Language::default()`] is none.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, language: impl Into<Language>) -> Self {
        Self { id: id.into(), language: language.into() }
    }
}

impl Operation for GetTranslation {
    type Api = App;
    type Output = EmailTranslation;
    const NAME: &'static str = "app.design_studio.emails.get_translation";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/languages/{language}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        check_language(&self.language)?;
        self.id.write(path)?;
        self.language.write(path)
    }
}

opaque_debug!(GetTranslation);
sample!(GetTranslation: Self::new("LEAK-email", "LEAK-language"));

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
            wire_app(GetTranslation::new("e-1", "pt-BR")),
            plain("GET /v1/design_studio/emails/e-1/languages/pt-BR")
        );
        // Without one it would be another route, that of the list.
        let no_language = "the language is not valid: a translation has one: use the operation on the e-mail itself";
        for (get, expected) in [
            (GetTranslation::new("e-1", Language::default()), no_language),
            (GetTranslation::new("e-1", ""), "the language is empty"),
            (GetTranslation::new("", "fr"), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(get).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_translation() {
        let json = r#"{"email_translation":{"language":"fr","language_group_id":"e-1"}}"#;
        let translation = parse::<GetTranslation>(Response::new(json.into())).unwrap();
        assert_eq!((translation.language.as_str(), translation.email_id), ("fr", Some("e-1".into())));
        for json in [r#"{"email_translation":{"content":{}}}"#, r#"{"language":"fr"}"#] {
            assert!(parse::<GetTranslation>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
