//! The language of a message.

use std::fmt;

use crate::{
    BuildError, BuildErrorKind, Path,
    macros::opaque_debug,
    path::{Part, check_identifier},
    text::Text,
};

/// The language of a message: `fr`, `pt-BR`, or that of the message itself.
///
/// A message has one text without a language, for people whose language has no translation: [`Language::default()`]. In
/// responses its language is an empty text.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::{ContentUpdate, Language, campaigns::UpdateActionTranslation},
///     limits::Limits,
/// };
///
/// let update =
///     |language: Language| UpdateActionTranslation::new(46, 7, language, ContentUpdate::new());
/// let limits = Limits::default();
/// assert_eq!(
///     Prepared::new(update("fr".into()), &limits)?.path(),
///     "/v1/campaigns/46/actions/7/language/fr"
/// );
/// assert_eq!(
///     Prepared::new(update(Language::default()), &limits)?.path(),
///     "/v1/campaigns/46/actions/7/language/"
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[doc(alias = "locale")]
pub struct Language(Option<Text>);

opaque_debug!(Language);

impl Language {
    /// Its tag, for what is done to translations alone.
    ///
    /// # Errors
    ///
    /// Fails if it is the language of the message itself, whose text can be neither added nor taken away.
    pub(in crate::app) fn tag(&self) -> Result<&str, BuildError> {
        let Some(tag) = &self.0 else {
            let reason = "the text without one is the message itself; name a language, such as `fr`";
            return Err(BuildError::new("the language", BuildErrorKind::Invalid(reason.into())));
        };
        Part::check(self)?;
        Ok(tag)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.as_deref().unwrap_or_default())
    }
}

macro_rules! language_from {
    ($($text:ty)*) => {$(
        impl From<$text> for Language {
            /// An empty one is refused when the request is built: it is usually a variable without a value, and rarely
            /// [`Language::default()`].
            fn from(tag: $text) -> Self {
                Self(Some(Text::new(tag)))
            }
        }
    )*};
}

language_from!(&str &String String);

impl Part for Language {
    fn check(&self) -> Result<(), BuildError> {
        self.0.as_ref().map_or(Ok(()), |tag| check_identifier("the language", tag, usize::MAX))
    }
    fn write(&self, path: &mut Path) -> Result<(), BuildError> {
        self.check()?;
        path.checked_segment("", self.0.as_deref().unwrap_or_default());
        Ok(())
    }
}
