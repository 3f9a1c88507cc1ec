//! `GET /v1/activities`: what happened in the workspace, page by page.

use http::Method;

use crate::{
    App, BuildError, Cursor, Operation, Page, PersonId, Query,
    app::Activity,
    macros::{opaque_debug, sample, setters},
    page::paged,
    text::Text,
};

/// Lists the activities of the workspace, page by page, the newest first: [`Client::items`](crate::Client::items) reads
/// it all.
///
/// Activities are kept for 30 days at least.
///
/// Limits: 100 activities a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/listActivities>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::activities::List, limits::Limits};
///
/// let request =
///     Prepared::new(List::new().with_kind("event").with_name("purchase"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/activities?type=event&name=purchase");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Default)]
#[doc(alias = "list_activities")]
pub struct List {
    start: Option<Cursor>,
    limit: Option<u32>,
    kind: Option<Text>,
    name: Option<Text>,
    deleted: Option<bool>,
    person: Option<PersonId>,
}

paged!(List of Activity);

impl List {
    /// Lists all of them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most activities on a page, up to 100. Default: 10.
        with_limit, limit: u32;
        /// Only those of a kind, such as `event`: see [`Activity::kind`].
        with_kind, kind: text;
        /// Events or pages of this name.
        with_name, name: text;
        /// Includes those of people who were deleted. Default: false.
        with_deleted, deleted: bool;
        /// Only those of a person.
        with_person, person: into PersonId;
    }
}

impl Operation for List {
    type Api = App;
    type Output = Page<Activity>;
    const NAME: &'static str = "app.activities.list";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/activities";

    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        query.optional("type", self.kind.as_ref());
        query.optional("name", self.name.as_ref());
        query.optional("deleted", self.deleted);
        if let Some(person) = &self.person {
            person.check(query.limits())?;
            query.pair("customer_id", person.value());
            query.pair("id_type", person.id_type().as_str());
        }
        Ok(())
    }
}

opaque_debug!(List);
sample!(List: Self::new()
    .with_start("LEAK-start")
    .with_limit(50)
    .with_kind("event")
    .with_name("LEAK-name")
    .with_deleted(true)
    .with_person("LEAK-person"));

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
        assert_eq!(wire_app(List::new()), plain("GET /v1/activities"));
        let all = List::new()
            .with_start("MQ")
            .with_limit(100)
            .with_kind("event")
            .with_name("a b")
            .with_deleted(true)
            .with_person(PersonId::email("a+b@c.example"));
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/activities?start=MQ&limit=100&type=event&name=a%20b&deleted=true\
                 &customer_id=a%2Bb%40c.example&id_type=email"
            )
        );
        assert_eq!(refused_app(List::new().with_person("")).to_string(), "the person's id is empty");
    }

    #[test]
    fn an_activity_is_read_field_by_field() {
        let activity = json!({
            "id": "01E4", "type": "attribute_change", "name": "n", "url": "https://a.example", "timestamp": 1_552_341_937,
            "customer_id": "42", "customer_identifiers": {"id": "42", "email": null, "cio_id": "a3000001"},
            "delivery_id": "ZAIAAVTJVG0QcCok0-0ZKj6yiQ==", "delivery_type": "email",
            "data": {"email": {"from": "a@b.example", "to": "c@d.example"}},
        });
        let json = json!({"activities": [activity], "next": "MQ"}).to_string();
        let page = parse::<List>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.kind.as_deref(), read.timestamp), (Some("attribute_change"), Some(1_552_341_937.into())));
        assert_eq!(read.data.as_ref().unwrap()["email"]["to"], "c@d.example");
        assert!(read.extra.is_empty() && page.next.is_some());
        survives_changes::<Activity>(&activity, &["id"]);
    }
}
