//! `GET /v1/customers/{customer_id}/activities`: what a person did, page by page.

use http::Method;

use super::named::{write_path, write_query};
use crate::{
    App, BuildError, Cursor, Operation, Page, Path, PersonId, Query,
    app::Activity,
    macros::{opaque_debug, sample, setters},
    page::paged,
    text::Text,
};

/// Lists the activities of a person, page by page, the newest first: [`Client::items`](crate::Client::items) reads it
/// all.
///
/// Activities are kept for 30 days at least.
///
/// Limits: 100 activities a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonActivities>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::customers::Activities, limits::Limits};
///
/// let request = Prepared::new(Activities::of("42").with_kind("event"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/customers/42/activities?id_type=id&type=event");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_activities")]
pub struct Activities {
    person: PersonId,
    start: Option<Cursor>,
    limit: Option<u32>,
    kind: Option<Text>,
    name: Option<Text>,
}

paged!(Activities of Activity);

impl Activities {
    /// Creates the operation for this person.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into(), start: None, limit: None, kind: None, name: None }
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
    }
}

impl Operation for Activities {
    type Api = App;
    type Output = Page<Activity>;
    const NAME: &'static str = "app.customers.activities";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/activities";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        query.optional("type", self.kind.as_ref());
        query.optional("name", self.name.as_ref());
        Ok(())
    }
}

opaque_debug!(Activities);
sample!(Activities: Self::of("LEAK-person").with_start("1").with_limit(50).with_kind("event").with_name("LEAK-name"));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let all = Activities::of("42").with_start("MQ").with_limit(9).with_kind("event").with_name("a");
        assert_eq!(
            wire_app(all),
            plain("GET /v1/customers/42/activities?id_type=id&start=MQ&limit=9&type=event&name=a")
        );
        assert_eq!(refused_app(Activities::of("")).to_string(), "the person's id is empty");
    }

    #[test]
    fn the_page_has_its_next_which_the_contract_leaves_out() {
        let json = r#"{"activities":[{"id":"01E4"}],"next":"MQ"}"#;
        assert_eq!(parse::<Activities>(Response::new(json.into())).unwrap().next, Some("MQ".into()));
    }
}
