//! A collection by its name: its contents are replaced, or it is created.

use super::{Collection, Create, List};
use crate::{App, Client, Delivery, Error};

impl Client<App> {
    /// Gives the collection with the name of `collection` its contents, or creates it: two requests if it exists, three
    /// if it does not. Use it to keep the data of messages up to date, whoever created the collection.
    ///
    /// All its contents are replaced, whether they differ or not. Names are compared exactly; if several collections
    /// have the name, the one with the lowest number is used.
    ///
    /// The service has no such operation. Two programs that look at the same time can both create a collection: then
    /// both give the one with the lower number their contents, and the other stays until somebody
    /// [deletes](super::Delete) it. The call can be made again after any error: after a lost response, it finds what
    /// was created, and one call never creates it twice.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, Error, app::collections::Create};
    /// use serde_json::json;
    ///
    /// async fn sync(app: &Client<App>) -> Result<Option<u64>, Error> {
    ///     let events =
    ///         json!([{"name": "Summer party", "city": "Oslo"}, {"name": "Meetup", "city": "Lyon"}]);
    ///     Ok(app.sync_collection(Create::from_rows("events", events)).await?.rows)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|request| match request.method().as_str() {
    /// #     "GET" => (200, r#"{"collections":[{"id":5,"name":"events"}]}"#),
    /// #     _ => (200, r#"{"collection":{"id":5,"name":"events","rows":2}}"#),
    /// # });
    /// # let rows = canned::run(async move { sync(&app).await });
    /// # assert_eq!(rows.unwrap(), Some(2));
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]. If creating the collection fails and it cannot be found afterwards, the error of the creation is
    /// returned. After a lost response it can still appear: call this again.
    #[doc(alias = "upsert")]
    pub async fn sync_collection(&self, collection: Create) -> Result<Collection, Error> {
        // What cannot be created is refused before anything is sent.
        let creation = self.prepare(collection.clone())?;
        if let Some(found) = self.named_collection(collection.name()).await? {
            return self.call(collection.into_update(found.id)).await;
        }
        let made = self.send(creation).await;
        if made.as_ref().is_err_and(|error| error.delivery() == Delivery::NotSent) {
            return made;
        }
        // Another program can have created one at the same time, and after an error it is unknown whether there is one.
        match self.named_collection(collection.name()).await {
            Ok(Some(found)) if made.as_ref().is_ok_and(|made| made.id <= found.id) => made,
            Ok(Some(found)) => self.call(collection.into_update(found.id)).await,
            Ok(None) | Err(_) => made,
        }
    }

    /// The first that has this name.
    async fn named_collection(&self, name: &str) -> Result<Option<Collection>, Error> {
        let collections = self.call(List::new()).await?.into_iter();
        let named = collections.filter(|collection| collection.name.as_deref() == Some(name));
        Ok(named.min_by_key(|collection| collection.id))
    }
}
