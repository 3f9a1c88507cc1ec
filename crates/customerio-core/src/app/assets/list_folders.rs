//! `GET /v1/assets/folders`: the folders of assets, page by page.

use super::Folder;
use crate::{AssetFolderId, Page, macros::plain, page::paged};

plain! {
    /// Lists the folders of assets, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Pages have numbers: a folder that is added or deleted meanwhile shifts the others, so one can appear twice or
    /// not at all.
    ///
    /// Limits: 10,000 folders a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listAssetFolders>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::assets::ListFolders, http::Response, operation::parse};
    ///
    /// let json = r#"{"folders":[{"id":3,"name":"Logos"}],"meta":{"pagination":{"page":1,"limit":1000,"total":1}}}"#;
    /// let page = parse::<ListFolders>(Response::new(json.into()))?;
    /// assert_eq!(page.items[0].name.as_deref(), Some("Logos"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_asset_folders")]
    pub struct ListFolders {}
    "app.assets.list_folders" = GET "/v1/assets/folders" -> Page<Folder>;
    query {
        /// Only those in this folder, and in the folders in it. Default: all.
        with_folder, parent_folder_id: into AssetFolderId = 3;
        /// Only those directly in the folder; without a folder, those in none. Default: false.
        with_direct_descendants_only, direct_descendants_only: bool = true;
        /// The number of the page, from 1.
        with_page, page: u32 = 2;
        /// The most folders on a page, up to 10,000. Default: 1,000.
        with_limit, limit: u32 = 500;
    }
}

paged!(ListFolders of Folder by page);

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Paged, parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListFolders::new()), plain("GET /v1/assets/folders"));
        let all = ListFolders::new().with_folder(3).with_direct_descendants_only(true).with_page(2).with_limit(10);
        assert_eq!(
            wire_app(all),
            plain("GET /v1/assets/folders?parent_folder_id=3&direct_descendants_only=true&page=2&limit=10")
        );
        assert_eq!(
            refused_app(ListFolders::new().with_folder(0)).to_string(),
            "the folder's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_folders_and_where_the_next_page_is() {
        let json = r#"{"folders":[{"id":3,"name":"Logos"}],"meta":{"pagination":{"page":1,"limit":1,"total":2}}}"#;
        let page = parse::<ListFolders>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.items[0].id), (1, 3.into()));
        let cursor = ListFolders::new().next(&page).unwrap();
        assert_eq!(wire_app(ListFolders::new().starting_at(&cursor)), plain("GET /v1/assets/folders?page=2"));
        assert!(parse::<ListFolders>(Response::new(r#"{"assets":[]}"#.into())).is_err());
    }
}
