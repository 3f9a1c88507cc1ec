//! An e-mail that is being published, or was, as responses have it.

use crate::{
    EmailId, PublishId, TemplateId, VersionId,
    entity::{entity, open_enum, returned},
};

entity! {
    /// An e-mail that is being published, or was.
    pub struct Publication: Debug {
        /// The state.
        pub status: Option<PublicationState>,
        /// The id for [`PublishStatus`](super::PublishStatus), until it is done.
        pub publish_id: Option<PublishId>,
        /// Which template each language was brought into, when it is done.
        pub mappings: Vec<Mapping>,
    }
}

returned!(Publication with "status" =
    r#"{"status":"done","mappings":[{"node_id":"7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11","template_id":7,"language":""}]}"#);

impl Publication {
    /// Whether it is done: what failed is an error of the call.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.status == Some(PublicationState::Done)
    }
}

open_enum! {
    /// The state of the publication of an e-mail.
    pub enum PublicationState {
        /// In progress.
        Pending = "pending",
        /// The message has the content of the e-mail.
        Done = "done",
    }
}

entity! {
    /// Which template an e-mail was brought into, in a language.
    pub struct Mapping: Debug {
        /// The e-mail in that language: operations such as [`Render`](super::Render) take it.
        pub email_id: Option<EmailId> = "node_id",
        /// The template.
        pub template_id: Option<TemplateId>,
        /// The version that was published.
        pub version_id: Option<VersionId>,
        /// The language; empty for the text without one.
        pub language: Option<String>,
    }
}
