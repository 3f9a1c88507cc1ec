//! `DELETE /v1/design_studio/emails/{id}/languages/{language}`: delete an e-mail in a language.

use http::Method;

use super::email_translation::check_language;
use crate::{
    App, BuildError, EmailId, Operation, Path,
    app::Language,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Deletes an e-mail in a language.
///
/// The text without a language stays, and so do the other languages.
///
/// The service refuses with a 409 if it is in use.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/deleteEmailTranslation>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::design_studio::emails::DeleteTranslation, limits::Limits};
///
/// let delete = DeleteTranslation::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11", "fr");
/// let request = Prepared::new(delete, &Limits::default())?;
/// assert_eq!(
///     request.path(),
///     "/v1/design_studio/emails/7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11/languages/fr"
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "delete_email_translation")]
pub struct DeleteTranslation {
    id: EmailId,
    language: Language,
}

impl DeleteTranslation {
    /// Creates the operation for the e-mail with this id in this language. [`Language::default()`] is none.
    #[must_use]
    pub fn new(id: impl Into<EmailId>, language: impl Into<Language>) -> Self {
        Self { id: id.into(), language: language.into() }
    }
}

impl Operation for DeleteTranslation {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.design_studio.emails.delete_translation";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/v1/design_studio/emails/{id}/languages/{language}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        check_language(&self.language)?;
        self.id.write(path)?;
        self.language.write(path)
    }
}

opaque_debug!(DeleteTranslation);
sample!(DeleteTranslation: Self::new("LEAK-email", "LEAK-language"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(DeleteTranslation::new("e-1", "fr").replay(), Replay::Safe);
        assert_eq!(
            wire_app(DeleteTranslation::new("e-1", "fr")),
            plain("DELETE /v1/design_studio/emails/e-1/languages/fr")
        );
        let no_language = "the language is not valid: a translation has one: use the operation on the e-mail itself";
        for (delete, expected) in [
            (DeleteTranslation::new("e-1", Language::default()), no_language),
            (DeleteTranslation::new("e-1", "."), "the language is `.` or `..`, which cannot be part of a URL path"),
            (DeleteTranslation::new("", "fr"), "the e-mail's id is empty"),
        ] {
            assert_eq!(refused_app(delete).to_string(), expected);
        }
    }
}
