//! Assets: the images and documents that messages show. With the feature `design_studio`.

use crate::operation_info::operations;

mod asset;
mod folder;
mod multipart;

operations! {
    /// The operations on assets.
    samples;
    list_files::ListFiles = GET "/v1/assets";
    create_file::CreateFile = POST "/v1/assets/files";
    get_file::GetFile = GET "/v1/assets/files/{id}";
    update_file::UpdateFile = PUT "/v1/assets/files/{id}";
    delete_file::DeleteFile = DELETE "/v1/assets/files/{id}";
    list_folders::ListFolders = GET "/v1/assets/folders";
    create_folder::CreateFolder = POST "/v1/assets/folders";
    get_folder::GetFolder = GET "/v1/assets/folders/{id}";
    update_folder::UpdateFolder = PUT "/v1/assets/folders/{id}";
    delete_folder::DeleteFolder = DELETE "/v1/assets/folders/{id}";
}

pub use self::{asset::Asset, create_file::AssetType, folder::Folder};
