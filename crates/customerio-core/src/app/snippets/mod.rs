//! Snippets: pieces of text that messages share.
//!
//! [`Client::plan_snippets`](crate::Client::plan_snippets) makes them match a wanted state.

#[cfg(feature = "fs")]
mod folder;
mod plan;
mod snippet;

use crate::operation_info::operations;

operations! {
    /// The operations on snippets.
    samples;
    list::List = GET "/v1/snippets";
    create::Create = POST "/v1/snippets";
    update::Update = PUT "/v1/snippets";
    delete::Delete = DELETE "/v1/snippets/{snippet_name}";
}

#[cfg(feature = "fs")]
pub use self::folder::read_folder;
pub use self::{
    plan::{FailedSnippet, SnippetPlan, SnippetReport, SnippetStep},
    snippet::Snippet,
};
