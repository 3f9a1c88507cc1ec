//! Components in Design Studio: pieces of HTML that its e-mails have as tags.

use crate::operation_info::operations;

mod component;

operations! {
    /// The operations on components in Design Studio.
    samples;
    list::List = GET "/v1/design_studio/components";
    create::Create = POST "/v1/design_studio/components";
    get::Get = GET "/v1/design_studio/components/{id}";
    update::Update = PUT "/v1/design_studio/components/{id}";
    delete::Delete = DELETE "/v1/design_studio/components/{id}";
}

pub use self::component::Component;
