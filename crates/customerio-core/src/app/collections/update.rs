//! `PUT /v1/collections/{collection_id}`: rename a collection, or replace its contents.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{Collection, source::Source};
use crate::{
    App, Body, BuildError, CollectionId, Limits, Operation, Path,
    json::Writer,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
    unseen::check_visible,
};

/// Renames a collection, or replaces its contents, or both.
///
/// Fields that are not set stay unchanged.
///
/// Messages find a collection by its name: those that use the old name show nothing once it is renamed.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Collection`.
///
/// Limits: 10 MB, and 10 KB for each row; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateCollection>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::collections::Update, limits::Limits};
/// use serde_json::json;
///
/// let update = Update::new(5).with_rows(json!([{"city": "Oslo"}]));
/// let request = Prepared::new(update, &Limits::default())?;
/// assert_eq!(
///     (request.path(), &request.body()[..]),
///     ("/v1/collections/5", &br#"{"data":[{"city":"Oslo"}]}"#[..])
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "update_collection")]
pub struct Update {
    collection_id: CollectionId,
    name: Option<Text>,
    source: Option<Source>,
}

impl Update {
    /// Creates the operation for the collection with this number.
    #[must_use]
    pub fn new(collection_id: impl Into<CollectionId>) -> Self {
        Self { collection_id: collection_id.into(), name: None, source: None }
    }

    pub(super) fn of_source(collection_id: CollectionId, source: Source) -> Self {
        Self { collection_id, name: None, source: Some(source) }
    }

    /// The new rows, in place of all that it has: anything that serialises as a list of objects, as in
    /// [`Create::from_rows`](super::Create::from_rows).
    #[must_use]
    pub fn with_rows(mut self, rows: impl Serialize) -> Self {
        self.source = Some(Source::rows(&rows));
        self
    }

    /// The URL of a file with its new rows, in place of all that it has, as in
    /// [`Create::from_url`](super::Create::from_url). Of this and [`with_rows`](Self::with_rows) the last one wins.
    #[must_use]
    pub fn with_url(mut self, url: impl AsRef<str>) -> Self {
        self.source = Some(Source::url(url));
        self
    }

    setters! {
        /// The new name.
        with_name, name: text;
    }
}

impl Operation for Update {
    type Api = App;
    type Output = Collection;
    const NAME: &'static str = "app.collections.update";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/collections/{collection_id}";
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.collection_id.write(path)
    }
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        let mut body = Writer::new();
        if let Some(name) = &self.name {
            check_visible("the collection's name", name)?;
            body.field("name", name)?;
        }
        if let Some(source) = self.source {
            source.write(&mut body, limits)?;
        }
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(Update);
sample!(Update: Self::new(5).with_name("LEAK-name").with_url("https://LEAK-host/events.csv");
    Self::new(5).with_rows([std::collections::BTreeMap::from([("LEAK-field", "LEAK-value")])]));

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
        let update =
            Update::new(5).with_url("https://a.example").with_name("events").with_rows([json!({"city": "Oslo"})]);
        assert_eq!((update.replay(), update.attempt_timeout()), (Replay::Safe, Duration::from_secs(60)));
        assert_eq!(
            wire_app(update),
            "PUT https://api.customer.io/v1/collections/5\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 42\n\
             \n\
             {\"name\":\"events\",\"data\":[{\"city\":\"Oslo\"}]}"
        );
        assert_eq!(body(Update::new(5)), "{}");
        assert_eq!(body(Update::new(5).with_rows(json!([])).with_url("https://b")), r#"{"url":"https://b"}"#);
        for (update, expected) in [
            (Update::new(0), "the collection's id is not valid: it must be a positive number"),
            (Update::new(5).with_name(" "), "the collection's name has only whitespace or invisible characters"),
            (Update::new(5).with_rows(json!({"a": 1})), "the list of rows must be a list, not an object"),
            (Update::new(5).with_url(""), "the URL of the collection's data is empty"),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_collection() {
        let json = r#"{"collection":{"id":5,"schema":["city"]}}"#;
        assert_eq!(parse::<Update>(Response::new(json.into())).unwrap().schema, ["city"]);
    }
}
