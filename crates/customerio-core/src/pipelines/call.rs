//! What all calls of the API have in common.

use super::{Context, Integrations, MessageId, context};
use crate::{
    Body, BuildError, BuildErrorKind, EncodedItem, EventId, Limits, Moment, Replay, Rfc3339, Timestamp,
    device::check_token,
    json::{self, Writer},
    limits::check_bytes,
};

/// The fields that every call can have.
#[derive(Clone)]
pub(super) struct CallFields {
    pub(super) message_id: Option<MessageId>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) sent_at: Option<Timestamp>,
    pub(super) original_timestamp: Option<Timestamp>,
    pub(super) integrations: Option<Integrations>,
    /// The device that the call is about. It is in the context, but no context of the caller's replaces it.
    pub(super) device: Option<Box<context::Device>>,
    /// Apart, because it is large and most calls have none.
    pub(super) context: Option<Box<Context>>,
    /// Whether the context says which library made the call, unless the caller's does.
    has_library: bool,
}

impl CallFields {
    pub(super) fn new() -> Self {
        Self {
            message_id: None,
            timestamp: None,
            sent_at: None,
            original_timestamp: None,
            integrations: None,
            device: None,
            context: None,
            has_library: false,
        }
    }

    /// Gives the call the id, the time and the library that it does not have yet.
    pub(super) fn stamp(&mut self, moment: &Moment) {
        self.message_id.get_or_insert_with(|| EventId::new(moment).into());
        self.timestamp.get_or_insert_with(|| moment.timestamp());
        self.has_library = true;
    }

    pub(super) fn replay(&self) -> Replay {
        if self.message_id.is_some() { Replay::Safe } else { Replay::OnlyIfNotSent }
    }

    /// Writes what is in the call itself; context and integrations are beside the batch.
    pub(super) fn write(&self, call: &mut Writer) -> Result<(), BuildError> {
        self.message_id.as_ref().map_or(Ok(()), MessageId::check)?;
        let text = |time: Option<Timestamp>| time.map(Rfc3339::from);
        call.optional("messageId", &self.message_id)?;
        call.optional("timestamp", &text(self.timestamp))?;
        call.optional("sentAt", &text(self.sent_at))?;
        call.optional("originalTimestamp", &text(self.original_timestamp))
    }

    /// The call, of which all but the common fields that are shared with its batch have been written to `json`.
    pub(super) fn into_item(self, json: Vec<u8>) -> Result<EncodedItem, BuildError> {
        Ok(EncodedItem { json, shared: self.shared()? })
    }

    /// What is beside `batch`, as entries each after a comma.
    fn shared(self) -> Result<Vec<u8>, BuildError> {
        let Self { device, context, integrations, has_library, .. } = self;
        if device.is_none() && context.is_none() && integrations.is_none() {
            return Ok(if has_library { context::LIBRARY.as_bytes().to_vec() } else { Vec::new() });
        }
        let mut context = context.unwrap_or_default();
        if let Some(device) = device {
            if context.has_device() {
                let kind = BuildErrorKind::Invalid("it is given twice: by the event and in its context".into());
                return Err(BuildError::new("the device", kind));
            }
            check_token(device.token().unwrap_or_default())?;
            context.set_device(device);
        }
        if has_library && !context.has_library() {
            context.set_library(context::Library::this());
        }
        let mut shared = Vec::new();
        if !context.is_empty() {
            shared = context.encode()?;
            json::prepend(&mut shared, br#","context":"#);
        }
        if let Some(integrations) = &integrations {
            integrations.check()?;
            json::append_member(&mut shared, "integrations", integrations)?;
        }
        Ok(shared)
    }
}

/// The body of a request with one call alone, which has inside what it would share with its batch. One over the limit is
/// refused.
pub(super) fn alone(call: EncodedItem, limits: &Limits) -> Result<Body, BuildError> {
    check_bytes("the call", call.json.len() + call.shared.len(), limits.batch_item)?;
    let mut json = call.json;
    json.pop();
    json.extend_from_slice(&call.shared);
    json.push(b'}');
    Ok(Body::encoded(json))
}

/// Makes a type an operation and an item of a batch. It has `common` fields, and an inherent method `encode` that becomes
/// the call, and refuses what cannot be sent.
macro_rules! call {
    ($type:ident, $name:literal, $route:literal) => {
        impl $crate::Operation for $type {
            type Api = $crate::Pipelines;
            type Output = ();
            const NAME: &'static str = $name;
            const METHOD: http::Method = http::Method::POST;
            const ROUTE: &'static str = $route;

            fn body(self, limits: &$crate::Limits) -> Result<$crate::Body, $crate::BuildError> {
                $crate::pipelines::call::alone(self.encode(limits)?, limits)
            }
            fn into_batch_item(
                self,
                limits: &$crate::Limits,
            ) -> Result<Result<$crate::EncodedItem, $crate::BuildError>, Self> {
                Ok($crate::BatchItem::into_item(self, limits))
            }
            fn replay(&self) -> $crate::Replay {
                self.common.replay()
            }
            fn stamp(&mut self, moment: &$crate::Moment) {
                self.common.stamp(moment);
            }
        }

        impl $crate::BatchItem for $type {
            type Batch = $crate::PipelinesBatch;

            fn into_item(self, limits: &$crate::Limits) -> Result<$crate::EncodedItem, $crate::BuildError> {
                self.encode(limits)
            }
        }

        $crate::macros::opaque_debug!($type);
    };
}

/// The setters of the common fields.
macro_rules! common_setters {
    () => {
        /// Sets the context of the call. It replaces a context that was set before.
        ///
        /// A batch has one context for all its calls, so calls with different contexts go in different batches.
        #[must_use]
        pub fn with_context(mut self, context: $crate::pipelines::Context) -> Self {
            self.common.context = Some(Box::new(context));
            self
        }

        $crate::macros::setters! {
            /// The id of the call, by which a retry of it is recognised. Without one, the call is not retried after a
            /// lost response; a [`Client`](crate::Client) gives one to each call that has none.
            with_message_id, common.message_id: into $crate::pipelines::MessageId;
            /// Which destinations the call goes to. The default is all. A batch has one choice for all its calls.
            with_integrations, common.integrations: into $crate::pipelines::Integrations;
            /// When it took place. A [`Client`](crate::Client) gives the time of the call if there is none.
            with_timestamp, common.timestamp: time;
            /// When it was sent.
            with_sent_at, common.sent_at: time;
            /// When it took place by the clock of the person's device. Usually [`with_timestamp`](Self::with_timestamp)
            /// is what you want.
            with_original_timestamp, common.original_timestamp: time;
        }
    };
}

pub(super) use {call, common_setters};
