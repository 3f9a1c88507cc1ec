//! An e-mail in Design Studio, as responses have it.

use super::{Content, Envelope, Transformers};
use crate::{
    EmailId, FolderId, Timestamp,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// An e-mail in Design Studio: its text without a language.
    ///
    /// [`EmailTranslation`](super::EmailTranslation) is one with a language.
    ///
    /// A list has neither its content nor its envelope: [`Get`](super::Get) reads it whole.
    pub struct Email: Debug {
        /// The id.
        pub id: EmailId,
        /// The name.
        pub name: Option<String>,
        /// The folder that it is in, if any.
        pub parent_folder_id: Option<FolderId>,
        /// Whether it is a template for other e-mails.
        pub is_template: Option<bool>,
        /// Whether it is linked to a message, as [`Link`](super::Link) does.
        pub is_linked: Option<bool>,
        /// Whether it has translations; lists alone say so.
        pub has_translations: Option<bool>,
        /// The languages of its translations.
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

returned!(Email in "email" = r#"{"id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","name":"Welcome"}"#);
listed!(Email in "emails" = r#"{"id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","name":"Welcome","is_linked":false}"#);
