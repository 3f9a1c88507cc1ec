//! `GET /v1/sender_identities`: the senders of the workspace, page by page.

use super::SenderIdentity;
use crate::{Cursor, Page, app::Sort, macros::plain, page::paged};

plain! {
    /// Lists the senders of the workspace, page by page: [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listSenders>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::{Sort, sender_identities::List}, limits::Limits};
    ///
    /// let request = Prepared::new(List::new().with_sort(Sort::Descending), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/sender_identities?sort=desc");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "list_senders")]
    pub struct List {}
    "app.sender_identities.list" = GET "/v1/sender_identities" -> Page<SenderIdentity>;
    query {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor = "LEAK-start";
        /// The most senders on a page.
        with_limit, limit: u32 = 500;
        /// The order. Default: ascending.
        with_sort, sort: Sort = Sort::Descending;
        /// Only those that are hidden, or only those that are not. Default: both.
        with_hidden, hidden: bool = false;
    }
}

paged!(List of SenderIdentity);

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let all = List::new().with_start("MQ").with_limit(5).with_sort(Sort::Ascending).with_hidden(true);
        assert_eq!(wire_app(all), plain("GET /v1/sender_identities?start=MQ&limit=5&sort=asc&hidden=true"));
        assert_eq!(wire_app(List::new()), plain("GET /v1/sender_identities"));
    }

    #[test]
    fn a_sender_is_read_field_by_field_and_the_page_has_its_next() {
        let sender = json!({
            "id": 1, "deduplicate_id": "1:1552341937", "name": "Shop", "email": "shop@example.com", "phone": "+1555",
            "address": "Shop <shop@example.com>", "template_type": "email", "auto_generated": false, "hidden": true,
        });
        let json = json!({"sender_identities": [sender], "next": "MQ"}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        assert_eq!((page.items[0].id, page.items[0].hidden, page.next), (1.into(), Some(true), Some("MQ".into())));
        assert!(page.items[0].extra.is_empty());
        survives_changes::<SenderIdentity>(&sender, &["id"]);
    }
}
