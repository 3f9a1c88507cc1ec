//! `GET /v1/newsletters`: every newsletter of the workspace, page by page.

use super::Newsletter;
use crate::{Cursor, Page, app::Sort, macros::plain, page::paged};

plain! {
    /// Lists the newsletters of the workspace, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Limits: 100 newsletters a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listNewsletters>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Sort, newsletters::List}, limits::Limits};
    ///
    /// let request = Prepared::new(List::new().with_sort(Sort::Descending), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/newsletters?sort=desc");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "list_newsletters")]
    pub struct List {}
    "app.newsletters.list" = GET "/v1/newsletters" -> Page<Newsletter>;
    query {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor = "LEAK-start";
        /// The most newsletters on a page, up to 100.
        with_limit, limit: u32 = 50;
        /// In which order they come.
        with_sort, sort: Sort = Sort::Ascending;
    }
}

paged!(List of Newsletter);

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Paged, parse,
        testing::{plain, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/newsletters"));
        assert_eq!(
            wire_app(List::new().with_start("Mg==").with_limit(100).with_sort(Sort::Descending)),
            plain("GET /v1/newsletters?start=Mg%3D%3D&limit=100&sort=desc")
        );
    }

    #[test]
    fn a_page_says_where_the_next_one_starts() {
        let json = r#"{"newsletters":[{"id":7,"name":"Spring","sent_at":null},{"name":"odd"}],"next":"Mg=="}"#;
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let next = List::new().with_limit(2).next(&page).unwrap();
        assert_eq!(
            wire_app(List::new().with_limit(2).starting_at(&next)),
            plain("GET /v1/newsletters?start=Mg%3D%3D&limit=2")
        );
        assert_eq!(page.extra["newsletters"], serde_json::json!([{"name": "odd"}]));
        let newsletters = List::items(page);
        assert_eq!((newsletters.len(), newsletters[0].id, newsletters[0].sent_at), (1, 7.into(), None));

        let last = parse::<List>(Response::new(r#"{"newsletters":null,"next":""}"#.into())).unwrap();
        assert!(last.items.is_empty() && List::new().next(&last).is_none());
    }
}
