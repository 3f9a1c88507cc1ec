//! `DELETE /v1/collections/{collection_id}`: remove a collection.

use crate::{CollectionId, macros::plain};

plain! {
    /// Deletes a collection with its contents.
    ///
    /// Messages that use it show nothing in its place.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteCollection>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::collections::Delete, http::Method, limits::Limits};
    ///
    /// let request = Prepared::new(Delete::new(5), &Limits::default())?;
    /// assert_eq!((request.method(), request.path()), (&Method::DELETE, "/v1/collections/5"));
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_collection")]
    pub struct Delete { collection_id: CollectionId = 6 }
    "app.collections.delete" = DELETE "/v1/collections/{collection_id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Operation, Replay,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new(5)), plain("DELETE /v1/collections/5"));
        assert_eq!(Delete::new(5).replay(), Replay::Safe);
        assert!(refused_app(Delete::new(0)).to_string().starts_with("the collection's id"));
    }
}
