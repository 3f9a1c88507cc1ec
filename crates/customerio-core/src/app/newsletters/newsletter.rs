//! A newsletter, as responses have it.

use crate::{
    ContentId, NewsletterId, SegmentId, Timestamp, TopicId,
    app::Channel,
    entity::{entity, returned},
    page::listed,
};

entity! {
    /// A newsletter, without its content: its [contents](super::ListContents) have that.
    pub struct Newsletter: Debug {
        /// The id.
        pub id: NewsletterId,
        /// The name.
        pub name: Option<String>,
        /// The channel.
        pub channel: Option<Channel> = "type",
        /// The contents: one, and one more for each translation and each group of an A/B test.
        pub content_ids: Vec<ContentId>,
        /// The segments that its recipients are chosen by.
        pub recipient_segment_ids: Vec<SegmentId>,
        /// The subscription topic that it goes out under.
        pub subscription_topic_id: Option<TopicId>,
        /// The tags.
        pub tags: Vec<String>,
        /// The id and the time of the last change: the value differs after each change. It is not an idempotency key.
        pub deduplicate_id: Option<String>,
        /// When it was created.
        pub created: Option<Timestamp>,
        /// When it was last changed.
        pub updated: Option<Timestamp>,
        /// When it was last sent.
        pub sent_at: Option<Timestamp>,
    }
}

returned!(Newsletter in "newsletter" = r#"{"id":7,"name":"Spring","type":"email","content_ids":[90],"sent_at":null}"#);
listed!(Newsletter in "newsletters" = r#"{"id":7,"name":"Spring","type":"email","content_ids":[90],"sent_at":null}"#);
