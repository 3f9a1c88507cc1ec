//! A segment, as responses have it.

use crate::{
    SegmentId, Timestamp,
    entity::{entity, open_enum, returned},
    page::listed,
};

entity! {
    /// A segment of people.
    pub struct Segment: Debug {
        /// The id.
        pub id: SegmentId,
        /// The name.
        pub name: Option<String>,
        /// The description.
        pub description: Option<String>,
        /// The state: only a [finished](SegmentState::Finished) segment has the right count and members.
        pub state: Option<SegmentState>,
        /// The progress in percent, while it is not finished.
        pub progress: Option<u64>,
        /// Whether people are added to it, or selected by conditions.
        pub kind: Option<SegmentKind> = "type",
        /// The tags.
        pub tags: Vec<String>,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// When it was created.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(Segment in "segment" = r#"{"id":7,"name":"VIPs","type":"manual","state":"finished"}"#);
listed!(Segment in "segments" = r#"{"id":7,"name":"VIPs","type":"manual","state":"finished"}"#);

open_enum! {
    /// The state of a segment.
    pub enum SegmentState {
        /// Past events are being searched.
        Events = "events",
        /// People are being searched.
        Build = "build",
        /// Waiting to be built.
        Queued = "queued",
        /// Complete.
        Finished = "finished",
    }
}

open_enum! {
    /// How a segment gets its people.
    pub enum SegmentKind {
        /// By conditions.
        Dynamic = "dynamic",
        /// By hand: [`AddToSegment`](crate::track::AddToSegment) adds people.
        Manual = "manual",
    }
}
