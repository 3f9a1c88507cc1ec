//! `GET /v1/collections/{collection_id}`: one collection.

use super::Collection;
use crate::{CollectionId, macros::plain};

plain! {
    /// Reads a collection, without its contents: [`Contents`](super::Contents) reads those.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Collection`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCollection>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::collections::Get, limits::Limits};
    ///
    /// let request = Prepared::new(Get::new(5), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/collections/5");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_collection")]
    pub struct Get { collection_id: CollectionId = 5 }
    "app.collections.get" = GET "/v1/collections/{collection_id}" -> Collection;
}

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
        assert_eq!(wire_app(Get::new(5)), plain("GET /v1/collections/5"));
        assert_eq!(
            refused_app(Get::new(0)).to_string(),
            "the collection's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_collection() {
        let json = r#"{"collection":{"id":5,"name":"events","rows":2}}"#;
        let collection = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((collection.id, collection.rows), (5.into(), Some(2)));
        assert!(parse::<Get>(Response::new(r#"{"id":5}"#.into())).is_err());
    }
}
