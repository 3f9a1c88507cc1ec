//! A segment by its name: found, or else created.

use super::{Create, List, Segment, SegmentKind};
use crate::{App, Client, Delivery, Error};

impl Client<App> {
    /// Finds the manual segment with the name of `segment`, or creates it: one request if it exists, three if it does
    /// not.
    ///
    /// Names are compared exactly. A segment that selects its people by conditions does not count, whatever its name.
    /// If several have the name, the one with the lowest number is returned; its description can differ.
    ///
    /// The service has no such operation, and names need not be unique. Two programs that look at the same time can
    /// both create one: then both get the one with the lower number, and the other stays, without people, until
    /// somebody [deletes](super::Delete) it. The call can be made again after any error: after a lost response, it
    /// finds what was created, and one call never creates it twice.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, Error, app::segments::Create, ids::SegmentId};
    ///
    /// async fn vips(app: &Client<App>) -> Result<SegmentId, Error> {
    ///     let segment = Create::new("VIPs").with_description("They buy a lot");
    ///     Ok(app.find_or_create_segment(segment).await?.id)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|_| (200, r#"{"segments":[{"id":7,"name":"VIPs","type":"manual"}]}"#));
    /// # let found = canned::run(async move { vips(&app).await });
    /// # assert_eq!(found.unwrap(), 7.into());
    /// ```
    ///
    /// # Errors
    ///
    /// See [`Error`]. If creating the segment fails and it cannot be found afterwards, the error of the creation is
    /// returned. After a lost response it can still appear: call this again.
    #[doc(alias = "upsert")]
    #[doc(alias = "get_or_create")]
    pub async fn find_or_create_segment(&self, segment: Create) -> Result<Segment, Error> {
        // What cannot be created is refused before anything is sent.
        let creation = self.prepare(segment.clone())?;
        if let Some(found) = self.manual_segment(segment.name()).await? {
            return Ok(found);
        }
        let made = self.send(creation).await;
        if made.as_ref().is_err_and(|error| error.delivery() == Delivery::NotSent) {
            return made;
        }
        // Another program can have created one at the same time, and after an error it is unknown whether there is one.
        match self.manual_segment(segment.name()).await {
            Ok(Some(found)) => Ok(made.ok().filter(|made| made.id <= found.id).unwrap_or(found)),
            Ok(None) | Err(_) => made,
        }
    }

    /// The first that has this name.
    async fn manual_segment(&self, name: &str) -> Result<Option<Segment>, Error> {
        let is_it = |segment: &Segment| {
            segment.name.as_deref() == Some(name)
                && segment.kind.as_ref().is_none_or(|kind| *kind == SegmentKind::Manual)
        };
        let segments = self.call(List::new()).await?;
        Ok(segments.into_iter().filter(is_it).min_by_key(|segment| segment.id))
    }
}
