//! Design Studio: the e-mails that are designed there, and what they are made of. With the feature `design_studio`.
//!
//! Everything has an id that is a UUID. An update changes what is set and leaves the rest as it is, and its response is
//! empty. The service refuses a request with a field that it does not know, and no operation here sends one.

mod checks;
pub mod components;
pub mod emails;
pub mod folders;
pub mod inbox_previews;
mod nodes;

pub use self::nodes::SortBy;
