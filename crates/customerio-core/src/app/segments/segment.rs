//! A segment, as responses have it.

use crate::{
    SegmentId, Timestamp,
    entity::{entity, open_enum, returned},
    page::listed,
};

entity! {
    /// A segment of people.
    pub struct Segment: Debug {
        /// Its number.
        pub id: SegmentId,
        /// Its name.
        pub name: Option<String>,
        /// What it is for.
        pub description: Option<String>,
        /// How far Customer.io is with it: only the count and the members of a [finished](SegmentState::Finished) one are
        /// right.
        pub state: Option<SegmentState>,
        /// How much of it is worked out, in percent, while it is not finished.
        pub progress: Option<u64>,
        /// Whether people are added to it, or it chooses them itself.
        pub kind: Option<SegmentKind> = "type",
        /// Its tags.
        pub tags: Vec<String>,
        /// Its number and when it was last changed: another text says that it has changed since. It is no idempotency key.
        pub deduplicate_id: Option<String>,
        /// When it was made.
        pub created_at: Option<Timestamp>,
        /// When it was last changed.
        pub updated_at: Option<Timestamp>,
    }
}

returned!(Segment in "segment" = r#"{"id":7,"name":"VIPs","type":"manual","state":"finished"}"#);
listed!(Segment in "segments" = r#"{"id":7,"name":"VIPs","type":"manual","state":"finished"}"#);

open_enum! {
    /// How far Customer.io is with a segment.
    pub enum SegmentState {
        /// It looks through past events.
        Events = "events",
        /// It looks for the people.
        Build = "build",
        /// It waits to be built.
        Queued = "queued",
        /// It is complete.
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
