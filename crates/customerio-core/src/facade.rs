//! The paths of the crate `customerio`, which re-exports them, and which the examples of this crate name.
//!
//! They compile with this crate alone by `use customerio_core::facade as customerio`.

#[cfg(feature = "webhook")]
pub use crate::webhook;
pub use crate::{
    App, BuildError, CallOptions, Client, Config, Delivery, Device, DeviceAttributes, Endpoint, Erase, Error, IdType,
    PersonId, Pipelines, Platform, Prepared, Region, RetryPolicy, Timestamp, Track, app, bytes, http, limits,
    pipelines, track,
};

/// Many operations in one request: the push API, the loop over an iterator or a stream, and their parts.
pub mod batch {
    pub use crate::{
        Batch, BatchBuilder, BatchEvent, BatchItem, BatchOptions, BatchReport, BatchResponse, BatchSender,
        EncodedBatch, EncodedItem, FailedItem, IntoItem, Item, ItemError, NonIdempotent, PipelinesBatch, Rejection,
        Rejections, SendAll, Summary, TrackBatch,
    };
}

/// Errors, by phase: see [`Error`].
pub mod error {
    pub use crate::{
        ApiError, BuildError, BuildErrorKind, DecodeError, DecodeFailure, Delivery, Detail, Error, SendError,
        StopReason, TransportError, TransportErrorKind,
    };
}

/// Identifiers: of people, and of what Customer.io knows by a number.
pub mod ids {
    pub use crate::{
        ActionId, AssetFolderId, AssetId, BroadcastId, CampaignId, CollectionId, ComponentId, ContentId, DeliveryId,
        EmailId, EventId, ExportId, FolderId, IdType, Identifiers, ImportId, JourneyId, LayoutId, LiveNotificationId,
        NewsletterId, ObjectTypeId, PersonId, PreviewClientId, PreviewRunId, PublishId, SegmentId, SenderId,
        TemplateId, TestGroupId, TopicId, TransactionalId, TransactionalMessageId, TriggerId, VersionId, WebhookId,
        WorkspaceId,
    };
}

/// Operations as values: custom operations, a queue of [`Prepared`] requests, and the registry of all operations.
pub mod operation {
    pub use crate::{
        Api, Body, Encoded, FromResponse, Operation, OperationInfo, Path, Prepared, Query, build, decode_json,
        operations, parse,
    };
}

/// Lists that come page by page: [`Client::pages`] and [`Client::items`], and their parts.
pub mod page {
    pub use crate::{Cursor, ItemStream, Page, PageStream, Paged, Pages};
}

/// Waiting for what the service does in the background: [`Client::wait_for`], and its parts.
pub mod wait {
    pub use crate::{Awaited, Wait, WaitError, WaitErrorKind};
}

/// When a request is retried, how long it may take, and how fast requests go out.
pub mod retry {
    pub use crate::{CallOptions, Demand, Grant, Quota, Rate, Replay, RetryPolicy, Throttle, TurnSource};
}

/// Times: [`Timestamp`], and RFC 3339 among attributes.
pub mod time {
    pub use crate::{Rfc3339, Timestamp};
}

/// Custom transports: the trait, what a request carries, and the state machine beneath.
pub mod transport {
    pub use crate::{
        Attempt, BoxFuture, ChunkStream, Chunks, Exchange, FileTransport, MaybeSend, MaybeSendSync, Moment, Step,
        Transport, TransportError, TransportErrorKind, async_trait,
    };
}
