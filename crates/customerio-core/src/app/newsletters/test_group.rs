//! A group of an A/B test, as responses have it.

use crate::{ContentId, TestGroupId, entity::entity, page::listed};

entity! {
    /// A group of an A/B test of a newsletter: people who get their own contents.
    pub struct TestGroup: Debug {
        /// The id, which can be 0.
        pub id: TestGroupId,
        /// The name, such as `A`.
        pub name: Option<String>,
        /// The label of the contents.
        pub label: Option<String>,
        /// Whether it won the test.
        pub winner: Option<bool>,
        /// The contents: one, and one more for each translation.
        pub content_ids: Vec<ContentId>,
    }
}

listed!(TestGroup in "test_groups" = r#"{"id":0,"name":"A","label":"Short","winner":false,"content_ids":["25","26"]}"#);
