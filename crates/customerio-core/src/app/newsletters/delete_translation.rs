//! `DELETE /v1/newsletters/{newsletter_id}/language/{language}`: remove a translation from a newsletter.

use http::Method;

use crate::{
    App, BuildError, NewsletterId, Operation, Path,
    app::Language,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Deletes a translation of a newsletter that was not sent yet.
///
/// For a newsletter with an A/B test, use [`DeleteTestTranslation`](super::DeleteTestTranslation).
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/deleteNewsletterLanguageVariant>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Language, newsletters::DeleteTranslation}, limits::Limits};
///
/// let request = Prepared::new(DeleteTranslation::new(7, "fr"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/newsletters/7/language/fr");
/// // The text without a language stays.
/// assert!(
///     Prepared::new(DeleteTranslation::new(7, Language::default()), &Limits::default()).is_err()
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "delete_newsletter_language_variant")]
pub struct DeleteTranslation {
    newsletter_id: NewsletterId,
    language: Language,
}

impl DeleteTranslation {
    /// Creates the operation for the newsletter's content in this language.
    #[must_use]
    pub fn new(newsletter_id: impl Into<NewsletterId>, language: impl Into<Language>) -> Self {
        Self { newsletter_id: newsletter_id.into(), language: language.into() }
    }
}

impl Operation for DeleteTranslation {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.newsletters.delete_translation";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/language/{language}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)?;
        self.language.tag()?;
        self.language.write(path)
    }
}

opaque_debug!(DeleteTranslation);
sample!(DeleteTranslation names nobody: Self::new(8, "fr"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(DeleteTranslation::new(7, "fr")), plain("DELETE /v1/newsletters/7/language/fr"));
        assert_eq!(DeleteTranslation::new(7, "fr").replay(), Replay::Safe);
        for (delete, expected) in [
            (DeleteTranslation::new(0, "fr"), "the newsletter's id is not valid: it must be a positive number"),
            (DeleteTranslation::new(7, ""), "the language is empty"),
            (
                DeleteTranslation::new(7, Language::default()),
                "the language is not valid: the text without one is the message itself; name a language, such as `fr`",
            ),
        ] {
            assert_eq!(refused_app(delete).to_string(), expected);
        }
    }
}
