//! Every documented limit, once.
//!
//! Sizes are in bytes. The source of each is named; where the vendor writes "MB" or "kb" the decimal reading is taken,
//! because it is the smaller one.
//!
//! - Track: <https://docs.customer.io/integrations/api/track/#section/Rate-Limits>
//! - Transactional messages: <https://docs.customer.io/integrations/api/app/#tag/Send-Messages>
//! - Broadcast triggers: <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>

use std::time::Duration;

use crate::Rate;

/// Longest `id` of a person (Track, "Customer limits").
pub const PERSON_ID: usize = 150;

/// Longest name of an attribute (Track, "Customer limits").
pub const ATTRIBUTE_NAME: usize = 150;

/// Longest value of an attribute (Track, "Customer limits").
pub const ATTRIBUTE_VALUE: usize = 1_000;

/// Most attributes of one person or one identify call (Track, "Customer limits").
pub const ATTRIBUTES: usize = 300;

/// Longest `object_id` (Track, "Object and relationship limits").
pub const OBJECT_ID: usize = 150;

/// Longest name of an event (Track, "Track API Event limits").
pub const EVENT_NAME: usize = 100;

/// Most encoded bytes of an event's `data` (Track, "Track API Event limits").
pub const EVENT_DATA: usize = 100_000;

/// Most people in one call that adds to, or removes from, a manual segment; the least is 1 (Track, `add_to_segment`).
pub const SEGMENT_IDS: usize = 1_000;

/// Most recipients of one e-mail over `to`, `cc` and `bcc` (App, `sendEmail`).
pub const EMAIL_RECIPIENTS: usize = 15;

/// Most bytes of all attachments of one e-mail, before base64 (App, `sendEmail`).
pub const ATTACHMENTS: usize = 2_000_000;

/// Most encoded bytes of a transactional message without its attachments (App, "Send Messages").
pub const MESSAGE: usize = 1_000_000;

/// Farthest that `send_at` may lie ahead (App, "Send Messages").
pub const SEND_AHEAD: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Most people that one broadcast trigger names by `ids`, `emails` or `per_user_data` (App, `triggerBroadcast`).
pub const BROADCAST_PEOPLE: usize = 10_000;

/// Most encoded bytes of a broadcast's `data` (App, `triggerBroadcast`).
pub const BROADCAST_DATA: usize = 50_000;

/// Most encoded bytes of a whole broadcast trigger (App, `triggerBroadcast`).
pub const BROADCAST: usize = 25_000_000;

/// Least time between two triggers of a broadcast (App, `triggerBroadcast`).
pub const BROADCAST_INTERVAL: Duration = Duration::from_secs(10);

/// Rate of what comes in by the Track and Pipelines APIs (Pipelines, "Rate limits"). The vendor enforces it softly, and
/// counts transactional messages in.
pub const INGEST_RATE: Rate = Rate::at_most(3_000, Duration::from_secs(3)).with_burst(500);

/// Rate of transactional messages (App, "Send Messages").
pub const SEND_RATE: Rate = INGEST_RATE;

/// Rate of broadcast triggers (App, `triggerBroadcast`).
pub const BROADCAST_RATE: Rate = Rate::at_most(1, BROADCAST_INTERVAL);

/// Rate of the rest of the App API, reads and writes together (App, "Rate limits").
pub const APP_RATE: Rate = Rate::at_most(10, Duration::from_secs(1)).with_burst(3);

/// Most encoded bytes of one call of the Track API v2 or the Pipelines API, alone or in a batch. The vendor writes
/// "32kb", and leaves open how much a kb is.
pub const BATCH_ITEM: usize = 32_000;

/// Most encoded bytes of a batch. The vendor writes "500kb", and leaves open how much a kb is; the rest is a margin.
pub const BATCH: usize = 490_000;

/// Largest answer that a transport reads for a call that writes. Our own limit: such answers are a few hundred bytes.
pub const RESPONSE: usize = 1024 * 1024;

/// Largest answer that a transport reads for a call that reads. Our own limit.
pub const READ_RESPONSE: usize = 16 * 1024 * 1024;
