//! A call as it is kept.

mod error;
mod read;

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use customerio_core::{
    BuildError, Encoded, EncodedItem, Item, Limits, Moment, Operation, Prepared, Replay, Timestamp, operations,
};
use serde::Serialize;

pub use self::error::StoredError;
use self::read::{Read, VERSION};
use crate::{Lane, Stream};

/// The name of the destination where there is but one.
pub(crate) const DEFAULT: &str = "default";

/// A call as it is kept: an operation, encoded and checked, with the name of the workspace that it goes to.
///
/// It has no credentials, no header and no host: those are the sender's, who may get others meanwhile.
///
/// [`to_bytes`](Self::to_bytes) is one line of JSON, with a version. Everything that wants to be read by people and by
/// other programs stands in it as it is: the item of a batch as an object, the request of an operation that no batch takes
/// as core [stores it](Prepared). It holds the data of people: keep it as such.
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
/// use std::time::Duration;
/// use customerio::{delivery::Stored, limits::Limits, track::v2::person::Event, transport::Moment};
///
/// let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
/// let call = Stored::new(Event::new("42", "purchase"), &now, &Limits::default())?;
/// let read = Stored::from_bytes(&call.to_bytes())?;
/// assert_eq!(read.operation(), "track.v2.person.event");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "as the method is called")]
pub struct Stored {
    destination: Arc<str>,
    operation: &'static str,
    stored_at: Timestamp,
    expires_at: Option<Timestamp>,
    call: Encoded,
}

/// What is written. An item is written behind it, as the last: fields that a later release adds come before the item.
#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    operation: &'a str,
    destination: &'a str,
    stored_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    once: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    shared: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Prepared>,
}

impl Stored {
    /// Encodes `operation` within `limits`. An event without an id gets one, and the time of `now`.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent.
    pub fn new<O: Operation>(operation: O, now: &Moment, limits: &Limits) -> Result<Self, BuildError> {
        Ok(Self {
            destination: default_destination(),
            operation: O::NAME,
            stored_at: now.timestamp(),
            expires_at: None,
            call: Encoded::new(operation, now, limits)?,
        })
    }

    /// The call for another destination than `default`.
    #[must_use]
    pub fn with_destination(mut self, destination: impl Into<Arc<str>>) -> Self {
        self.destination = destination.into();
        self
    }

    /// The call with an end: it is not sent after that time from when it was stored. An old login code is worse than none.
    #[must_use]
    #[doc(alias = "ttl")]
    pub fn with_expiry(mut self, after: Duration) -> Self {
        let millis = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        self.expires_at = Some(Timestamp::from_unix_millis(self.stored_at.unix_millis().saturating_add(millis)));
        self
    }

    /// The call without an end.
    #[must_use]
    pub const fn without_expiry(mut self) -> Self {
        self.expires_at = None;
        self
    }

    /// The [`Operation::NAME`].
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// The name of the workspace that it goes to.
    #[must_use]
    pub const fn destination(&self) -> &Arc<str> {
        &self.destination
    }

    /// The stream that delivers it.
    #[must_use]
    pub fn stream(&self) -> Stream {
        Stream { destination: self.destination.clone(), lane: Lane::of(&self.call) }
    }

    /// When it was stored.
    #[must_use]
    pub const fn stored_at(&self) -> Timestamp {
        self.stored_at
    }

    /// When it expires, if it does.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Whether it may arrive twice.
    #[must_use]
    pub fn replay(&self) -> Replay {
        self.call.replay()
    }

    /// The encoded operation.
    #[must_use]
    pub const fn call(&self) -> &Encoded {
        &self.call
    }

    /// About how many bytes it takes, in memory or in a store.
    #[must_use]
    pub fn size(&self) -> usize {
        /// What the stored form has besides.
        const HEAD: usize = 160;
        HEAD + self.call.body().len() + self.shared().len()
    }

    /// What it shares with all others of its batch: fields of the batch, each behind a comma.
    pub(crate) fn shared(&self) -> &[u8] {
        match &self.call {
            Encoded::Track(item) => item.shared(),
            Encoded::Pipelines(item) => item.shared(),
            _ => &[],
        }
    }

    /// The stored form: one line of JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (batch, request) = match &self.call {
            Encoded::Track(_) => (Some("track"), None),
            Encoded::Pipelines(_) => (Some("pipelines"), None),
            Encoded::Request(request) => (None, Some(&**request)),
            _ => (None, None),
        };
        let written = Written {
            version: VERSION,
            operation: self.operation,
            destination: &self.destination,
            stored_at: self.stored_at.unix_millis(),
            expires_at: self.expires_at.map(Timestamp::unix_millis),
            once: batch.is_some() && self.replay() == Replay::OnlyIfNotSent,
            batch,
            shared: std::str::from_utf8(self.shared()).unwrap_or_default(),
            request,
        };
        let mut bytes = Vec::with_capacity(self.size());
        if serde_json::to_writer(&mut bytes, &written).is_err() {
            unreachable!("strings and numbers can be written");
        }
        if batch.is_some() {
            // The item is JSON already, and comes out as the same bytes.
            bytes.pop();
            bytes.extend_from_slice(br#","item":"#);
            bytes.extend_from_slice(self.call.body());
            bytes.push(b'}');
        }
        bytes
    }

    /// How the stored form of each call of an operation begins, so that a database finds it without reading it.
    #[cfg(any(feature = "postgres", feature = "spool"))]
    pub(crate) fn beginning(operation: &str) -> Vec<u8> {
        let name = serde_json::Value::from(operation);
        format!(r#"{{"version":{VERSION},"operation":{name}"#).into_bytes()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    ///
    /// [`StoredError::Version`] where a newer version of this crate wrote it, and [`StoredError::Malformed`] where it is
    /// something else, or of an operation that this version does not have.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        Self::restore(read::read(bytes)?)
    }

    /// Reads a stored form that a checksum has shown to be what was written.
    #[cfg(any(feature = "postgres", feature = "spool"))]
    pub(crate) fn from_checked(bytes: &[u8]) -> Result<Self, StoredError> {
        Self::restore(read::read_checked(bytes)?)
    }

    fn restore(read: Read<'_>) -> Result<Self, StoredError> {
        let malformed = |problem: &str| StoredError::Malformed(problem.to_owned());
        let operation =
            known(&read.operation).ok_or_else(|| malformed("it is of an operation that this version does not have"))?;
        let replay = if read.once { Replay::OnlyIfNotSent } else { Replay::Safe };
        let item =
            |json: &[u8]| EncodedItem::new(json.into()).with_shared(read.shared.as_deref().unwrap_or_default().into());
        let call = match (read.batch.as_deref(), read.item, read.request) {
            (Some("track"), Some(json), None) => Encoded::Track(Item::from_encoded(item(json), replay)),
            (Some("pipelines"), Some(json), None) => Encoded::Pipelines(Item::from_encoded(item(json), replay)),
            (None, None, Some(request)) => Encoded::Request(request),
            _ => return Err(malformed("it is neither an item of a batch nor a request")),
        };
        let destination = if read.destination == DEFAULT { default_destination() } else { read.destination.into() };
        Ok(Self {
            destination,
            operation,
            stored_at: Timestamp::from_unix_millis(read.stored_at),
            expires_at: read.expires_at.map(Timestamp::from_unix_millis),
            call,
        })
    }
}

/// The name of an operation that this version has. A batch of a thousand calls asks a thousand times.
fn known(name: &str) -> Option<&'static str> {
    static NAMES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| operations().map(|info| info.name).collect()).get(name).copied()
}

/// One allocation for all calls.
fn default_destination() -> Arc<str> {
    static NAME: OnceLock<Arc<str>> = OnceLock::new();
    NAME.get_or_init(|| DEFAULT.into()).clone()
}

impl fmt::Debug for Stored {
    /// Without what it says: that is the data of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("operation", &self.operation)
            .field("destination", &self.destination)
            .field("bytes", &self.call.body().len())
            .finish_non_exhaustive()
    }
}
