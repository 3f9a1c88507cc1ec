//! `GET /v1/design_studio/inbox_previews/jobs`: the runs of inbox previews, page by page.

use super::Job;
use crate::{Cursor, EmailId, Page, macros::plain, page::paged};

plain! {
    /// Lists the runs of inbox previews without their previews, page by page: [`Client::items`](crate::Client::items) reads
    /// them all.
    ///
    /// Limits: 200 runs a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listInboxPreviewJobs>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     app::design_studio::inbox_previews::ListJobs, http::Response, operation::parse,
    /// };
    ///
    /// let json = r#"{"preview_jobs":[{"run_id":7,"is_processed":true}],"meta":{"pagination":{"next_cursor":"MQ"}}}"#;
    /// let page = parse::<ListJobs>(Response::new(json.into()))?;
    /// assert_eq!((page.items[0].run_id, page.next.unwrap().as_str()), (7.into(), "MQ"));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_inbox_preview_jobs")]
    pub struct ListJobs {}
    "app.design_studio.inbox_previews.list_jobs" = GET "/v1/design_studio/inbox_previews/jobs" -> Page<Job>;
    query {
        /// Only those of this e-mail, or of one of its translations.
        with_email, node_id: into EmailId = "LEAK-email";
        /// The most runs on a page, up to 200. Default: 50.
        with_limit, limit: u32 = 100;
        /// Sets the start of the page: the [`Page::next`](crate::Page::next) of the page before.
        with_cursor, cursor: into Cursor = "LEAK-cursor";
    }
}

paged!(ListJobs of Job from cursor);

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Paged, Pages, parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListJobs::new()), plain("GET /v1/design_studio/inbox_previews/jobs"));
        assert_eq!(
            wire_app(ListJobs::new().with_email("e-1").with_limit(200).with_cursor("a+b")),
            plain("GET /v1/design_studio/inbox_previews/jobs?node_id=e-1&limit=200&cursor=a%2Bb")
        );
        assert_eq!(refused_app(ListJobs::new().with_email("")).to_string(), "the e-mail's id is empty");
    }

    #[test]
    fn the_next_page_is_where_the_response_says() {
        let page = |json: &str| parse::<ListJobs>(Response::new(json.to_owned().into())).unwrap();
        let mut pages = Pages::new(ListJobs::new().with_limit(1));
        pages
            .receive(&page(r#"{"preview_jobs":[{"run_id":7}],"meta":{"pagination":{"limit":1,"next_cursor":"MQ"}}}"#))
            .unwrap();
        let next = pages.next_call().unwrap().clone();
        assert_eq!(wire_app(next), plain("GET /v1/design_studio/inbox_previews/jobs?limit=1&cursor=MQ"));
        pages.receive(&page(r#"{"preview_jobs":[],"meta":{"pagination":{"limit":1,"next_cursor":"Mg"}}}"#)).unwrap();
        assert!(pages.next_call().is_some(), "an empty page can have a next one");
        pages.receive(&page(r#"{"preview_jobs":[{"run_id":8}],"meta":{"pagination":{"limit":1}}}"#)).unwrap();
        assert!(pages.next_call().is_none());
        for json in [
            r#"{"preview_jobs":[{"run_id":7}]}"#,
            r#"{"preview_jobs":null,"meta":null}"#,
            r#"{"preview_jobs":[],"meta":{"pagination":{"next_cursor":""}}}"#,
            r#"{"preview_jobs":[],"meta":{"pagination":{"next_cursor":null}}}"#,
        ] {
            assert_eq!(ListJobs::new().next(&page(json)), None, "{json}");
        }
    }
}
