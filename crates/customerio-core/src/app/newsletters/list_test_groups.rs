//! `GET /v1/newsletters/{newsletter_id}/test_groups`: the groups of the A/B test of a newsletter.

use super::TestGroup;
use crate::{NewsletterId, Page, macros::plain};

plain! {
    /// Lists the groups of the A/B test of a newsletter, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<TestGroup>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getNewsletterTestGroups>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::newsletters::ListTestGroups, http::Response, operation::parse};
    ///
    /// let json = r#"{"test_groups":[{"id":0,"name":"A","winner":false,"content_ids":["25","26"]}]}"#;
    /// let groups = parse::<ListTestGroups>(Response::new(json.into()))?.items;
    /// assert_eq!((groups[0].id.as_str(), groups[0].content_ids.len()), ("0", 2));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_newsletter_test_groups")]
    pub struct ListTestGroups { newsletter_id: NewsletterId = 7 }
    "app.newsletters.list_test_groups" = GET "/v1/newsletters/{newsletter_id}/test_groups" -> Page<TestGroup>;
}

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(ListTestGroups::new(7)), plain("GET /v1/newsletters/7/test_groups"));
        assert_eq!(
            refused_app(ListTestGroups::new(0)).to_string(),
            "the newsletter's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn a_test_group_is_read_field_by_field() {
        let group = json!({"id": 0, "name": "A", "label": "Short", "winner": true, "content_ids": ["25", 26]});
        let json = json!({"test_groups": [group, {"name": "B"}]}).to_string();
        let page = parse::<ListTestGroups>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((page.items.len(), &read.id, read.winner), (1, &0.into(), Some(true)));
        assert_eq!((read.name.as_deref(), read.label.as_deref()), (Some("A"), Some("Short")));
        assert_eq!(read.content_ids, [25.into(), 26.into()]);
        assert_eq!((read.extra.len(), &page.extra["test_groups"]), (0, &json!([{"name": "B"}])));
        survives_changes::<TestGroup>(&group, &["id"]);
    }
}
