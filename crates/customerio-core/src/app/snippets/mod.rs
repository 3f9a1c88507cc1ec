//! Snippets: pieces of text that messages share.

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

pub use self::snippet::Snippet;
