//! Folders in Design Studio: where its e-mails and components are.

use crate::operation_info::operations;

mod folder;

operations! {
    /// The operations on folders in Design Studio.
    samples;
    list::List = GET "/v1/design_studio/folders";
    create::Create = POST "/v1/design_studio/folders";
    get::Get = GET "/v1/design_studio/folders/{id}";
    update::Update = PUT "/v1/design_studio/folders/{id}";
    delete::Delete = DELETE "/v1/design_studio/folders/{id}";
}

pub use self::folder::Folder;
pub(in crate::app::design_studio) use self::folder::read_all;
