//! `GET /v1/assets`: the files among the assets, page by page.

use super::Asset;
use crate::{AssetFolderId, Page, macros::plain, page::paged};

plain! {
    /// Lists the files among the assets, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Pages have numbers: a file that is added or deleted meanwhile shifts the others, so one can appear twice or not
    /// at all.
    ///
    /// Limits: 10,000 files a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listAssets>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::assets::ListFiles, http::Response, operation::parse};
    ///
    /// let json = r#"{"assets":[{"id":12,"name":"logo.png"}],"meta":{"pagination":{"page":1,"limit":1000,"total":1}}}"#;
    /// let page = parse::<ListFiles>(Response::new(json.into()))?;
    /// assert_eq!(page.items[0].name.as_deref(), Some("logo.png"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_assets")]
    pub struct ListFiles {}
    "app.assets.list_files" = GET "/v1/assets" -> Page<Asset>;
    query {
        /// Only those in this folder, and in the folders in it. Default: all.
        with_folder, parent_folder_id: into AssetFolderId = 3;
        /// Only those directly in the folder; without a folder, those in none. Default: false.
        with_direct_descendants_only, direct_descendants_only: bool = true;
        /// The number of the page, from 1.
        with_page, page: u32 = 2;
        /// The most files on a page, up to 10,000. Default: 1,000.
        with_limit, limit: u32 = 500;
    }
}

paged!(ListFiles of Asset by page);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Cursor, Pages, parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListFiles::new()), plain("GET /v1/assets"));
        let all = ListFiles::new().with_folder(3).with_direct_descendants_only(true).with_page(2).with_limit(10);
        assert_eq!(
            wire_app(all),
            plain("GET /v1/assets?parent_folder_id=3&direct_descendants_only=true&page=2&limit=10")
        );
        assert!(refused_app(ListFiles::new().with_folder(0)).to_string().contains("the folder's id"));
    }

    #[test]
    fn pages_go_on_by_number_until_all_were_there() {
        let page = |number: u32, items: u32| {
            let assets: Vec<_> = (0..items).map(|id| if id == 0 { json!("odd") } else { json!({"id": id}) }).collect();
            let meta = json!({"pagination": {"page": number, "limit": 3, "total": 7}});
            parse::<ListFiles>(Response::new(json!({"assets": assets, "meta": meta}).to_string().into())).unwrap()
        };
        let walk = |sizes: &[u32]| {
            let mut pages = Pages::new(ListFiles::new());
            let mut numbers = Vec::new();
            for (number, items) in (1..).zip(sizes) {
                numbers.extend(pages.next_call().map(|call| call.page));
                pages.receive(&page(number, *items)).unwrap();
            }
            assert!(pages.next_call().is_none());
            numbers
        };
        assert_eq!(page(1, 3).next, Some(Cursor::from("2")));
        assert_eq!(walk(&[3, 1, 1]), [None, Some(2), Some(3)]);
        assert_eq!(walk(&[3, 0]), [None, Some(2)], "an empty one is the last, whatever the total is");
    }

    #[test]
    fn an_asset_is_read_field_by_field() {
        let asset = json!({
            "id": 12, "name": "logo.png", "path": "https://a.example/logo.png", "parent_folder_id": 3, "size": 2048,
            "created": 1_552_341_937, "updated": 1_552_341_938,
        });
        let read: Asset = serde_json::from_value(asset.clone()).unwrap();
        assert_eq!((read.id, read.size, read.parent_folder_id), (12.into(), Some(2048), Some(3.into())));
        assert!(read.extra.is_empty());
        survives_changes::<Asset>(&asset, &["id"]);
    }
}
