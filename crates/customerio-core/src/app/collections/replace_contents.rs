//! `PUT /v1/collections/{collection_id}/content`: replace what is in a collection.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::{Collection, source::Json};
use crate::{
    App, Body, BuildError, CollectionId, Limits, Operation, Path,
    body::JSON,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Replaces all contents of a collection.
///
/// Its name stays.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Collection`.
///
/// Limits: 10 MB, and 10 KB for each row; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateCollectionContents>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::collections::ReplaceContents, limits::Limits};
/// use serde_json::json;
///
/// let replace = ReplaceContents::new(5, json!([{"city": "Oslo"}, {"city": "Lyon"}]));
/// let request = Prepared::new(replace, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/collections/5/content");
/// assert_eq!(request.body(), r#"[{"city":"Oslo"},{"city":"Lyon"}]"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "update_collection_contents")]
pub struct ReplaceContents {
    collection_id: CollectionId,
    contents: Json,
}

impl ReplaceContents {
    /// Creates the operation for the collection with this number. `contents` is anything that serialises as a list or
    /// as an object, usually rows.
    ///
    /// It is encoded here; what cannot be encoded is an error when the request is built. A field that is `None` is left
    /// out.
    #[must_use]
    pub fn new(collection_id: impl Into<CollectionId>, contents: impl Serialize) -> Self {
        Self { collection_id: collection_id.into(), contents: Json::new(&contents) }
    }
}

impl Operation for ReplaceContents {
    type Api = App;
    type Output = Collection;
    const NAME: &'static str = "app.collections.replace_contents";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/collections/{collection_id}/content";
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.collection_id.write(path)
    }
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        Ok(Body::new(JSON, self.contents.contents(limits)?))
    }
}

opaque_debug!(ReplaceContents);
sample!(ReplaceContents: Self::new(5, [std::collections::BTreeMap::from([("LEAK-field", "LEAK-value")])]));

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
        let replace = ReplaceContents::new(5, json!([{"city": "Oslo"}]));
        assert_eq!((replace.replay(), replace.attempt_timeout()), (Replay::Safe, Duration::from_secs(60)));
        assert_eq!(
            wire_app(replace),
            "PUT https://api.customer.io/v1/collections/5/content\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 17\n\
             \n\
             [{\"city\":\"Oslo\"}]"
        );
        assert_eq!(body(ReplaceContents::new(5, json!({"city": "Oslo"}))), r#"{"city":"Oslo"}"#);
        for (replace, expected) in [
            (ReplaceContents::new(0, json!([])), "the collection's id is not valid: it must be a positive number"),
            (ReplaceContents::new(5, ()), "the contents must be a list or an object, not null"),
            (
                ReplaceContents::new(5, ["x".repeat(9_999)]),
                "row `[0]` of the collection has 10001 bytes, and the limit is 10000",
            ),
        ] {
            assert_eq!(refused_app(replace).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_collection() {
        let json = r#"{"collection":{"id":5,"rows":1}}"#;
        assert_eq!(parse::<ReplaceContents>(Response::new(json.into())).unwrap().rows, Some(1));
    }
}
