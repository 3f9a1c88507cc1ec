//! Components in Design Studio: pieces of HTML that its e-mails have as tags.

use crate::operation_info::operations;

mod component;

operations! {
    /// The operations on components in Design Studio.
    samples;
    list::List = GET "/v1/design_studio/components";
}

pub use self::component::Component;
