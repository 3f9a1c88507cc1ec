//! `GET /v1/design_studio/folders`: the folders in Design Studio, page by page.

use super::Folder;
use crate::app::design_studio::nodes::list_nodes;

list_nodes! {
    /// Lists the folders in Design Studio, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Pages have numbers: a folder that is added or deleted meanwhile shifts the others, so one can appear twice or
    /// not at all.
    ///
    /// Limits: 10,000 folders a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listFolders>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::design_studio::{SortBy, folders::List}, limits::Limits};
    ///
    /// let request = Prepared::new(List::new().with_sort_by(SortBy::Name), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/design_studio/folders?sort_by=name");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "list_folders")]
    pub struct List {}
    "app.design_studio.folders.list" = GET "/v1/design_studio/folders" -> Page<Folder>;
    query {}
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Operation, Paged, Replay,
        app::{Sort, design_studio::SortBy},
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(List::new().replay(), Replay::Safe);
        assert_eq!(wire_app(List::new()), plain("GET /v1/design_studio/folders"));
        let all = List::new()
            .with_folder("f/1")
            .with_direct_descendants_only(true)
            .with_sort_by(SortBy::Updated)
            .with_sort_order(Sort::Ascending)
            .with_created_before(4)
            .with_created_after(3)
            .with_updated_before(2)
            .with_updated_after(1)
            .with_page(2)
            .with_limit(10);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/design_studio/folders?parent_folder_id=f%2F1&direct_descendants_only=true&sort_by=updated\
                 &sort_order=asc&created_before=4&created_after=3&updated_before=2&updated_after=1&page=2&limit=10"
            )
        );
        assert!(wire_app(List::new().with_sort_by(SortBy::Created)).contains("?sort_by=created\n"));
        assert_eq!(refused_app(List::new().with_folder("")).to_string(), "the folder's id is empty");
    }

    #[test]
    fn the_response_has_the_folders_and_where_the_next_page_is() {
        let json = r#"{"folders":[{"id":"f-1","name":"Autumn"},{"name":"no id"}],
            "meta":{"filters":{},"pagination":{"page":1,"limit":2,"total":3}}}"#;
        let page = parse::<List>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.items[0].name.as_deref()), (1, Some("Autumn")));
        assert_eq!(page.extra["folders"][0]["name"], "no id");
        assert_eq!(List::new().next(&page).unwrap().as_str(), "2");
        assert!(parse::<List>(Response::new("{}".into())).is_err());
    }
}
