//! An encoded operation of any kind.

use crate::{
    Api as _, BuildError, Item, Limits, Moment, Operation, Pipelines, PipelinesBatch, Prepared, Replay, Track,
    TrackBatch, limits::check_bytes,
};

/// An operation, encoded and checked, to be sent later: as an item of a batch if its API has batches that take it, and
/// as a request otherwise.
///
/// A queue stores operations this way. It has no type parameter, so one list can hold operations of all kinds.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     limits::Limits, operation::Encoded, track::{Delete, v2::person}, transport::Moment,
/// };
/// # use std::time::Duration;
/// # let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 4 };
///
/// let event = Encoded::new(person::Event::new("42", "purchase"), &now, &Limits::default())?;
/// let delete = Encoded::new(Delete::new("42"), &now, &Limits::default())?;
/// assert!(matches!((event, delete), (Encoded::Track(_), Encoded::Request(_))));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Encoded {
    /// An item of a batch of the Track API.
    Track(Item<TrackBatch>),
    /// An item of a batch of the Pipelines API.
    Pipelines(Item<PipelinesBatch>),
    /// A request of its own. Its response is read only for whether the call failed. It is boxed because many calls may
    /// wait in memory, and most are items, which are a quarter of its size.
    Request(Box<Prepared>),
}

impl Encoded {
    /// Encodes `operation` within `limits`. A missing id or time of an event is filled in from `now`.
    ///
    /// # Errors
    ///
    /// Fails if an argument cannot be sent, or the operation is larger than an item of a batch may be.
    pub fn new<O: Operation>(mut operation: O, now: &Moment, limits: &Limits) -> Result<Self, BuildError> {
        operation.stamp(now);
        let replay = operation.replay();
        let encoded = match operation.into_batch_item(limits) {
            Ok(item) => item?,
            Err(operation) => return Ok(Self::Request(Box::new(Prepared::new(operation, limits)?.returning()))),
        };
        check_bytes("the call", encoded.json.len() + encoded.shared.len(), limits.batch_item)?;
        Ok(match O::Api::NAME {
            Track::NAME => Self::Track(Item::from_encoded(encoded, replay)),
            Pipelines::NAME => Self::Pipelines(Item::from_encoded(encoded, replay)),
            api => unreachable!("the API {api} has no batches"),
        })
    }

    /// Whether it may arrive twice.
    #[must_use]
    pub fn replay(&self) -> Replay {
        match self {
            Self::Track(item) => item.replay(),
            Self::Pipelines(item) => item.replay(),
            Self::Request(request) => request.replay(),
        }
    }

    /// The JSON of the item, or the body of the request.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match self {
            Self::Track(item) => item.json(),
            Self::Pipelines(item) => item.json(),
            Self::Request(request) => request.body(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{app::SendEmail, pipelines, track};

    fn encoded<O: Operation>(operation: O) -> Result<Encoded, BuildError> {
        let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
        Encoded::new(operation, &now, &Limits::default())
    }

    #[test]
    fn what_a_batch_takes_is_an_item_and_the_rest_a_request() {
        let event = encoded(track::v2::person::Event::new("42", "purchase")).unwrap();
        assert!(matches!(&event, Encoded::Track(_)));
        assert_eq!(event.replay(), Replay::Safe, "it got an id");
        let merge = encoded(track::v2::person::Merge::new("1", "2")).unwrap();
        assert!(matches!(&merge, Encoded::Track(item) if item.replay() == Replay::OnlyIfNotSent));
        assert!(matches!(encoded(pipelines::Track::new("42", "visit")), Ok(Encoded::Pipelines(_))));
        assert!(matches!(encoded(track::Event::new("42", "purchase")), Ok(Encoded::Request(_))));
        let send = encoded(SendEmail::from_template("reset", "ada@example.com")).unwrap();
        assert_eq!((send.replay(), send.body().is_empty()), (Replay::OnlyIfNotSent, false));
    }

    #[test]
    fn an_item_that_no_batch_takes_is_refused_at_once() {
        let note = "x".repeat(40_000);
        let error =
            encoded(track::v2::person::Identify::new("42").with_attributes(serde_json::json!({ "note": note })));
        assert!(error.is_err());
    }
}
