//! Collections: data of the workspace that messages read by Liquid, such as `{{events[0].name}}`.

mod collection;
mod source;
mod sync;

use crate::operation_info::operations;

operations! {
    /// The operations on collections.
    samples;
    list::List = GET "/v1/collections";
    create::Create = POST "/v1/collections";
    get::Get = GET "/v1/collections/{collection_id}";
    update::Update = PUT "/v1/collections/{collection_id}";
    delete::Delete = DELETE "/v1/collections/{collection_id}";
    contents::Contents = GET "/v1/collections/{collection_id}/content";
    replace_contents::ReplaceContents = PUT "/v1/collections/{collection_id}/content";
}

pub use self::{collection::Collection, contents::CollectionContents};
