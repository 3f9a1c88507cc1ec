//! A broadcast whose messages are being made.

use customerio_core::{BroadcastId, TriggerId, app::TransactionalMessageId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::store::{body::Text, record::Channel};

/// A trigger whose messages are being made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Run {
    /// The number of the trigger among all that is kept.
    pub(crate) number: u64,
    pub(crate) trigger: TriggerId,
    pub(crate) broadcast: BroadcastId,
    pub(crate) template: Option<(u64, TransactionalMessageId)>,
    pub(crate) channel: Channel,
    /// What the trigger says to the template.
    pub(crate) data: Value,
    /// The same as the messages keep it.
    pub(crate) body: Text,
    pub(crate) audience: Audience,
    pub(crate) queued_at: i64,
    pub(crate) origin: String,
    pub(crate) recipients: u64,
    pub(crate) deliveries: u64,
    /// The number of the request, once it has one.
    pub(crate) request: Option<u64>,
}

/// Who gets it, of those who have not got it yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Audience {
    /// Whom a filter chooses, or everybody: from a place in the order of all on, up to another.
    Chosen { filter: Option<Value>, after: u64, until: u64 },
    /// Those who are named, the last one first: each `cio_id`, with what is said to the template of them alone.
    Named(Vec<(String, Option<Map<String, Value>>)>),
}
