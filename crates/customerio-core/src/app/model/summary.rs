//! What a campaign and a broadcast say about their parts.

use crate::{
    ActionId, TemplateId,
    entity::{entity, open_enum},
};

entity! {
    /// An action of a campaign or of a broadcast, in short: its `GetAction` reads the rest.
    pub struct ActionSummary: Debug {
        /// The id.
        pub id: ActionId,
        /// The type, such as `email` or `webhook`. It is not always one of [`Channel`](super::Channel).
        pub kind: Option<String> = "type",
    }
}

entity! {
    /// A template of a campaign or of a broadcast.
    ///
    /// Deprecated by the vendor: use the actions.
    pub struct TemplateSummary: Debug {
        /// The id.
        pub id: TemplateId,
        /// The type of message, such as `email`. It is not always one of [`Channel`](super::Channel).
        pub kind: Option<String> = "type",
    }
}

open_enum! {
    /// Whether a campaign or a broadcast runs.
    pub enum RunState {
        /// Running.
        Running = "running",
        /// Never started.
        Draft = "draft",
        /// Stopped.
        Stopped = "stopped",
    }
}
