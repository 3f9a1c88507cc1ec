//! A broadcast, as responses have it.

use crate::{
    BroadcastId, Timestamp,
    app::{ActionSummary, RunState, TemplateSummary},
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A broadcast that is triggered by the API.
    pub struct Broadcast: Debug {
        /// The id.
        pub id: BroadcastId,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// The name.
        pub name: Option<String>,
        /// The type: `triggered_broadcast`.
        pub kind: Option<String> = "type",
        /// Whether it can be triggered.
        pub active: Option<bool>,
        /// Whether it runs.
        pub state: Option<RunState>,
        /// The actions, in short: [`ListActions`](super::ListActions) has the rest.
        pub actions: Vec<ActionSummary>,
        /// The tags.
        pub tags: Vec<String>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
        /// When it was activated.
        pub first_started: Option<Timestamp>,
        /// The templates. Deprecated by the vendor: use the [`actions`](Self::actions).
        pub templates: Vec<TemplateSummary> = "msg_template_ids",
    }
}

returned!(Broadcast in "broadcast" = r#"{"id":12,"name":"Sightings","type":"triggered_broadcast","state":"running"}"#);
listed!(Broadcast in "broadcasts" = r#"{"id":12,"name":"Sightings","type":"triggered_broadcast","state":"running"}"#);
