//! An e-mail in a language, as responses have it.

use super::{Content, Envelope, Transformers};
use crate::{
    BuildError, BuildErrorKind, EmailId, FolderId, Timestamp,
    app::Language,
    entity::{entity, returned},
    page::listed,
    path::Part as _,
};

entity! {
    /// An e-mail in Design Studio in a language.
    pub struct EmailTranslation: Debug {
        /// The language, which names it beside the e-mail's id.
        pub language: String,
        /// The e-mail that it is a translation of.
        pub email_id: Option<EmailId> = "language_group_id",
        /// The folder that the e-mail is in, if any.
        pub parent_folder_id: Option<FolderId>,
        /// Whether it is a template for other e-mails.
        pub is_template: Option<bool>,
        /// Whether the e-mail is linked to a message, as [`Link`](super::Link) does.
        pub is_linked: Option<bool>,
        /// The languages of all translations of the e-mail.
        pub available_languages: Vec<String>,
        /// The content.
        pub content: Option<Content>,
        /// The sender and the recipients.
        pub envelope: Option<Envelope>,
        /// The transformations of its HTML.
        pub transformers: Option<Transformers>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
    }
}

returned!(EmailTranslation in "email_translation" =
    r#"{"language":"fr","language_group_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11"}"#);
listed!(EmailTranslation in "email_translations" =
    r#"{"language":"fr","language_group_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11"}"#);

/// Refuses what is no language of a translation. [`Language::default()`] is that of the e-mail itself.
pub(super) fn check_language(language: &Language) -> Result<(), BuildError> {
    language.check()?;
    if *language == Language::default() {
        let reason = "a translation has one: use the operation on the e-mail itself";
        return Err(BuildError::new("the language", BuildErrorKind::Invalid(reason.into())));
    }
    Ok(())
}
