//! Every documented limit, once; and [`Limits`]: those that are checked before sending.
//!
//! Sizes are in bytes. The source of each is named; where the vendor writes "MB" or "kb" the decimal reading is taken,
//! because it is the smaller one.
//!
//! - Track: <https://docs.customer.io/integrations/api/track/#section/Rate-Limits>
//! - Pipelines: <https://docs.customer.io/integrations/api/cdp/>
//! - Transactional messages: <https://docs.customer.io/integrations/api/app/#tag/Send-Messages>
//! - Broadcast triggers: <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>
//!
//! By default the checks cover what the vendor documents as a maximum: beyond it a call is rejected, or its data is
//! lost, which no response shows. The checks on demand are for limits of only some destinations of the data.
//!
//! | limit | of | checked |
//! | --- | --- | --- |
//! | [`PERSON_ID`] | persons' ids, in paths and in bodies | by default |
//! | [`OBJECT_ID`] | objects' ids in the Track API and the App API | by default |
//! | [`ATTRIBUTES`], [`ATTRIBUTE_NAME`], [`ATTRIBUTE_VALUE`] | attributes in the Track API: of a person, an object, a relationship; and fields of a form | by default |
//! | [`RELATIONSHIP`] | all attributes of a relationship in the Track API | by default |
//! | [`EVENT_NAME`], [`EVENT_DATA`] | events and screens in the Track API; pages have data, and a URL for a name | by default |
//! | [`SEGMENT_IDS`] | people in one call that changes a segment | by default |
//! | [`BATCH_ITEM`], [`BATCH`] | the Track API v2 and the Pipelines API | by default |
//! | [`MESSAGE`], [`ATTACHMENTS`], [`EMAIL_RECIPIENTS`] | transactional messages | by default |
//! | [`ASSET`] | files that are uploaded | by default |
//! | [`COLLECTION`], [`COLLECTION_ROW`] | collections whose rows are sent | by default |
//! | [`BROADCAST`], [`BROADCAST_DATA`], [`BROADCAST_PEOPLE`] | broadcast triggers | by default |
//! | [`PERSON_ID`], [`OBJECT_ID`] | user ids and group ids in the Pipelines API | by [`Limits::all`] |
//! | [`ATTRIBUTES`], [`ATTRIBUTE_NAME`], [`ATTRIBUTE_VALUE`] | traits in the Pipelines API | by [`Limits::all`] |
//! | [`SEND_AHEAD`] | `send_at` | never: only the service's clock decides it, and the service responds with an error |
//! | [`NESTING`] | attributes, data, and any other value that serialises | always |
//! | [`BROADCAST_INTERVAL`] | two triggers of a broadcast | never: it is a rate |

use std::{borrow::Cow, time::Duration};

use crate::{BuildError, BuildErrorKind, Rate};

/// Longest `id` of a person (Track, "Customer limits").
pub const PERSON_ID: usize = 150;

/// Longest name of an attribute (Track, "Customer limits").
pub const ATTRIBUTE_NAME: usize = 150;

/// Longest value of an attribute (Track, "Customer limits").
pub const ATTRIBUTE_VALUE: usize = 1_000;

/// Deepest nesting of lists and objects in a value, such as attributes. Our own limit, which is always checked: a
/// deeper value would overflow the stack, and most JSON parsers stop at about this depth.
pub const NESTING: usize = 100;

/// Most attributes of one person or one identify call (Track, "Customer limits").
pub const ATTRIBUTES: usize = 300;

/// Longest `object_id` (Track, "Object and relationship limits").
pub const OBJECT_ID: usize = 150;

/// Most bytes of all attributes of a relationship (Track, "Object and relationship limits"). It holds for objects too,
/// but no call that describes one can be that long.
pub const RELATIONSHIP: usize = 100_000;

/// Longest name of an event or a screen (Track, "Track API Event limits"). The name of a page is its URL, which has no
/// limit of its own.
pub const EVENT_NAME: usize = 100;

/// Most encoded bytes of an event's `data` (Track, "Track API Event limits").
pub const EVENT_DATA: usize = 100_000;

/// Most people in one call that adds to, or removes from, a manual segment; the least is 1 (Track, `add_to_segment`).
pub const SEGMENT_IDS: usize = 1_000;

/// Most bytes of a file among the assets (App, `createAsset`).
pub const ASSET: usize = 2_000_000;

/// Most encoded bytes of what is in a collection (App, `addCollection`).
pub const COLLECTION: usize = 10_000_000;

/// Most encoded bytes of a row of a collection (App, `addCollection`).
pub const COLLECTION_ROW: usize = 10_000;

/// Most recipients of one e-mail over `to`, `cc` and `bcc` (App, `sendEmail`).
pub const EMAIL_RECIPIENTS: usize = 15;

/// Most bytes of all attachments of one e-mail, before base64 (App, `sendEmail`).
pub const ATTACHMENTS: usize = 2_000_000;

/// Most encoded bytes of a transactional message without its attachments (App, "Send Messages").
pub const MESSAGE: usize = 1_000_000;

/// Furthest that `send_at` may be in the future (App, "Send Messages").
pub const SEND_AHEAD: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Most people that one broadcast trigger names by `ids`, `emails` or `per_user_data` (App, `triggerBroadcast`).
pub const BROADCAST_PEOPLE: usize = 10_000;

/// Most encoded bytes of a broadcast's `data` (App, `triggerBroadcast`).
pub const BROADCAST_DATA: usize = 50_000;

/// Most encoded bytes of a whole broadcast trigger (App, `triggerBroadcast`).
pub const BROADCAST: usize = 25_000_000;

/// Least time between two triggers of a broadcast (App, `triggerBroadcast`).
pub const BROADCAST_INTERVAL: Duration = Duration::from_secs(10);

/// Rate of the Track and Pipelines APIs together (Pipelines, "Rate limits"). The vendor does not enforce it strictly,
/// and counts transactional messages too.
pub const INGEST_RATE: Rate = Rate::at_most(3_000, Duration::from_secs(3)).with_burst(500);

/// Rate of transactional messages (App, "Send Messages").
pub const SEND_RATE: Rate = INGEST_RATE;

/// Rate of the triggers of one broadcast (App, `triggerBroadcast`).
pub const BROADCAST_RATE: Rate = Rate::at_most(1, BROADCAST_INTERVAL);

/// Rate of the rest of the App API, reads and writes together (App, "Rate limits").
pub const APP_RATE: Rate = Rate::at_most(10, Duration::from_secs(1)).with_burst(3);

/// Rate of requests that render or publish in Design Studio (App, "Design Studio Emails").
pub const DESIGN_STUDIO_RATE: Rate = Rate::at_most(5, Duration::from_secs(1)).with_burst(2);

/// Most requests of a client that are in flight at once. Our own limit: a quarter of the 1,024 descriptors that a process
/// often has, and enough for the rates above where a response takes up to a quarter of a second.
pub const CONCURRENCY: usize = 256;

/// Most encoded bytes of one call of the Track API v2 or the Pipelines API, alone or in a batch. The vendor writes
/// "32kb", and leaves open how much a kb is.
pub const BATCH_ITEM: usize = 32_000;

/// Most encoded bytes of a batch. The vendor writes "500kb", and leaves open how much a kb is; the rest is a margin.
pub const BATCH: usize = 490_000;

/// Largest response that a transport reads for a call that writes. Our own limit: such responses have a few hundred
/// bytes.
pub const RESPONSE: usize = 1024 * 1024;

/// How long one attempt of a batch may take. Our own limit.
pub const BATCH_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// Largest response that a transport reads for a call that reads. Our own limit.
pub const READ_RESPONSE: usize = 16 * 1024 * 1024;

/// No limit.
const OFF: usize = usize::MAX;

macro_rules! limits {
    (
        default { $($(#[$default_doc:meta])* $default:ident, $with_default:ident = $default_limit:expr;)* }
        opt_in { $($(#[$opt_in_doc:meta])* $opt_in:ident, $with_opt_in:ident = $opt_in_limit:expr;)* }
    ) => {
        /// The limits that are checked before a call is sent; each can be changed or switched off, because the vendor
        /// raises some on request.
        ///
        /// Set them with [`Endpoint::with_limits`](crate::Endpoint::with_limits).
        ///
        /// ```
        /// # use customerio_core::facade as customerio;
        /// use customerio::{Endpoint, PersonId, Region, limits::Limits, operation::build, track::Identify};
        ///
        /// let endpoint = Endpoint::track(Region::Us, "site", "key")?;
        /// let long = "x".repeat(200);
        /// let error = build(&endpoint, Identify::new(&long)).unwrap_err();
        /// assert_eq!(error.to_string(), "the person's id has 200 bytes, and the limit is 150");
        ///
        /// let raised =
        ///     endpoint.with_limits(Limits::default().with_person_id(200).with_attribute_value(None));
        /// assert!(build(&raised, Identify::new(&long)).is_ok());
        /// # Ok::<(), customerio::BuildError>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits {
            $(pub(crate) $default: usize,)*
            $(pub(crate) $opt_in: usize,)*
        }

        impl Default for Limits {
            /// The limits that lose data or are sure to fail if exceeded: see the table of the [module](self).
            fn default() -> Self {
                Self { $($default: $default_limit,)* $($opt_in: OFF,)* }
            }
        }

        impl Limits {
            /// Every limit of the [module](self)'s table, including those that are off by default.
            #[must_use]
            pub fn all() -> Self {
                Self { $($opt_in: $opt_in_limit,)* ..Self::default() }
            }

            /// No limits: the service decides what is too much.
            #[must_use]
            pub fn none() -> Self {
                Self { $($default: OFF,)* $($opt_in: OFF,)* }
            }

            $(
                $(#[$default_doc])*
                #[must_use]
                pub fn $with_default(mut self, most: impl Into<Option<usize>>) -> Self {
                    self.$default = most.into().unwrap_or(OFF);
                    self
                }
            )*
            $(
                $(#[$opt_in_doc])*
                #[must_use]
                pub fn $with_opt_in(mut self, most: impl Into<Option<usize>>) -> Self {
                    self.$opt_in = most.into().unwrap_or(OFF);
                    self
                }
            )*
        }
    };
}

limits! {
    default {
        /// Most bytes of a person's id, or `None`. Default: [`PERSON_ID`].
        person_id, with_person_id = PERSON_ID;
        /// Most bytes of an object's id, or `None`. Default: [`OBJECT_ID`].
        object_id, with_object_id = OBJECT_ID;
        /// Most attributes of a person, an object or a relationship in one call, or `None`. Default: [`ATTRIBUTES`].
        attributes, with_attributes = ATTRIBUTES;
        /// Most bytes of an attribute's name, or `None`. Default: [`ATTRIBUTE_NAME`].
        attribute_name, with_attribute_name = ATTRIBUTE_NAME;
        /// Most bytes of an attribute's value, or `None`: of a string without its quotes and escapes, of anything else as
        /// it is written. Default: [`ATTRIBUTE_VALUE`].
        attribute_value, with_attribute_value = ATTRIBUTE_VALUE;
        /// Most encoded bytes of all attributes of a relationship, or `None`. Default: [`RELATIONSHIP`].
        relationship, with_relationship = RELATIONSHIP;
        /// Most bytes of the name of an event or a screen, or `None`; a page's name is its URL. Default: [`EVENT_NAME`].
        event_name, with_event_name = EVENT_NAME;
        /// Most encoded bytes of an event's data in the Track API v1, or `None`. Default: [`EVENT_DATA`].
        event_data, with_event_data = EVENT_DATA;
        /// Most people in one call that changes a manual segment, or `None`. Default: [`SEGMENT_IDS`].
        segment_ids, with_segment_ids = SEGMENT_IDS;
        /// Most recipients of an e-mail, or `None`. Default: [`EMAIL_RECIPIENTS`].
        email_recipients, with_email_recipients = EMAIL_RECIPIENTS;
        /// Most bytes of all attachments of an e-mail, or `None`. Default: [`ATTACHMENTS`].
        attachments, with_attachments = ATTACHMENTS;
        /// Most bytes of a file among the assets, or `None`. Default: [`ASSET`].
        asset, with_asset = ASSET;
        /// Most encoded bytes of what is in a collection, or `None`. Default: [`COLLECTION`].
        collection, with_collection = COLLECTION;
        /// Most encoded bytes of a row of a collection, or `None`. Default: [`COLLECTION_ROW`].
        collection_row, with_collection_row = COLLECTION_ROW;
        /// Most encoded bytes of a message without its attachments, or `None`. Default: [`MESSAGE`].
        message, with_message = MESSAGE;
        /// Most people that a broadcast trigger names, or `None`. Default: [`BROADCAST_PEOPLE`].
        broadcast_people, with_broadcast_people = BROADCAST_PEOPLE;
        /// Most encoded bytes of a broadcast's data, or `None`. Default: [`BROADCAST_DATA`].
        broadcast_data, with_broadcast_data = BROADCAST_DATA;
        /// Most encoded bytes of a broadcast trigger, or `None`. Default: [`BROADCAST`].
        broadcast, with_broadcast = BROADCAST;
        /// Most encoded bytes of one call of the Track API v2 or the Pipelines API, alone or in a batch, or `None`.
        /// Default: [`BATCH_ITEM`].
        batch_item, with_batch_item = BATCH_ITEM;
        /// Most encoded bytes of a batch, or `None`; without it, everything goes in one. Default: [`BATCH`].
        batch, with_batch = BATCH;
    }
    opt_in {
        /// Most bytes of a user id in the Pipelines API, or `None`. Default: `None`; in [`all`](Self::all):
        /// [`PERSON_ID`].
        user_id, with_user_id = PERSON_ID;
        /// Most bytes of a group id in the Pipelines API, or `None`. Default: `None`; in [`all`](Self::all):
        /// [`OBJECT_ID`].
        group_id, with_group_id = OBJECT_ID;
        /// Most traits of one call of the Pipelines API, or `None`. Default: `None`; in [`all`](Self::all):
        /// [`ATTRIBUTES`].
        traits, with_traits = ATTRIBUTES;
        /// Most bytes of a trait's name, or `None`. Default: `None`; in [`all`](Self::all): [`ATTRIBUTE_NAME`].
        trait_name, with_trait_name = ATTRIBUTE_NAME;
        /// Most bytes of a trait's value, or `None`. Default: `None`; in [`all`](Self::all): [`ATTRIBUTE_VALUE`].
        trait_value, with_trait_value = ATTRIBUTE_VALUE;
    }
}

/// The limits of the attributes of one object.
#[derive(Clone, Copy)]
pub(crate) struct AttributeLimits {
    pub(crate) count: usize,
    pub(crate) name: usize,
    pub(crate) value: usize,
}

impl Limits {
    /// Most encoded bytes of a batch; `usize::MAX` where there is no limit.
    #[must_use]
    pub const fn batch_bytes(&self) -> usize {
        self.batch
    }

    /// Those of attributes in the Track API.
    pub(crate) fn of_attributes(&self) -> AttributeLimits {
        AttributeLimits { count: self.attributes, name: self.attribute_name, value: self.attribute_value }
    }

    /// Those of traits in the Pipelines API.
    pub(crate) fn of_traits(&self) -> AttributeLimits {
        AttributeLimits { count: self.traits, name: self.trait_name, value: self.trait_value }
    }
}

/// How much of a response is read by default: a GET returns data, other methods usually return only that they worked.
pub(crate) const fn response_limit(method: http::Method) -> usize {
    let limit = if matches!(method, http::Method::GET) { READ_RESPONSE } else { RESPONSE };
    // See `Replay::of`.
    std::mem::forget(method);
    limit
}

/// Refuses what has more bytes than the limit.
pub(crate) fn check_bytes(what: impl Into<Cow<'static, str>>, bytes: usize, limit: usize) -> Result<(), BuildError> {
    if bytes > limit { Err(BuildError::new(what, BuildErrorKind::TooLong { bytes, limit })) } else { Ok(()) }
}

/// Refuses what has other than `least` to `most` entries.
pub(crate) fn check_count(what: &'static str, count: usize, least: usize, most: usize) -> Result<(), BuildError> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(BuildError::new(what, BuildErrorKind::Count { count, least, most }))
}
