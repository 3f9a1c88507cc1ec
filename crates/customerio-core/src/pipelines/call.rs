//! What all calls of the API have in common.

use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Context, Integrations, MessageId, context};
use crate::{
    Body, BuildError, BuildErrorKind, Encoded, EventId, Limits, Moment, Nothing, Replay, Rfc3339,
    device::check_token,
    json::{self, Fields},
    limits::check_bytes,
    operation::JSON,
};

/// The fields that every call can have.
pub(super) struct Common<'a, C: ?Sized = Nothing> {
    pub(super) message_id: Option<MessageId<'a>>,
    pub(super) timestamp: Option<Rfc3339>,
    pub(super) sent_at: Option<Rfc3339>,
    pub(super) original_timestamp: Option<Rfc3339>,
    pub(super) integrations: Option<Integrations<'a>>,
    /// The device that the call is about. It stands in the context, but is no context of the caller's to replace.
    pub(super) device: Option<context::Device<'a>>,
    context: Context<'a, C>,
}

impl Common<'_> {
    pub(super) fn new() -> Self {
        Self {
            message_id: None,
            timestamp: None,
            sent_at: None,
            original_timestamp: None,
            integrations: None,
            device: None,
            context: Context::new(),
        }
    }
}

impl<'a, C: ?Sized> Common<'a, C> {
    pub(super) fn with_context<D: ?Sized>(self, context: Context<'a, D>) -> Common<'a, D> {
        let Self { message_id, timestamp, sent_at, original_timestamp, integrations, device, .. } = self;
        Common { message_id, timestamp, sent_at, original_timestamp, integrations, device, context }
    }

    /// The fields with the id, the time and the library that they do not have yet; `None` where they have all.
    pub(super) fn capture(&self, moment: &Moment) -> Option<Self> {
        if self.message_id.is_some() && self.timestamp.is_some() && self.context.has_library() {
            return None;
        }
        Some(Self {
            message_id: self.message_id.or_else(|| Some(EventId::new(moment).into())),
            timestamp: self.timestamp.or_else(|| Some(moment.rfc3339())),
            integrations: self.integrations.clone(),
            context: self.context.or(None, Some(context::Library::this())),
            ..*self
        })
    }

    pub(super) fn replay(&self) -> Replay {
        if self.message_id.is_some() { Replay::Safe } else { Replay::OnlyIfNotSent }
    }

    fn check(&self) -> Result<(), BuildError> {
        self.message_id.map_or(Ok(()), MessageId::check)?;
        let Some(device) = self.device else { return Ok(()) };
        if self.context.has_device() {
            let problem = BuildErrorKind::Invalid("it is given twice: by the event and in its context".into());
            return Err(BuildError::new("the device", problem));
        }
        check_token(device.token().unwrap_or_default())
    }

    /// Writes what stands in the call itself; context and integrations stand beside the batch.
    pub(super) fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        fields.optional("messageId", self.message_id.as_ref())?;
        fields.optional("timestamp", self.timestamp.as_ref())?;
        fields.optional("sentAt", self.sent_at.as_ref())?;
        fields.optional("originalTimestamp", self.original_timestamp.as_ref())
    }
}

impl<C: Serialize + ?Sized> Common<'_, C> {
    /// Encodes `call`, whose common fields these are, as a batch has it.
    pub(super) fn encode(&self, call: &impl Serialize) -> Result<Encoded, BuildError> {
        self.check()?;
        Ok(Encoded { json: json::encode(call)?, shared: self.encode_shared()? })
    }

    fn encode_shared(&self) -> Result<Vec<u8>, BuildError> {
        if self.device.is_none() && self.integrations.is_none() && self.context.is_empty() {
            return Ok(Vec::new());
        }
        // `{"context":…}` becomes `,"context":…`.
        let mut json = json::encode(&Shared(self))?;
        json[0] = b',';
        json.pop();
        Ok(json)
    }
}

struct Shared<'a, 'b, C: ?Sized>(&'b Common<'a, C>);

impl<C: Serialize + ?Sized> Serialize for Shared<'_, '_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let with_device = self.0.device.map(|device| self.0.context.or(Some(device), None));
        let context = with_device.as_ref().unwrap_or(&self.0.context);
        let mut fields = Fields::new(serializer)?;
        fields.optional("context", (!context.is_empty()).then_some(context))?;
        fields.optional("integrations", self.0.integrations.as_ref())?;
        fields.end()
    }
}

/// The body of a request with one call alone, which has inside what it would share with its batch. One over the limit is
/// refused.
pub(super) fn alone(call: Encoded, limits: &Limits) -> Result<Body, BuildError> {
    check_bytes("the call", call.json.len() + call.shared.len(), limits.batch_item)?;
    let mut json = call.json;
    json.pop();
    json.extend_from_slice(&call.shared);
    json.push(b'}');
    Ok(Body::new(JSON, Bytes::from(json)))
}

/// Makes a type an operation and an item of a batch. The type serialises as the call without what it shares with its
/// batch, has `common` fields and the inherent method `check`: refuse what cannot be sent. Fields that are not `Copy` are
/// named then; `traits` at the end says that it has a field of that name.
macro_rules! call {
    ([$($generics:tt)*] $type:ty, $name:literal, $path:literal $(, $cloned:ident)* $(; $traits:ident)?) => {
        impl<$($generics)*> $crate::Operation for $type {
            type Api = $crate::Pipelines;
            type Output = ();
            const NAME: &'static str = $name;

            fn method(&self) -> http::Method {
                http::Method::POST
            }
            fn path(&self, path: &mut $crate::Path) -> Result<(), $crate::BuildError> {
                $crate::path::route!(path, $path);
                Ok(())
            }
            fn body(&self, limits: &$crate::Limits) -> Result<$crate::Body, $crate::BuildError> {
                $crate::pipelines::call::alone($crate::BatchItem::encode(self, limits)?, limits)
            }
            fn replay(&self) -> $crate::Replay {
                self.common.replay()
            }
            fn capture(&self, moment: &$crate::Moment) -> Option<Self> {
                let common = self.common.capture(moment)?;
                Some(Self { common, $($cloned: self.$cloned.clone(),)* ..*self })
            }
            fn decode(&self, response: &http::Response<bytes::Bytes>) -> Result<(), $crate::DecodeFailure> {
                $crate::decode_nothing(response)
            }
        }

        impl<$($generics)*> $crate::BatchItem for $type {
            type Batch = $crate::PipelinesBatch;

            fn encode(&self, limits: &$crate::Limits) -> Result<$crate::Encoded, $crate::BuildError> {
                self.check(limits)?;
                let encoded = self.common.encode(self)?;
                $({
                    let field = concat!("\"", stringify!($traits), "\":");
                    $crate::attributes::check_field(&encoded.json, field, limits.of_traits())?;
                })?
                Ok(encoded)
            }
        }
    };
}

/// The setters of the common fields. In brackets the type's parameter for traits or properties, then its other fields.
macro_rules! common_setters {
    ($call:ident [$($body:ident)?] $($field:ident),+) => {
        /// What surrounded the call. What was set of it before is gone.
        ///
        /// A batch has one context for all its calls, so that calls of different contexts go in different batches.
        #[must_use]
        pub fn with_context<D: serde::Serialize + ?Sized>(
            self,
            context: $crate::pipelines::Context<'a, D>,
        ) -> $call<'a, $($body,)? D> {
            let Self { common, $($field),+ } = self;
            $call { common: common.with_context(context), $($field),+ }
        }

        /// The id of the call, by which a repeat of it is recognised. Without one, the call is not repeated when an
        /// answer is lost; a [`Client`](crate::Client) gives one to each call that has none.
        #[must_use]
        pub fn with_message_id(mut self, id: impl Into<$crate::pipelines::MessageId<'a>>) -> Self {
            self.common.message_id = Some(id.into());
            self
        }

        /// Which destinations the call goes to; without it, to all. A batch has one choice for all its calls.
        #[must_use]
        pub fn with_integrations(mut self, integrations: impl Into<$crate::pipelines::Integrations<'a>>) -> Self {
            self.common.integrations = Some(integrations.into());
            self
        }

        $crate::macros::setters! {
            /// When it took place. A [`Client`](crate::Client) gives the time of the call where there is none.
            with_timestamp, common.timestamp: $crate::Rfc3339;
            /// When it was sent.
            with_sent_at, common.sent_at: $crate::Rfc3339;
            /// When it took place by the clock of the person's device. Mostly [`with_timestamp`](Self::with_timestamp)
            /// is what you want.
            with_original_timestamp, common.original_timestamp: $crate::Rfc3339;
        }
    };
}

pub(super) use {call, common_setters};
