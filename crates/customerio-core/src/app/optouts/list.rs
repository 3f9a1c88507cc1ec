//! `GET /v1/optouts`: who does not want to hear from which sender, page by page.

use super::PersonOptOuts;
use crate::{Cursor, Page, macros::plain, page::paged};

plain! {
    /// Lists the people who have opted out of senders of text messages and WhatsApp messages, page by page:
    /// [`Client::items`](crate::Client::items) reads them all.
    ///
    /// Limits: 1,000 people a page; 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getOptouts>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::optouts::List, limits::Limits};
    ///
    /// let request = Prepared::new(List::new().with_from("+15551234567"), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/optouts?from=%2B15551234567");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_optouts")]
    pub struct List {}
    "app.optouts.list" = GET "/v1/optouts" -> Page<PersonOptOuts>;
    query {
        /// Only people who have opted out of this sender.
        with_from, from: text = "LEAK-sender";
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor = "LEAK-start";
        /// The most people on a page, up to 1,000. Default: 100.
        with_limit, limit: u32 = 500;
    }
}

paged!(List of PersonOptOuts);

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
        assert_eq!(
            wire_app(List::new().with_from("+1").with_start("MQ").with_limit(9)),
            plain("GET /v1/optouts?from=%2B1&start=MQ&limit=9")
        );
    }

    #[test]
    fn people_are_read_with_their_senders() {
        let person = json!({
            "customer_id": "42", "cio_id": "a3000001",
            "optouts": [{"channel": "sms", "from": "+1555"}, {"channel": "whatsapp", "from": "+1556"}],
        });
        let json = json!({"optouts": [person], "next": "MQ"}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        assert_eq!((page.items[0].optouts.len(), page.next), (2, Some("MQ".into())));
        survives_changes::<PersonOptOuts>(&person, &[]);
    }
}
