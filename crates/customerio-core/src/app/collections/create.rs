//! `POST /v1/collections`: create a collection.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{Collection, source::Source, update::Update};
use crate::{
    App, Body, BuildError, CollectionId, Limits, Operation,
    json::Writer,
    macros::{opaque_debug, sample},
    text::Text,
    unseen::check_visible,
};

/// Creates a collection, of rows that are sent, or of a file that Customer.io fetches.
///
/// It is not retried after a lost response, because that could create a second collection of the same name.
/// [`Client::sync_collection`](crate::Client::sync_collection) looks for one of that name first.
///
/// Limits: 10 MB, and 10 KB for each row; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/addCollection>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::collections::Create, limits::Limits};
/// use serde_json::json;
///
/// let rows =
///     json!([{"name": "Summer party", "city": "Oslo"}, {"name": "Meetup", "city": "Lyon"}]);
/// let request = Prepared::new(Create::from_rows("events", rows), &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"name":"events","data":[{"city":"Oslo","name":"Summer party"},{"city":"Lyon","name":"Meetup"}]}"#
/// );
///
/// let create = Create::from_url("events", "https://files.example.com/events.csv");
/// assert_eq!(
///     Prepared::new(create, &Limits::default())?.body(),
///     r#"{"name":"events","url":"https://files.example.com/events.csv"}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "add_collection")]
pub struct Create {
    name: Text,
    source: Source,
}

impl Create {
    /// Creates a collection with this name, by which Liquid finds it, with these rows: anything that serialises as a
    /// list of objects.
    ///
    /// They are encoded here; what cannot be encoded is an error when the request is built. A field that is `None` is
    /// left out.
    #[must_use]
    pub fn from_rows(name: impl AsRef<str>, rows: impl Serialize) -> Self {
        Self { name: Text::new(name), source: Source::rows(&rows) }
    }

    /// Creates a collection with this name, by which Liquid finds it, from a file that Customer.io fetches from this
    /// URL.
    ///
    /// It is CSV or JSON, as its `content-type` says, or else the end of its name; the default is JSON.
    #[must_use]
    pub fn from_url(name: impl AsRef<str>, url: impl AsRef<str>) -> Self {
        Self { name: Text::new(name), source: Source::url(url) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The same contents, for a collection that is there.
    pub(super) fn into_update(self, collection_id: CollectionId) -> Update {
        Update::of_source(collection_id, self.source)
    }
}

impl Operation for Create {
    type Api = App;
    type Output = Collection;
    const NAME: &'static str = "app.collections.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/collections";
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        check_visible("the collection's name", &self.name)?;
        let mut body = Writer::new();
        body.field("name", &self.name)?;
        self.source.write(&mut body, limits)?;
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(Create);
sample!(Create: Self::from_rows("LEAK-name", [std::collections::BTreeMap::from([("LEAK-field", "LEAK-value")])]);
    Self::from_url("LEAK-name", "https://LEAK-host/events.csv"));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let create = Create::from_rows("events", json!([{"city": "Oslo"}, {"city": "Lyon"}]));
        assert_eq!((create.replay(), create.attempt_timeout()), (Replay::OnlyIfNotSent, Duration::from_secs(60)));
        assert_eq!(
            wire_app(create),
            "POST https://api.customer.io/v1/collections\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 58\n\
             \n\
             {\"name\":\"events\",\"data\":[{\"city\":\"Oslo\"},{\"city\":\"Lyon\"}]}"
        );
        assert_eq!(
            body(Create::from_url("events", "https://a.example/e.json")),
            r#"{"name":"events","url":"https://a.example/e.json"}"#
        );
        let none: [(); 0] = [];
        for (create, expected) in [
            (Create::from_rows("", none), "the collection's name is empty"),
            (Create::from_rows("a", "rows"), "the list of rows must be a list, not text"),
            (
                Create::from_rows("a", json!([{"a": "x".repeat(10_000)}])),
                "row `[0]` of the collection has 10008 bytes, and the limit is 10000",
            ),
            (Create::from_url("a", ""), "the URL of the collection's data is empty"),
        ] {
            assert_eq!(refused_app(create).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_collection() {
        let json = r#"{"collection":{"id":"5","name":"events"}}"#;
        assert_eq!(parse::<Create>(Response::new(json.into())).unwrap().id, 5.into());
        assert!(parse::<Create>(Response::new(r#"{"collection":{"name":"events"}}"#.into())).is_err());
    }
}
