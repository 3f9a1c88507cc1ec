//! `DELETE /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}`: remove one of its texts.

use http::Method;

use crate::{
    App, BuildError, NewsletterId, Operation, Path, TestGroupId,
    app::Language,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Deletes a translation for a group of the A/B test of a newsletter that was not sent yet.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/deleteNewsletterTestLanguageVariant>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Language, newsletters::DeleteTestTranslation}, limits::Limits};
///
/// let request = Prepared::new(DeleteTestTranslation::new(7, 0, "fr"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/newsletters/7/test_group/0/language/fr");
/// // The text without a language stays.
/// assert!(
///     Prepared::new(DeleteTestTranslation::new(7, 0, Language::default()), &Limits::default())
///         .is_err()
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "delete_newsletter_test_language_variant")]
pub struct DeleteTestTranslation {
    newsletter_id: NewsletterId,
    test_group_id: TestGroupId,
    language: Language,
}

impl DeleteTestTranslation {
    /// Creates the operation for the newsletter's content for this group in this language.
    #[must_use]
    pub fn new(
        newsletter_id: impl Into<NewsletterId>,
        test_group_id: impl Into<TestGroupId>,
        language: impl Into<Language>,
    ) -> Self {
        Self { newsletter_id: newsletter_id.into(), test_group_id: test_group_id.into(), language: language.into() }
    }
}

impl Operation for DeleteTestTranslation {
    type Api = App;
    type Output = ();
    const NAME: &'static str = "app.newsletters.delete_test_translation";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)?;
        self.test_group_id.write(path)?;
        self.language.tag()?;
        self.language.write(path)
    }
}

opaque_debug!(DeleteTestTranslation);
sample!(DeleteTestTranslation: Self::new(8, "LEAK-group", "fr"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let delete = DeleteTestTranslation::new(7, 0, "fr");
        assert_eq!(delete.replay(), Replay::Safe);
        assert_eq!(wire_app(delete), plain("DELETE /v1/newsletters/7/test_group/0/language/fr"));
        for (delete, expected) in [
            (DeleteTestTranslation::new(0, 0, "fr"), "the newsletter's id is not valid: it must be a positive number"),
            (
                DeleteTestTranslation::new(7, " ", "fr"),
                "the test group's id has only whitespace or invisible characters",
            ),
            (DeleteTestTranslation::new(7, 0, ""), "the language is empty"),
            (
                DeleteTestTranslation::new(7, 0, Language::default()),
                "the language is not valid: the text without one is the message itself; name a language, such as `fr`",
            ),
        ] {
            assert_eq!(refused_app(delete).to_string(), expected);
        }
    }
}
