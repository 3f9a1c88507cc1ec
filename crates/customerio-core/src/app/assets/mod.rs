//! Assets: the images and documents that messages show. With the feature `design_studio`.

use crate::operation_info::operations;

mod asset;
mod multipart;

operations! {
    /// The operations on assets.
    samples;
    list_files::ListFiles = GET "/v1/assets";
    create_file::CreateFile = POST "/v1/assets/files";
    update_file::UpdateFile = PUT "/v1/assets/files/{id}";
    delete_file::DeleteFile = DELETE "/v1/assets/files/{id}";
}

pub use self::{asset::Asset, create_file::AssetType};
