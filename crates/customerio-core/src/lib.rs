//! The Customer.io APIs without I/O: operations, requests, responses, retry and errors.
//!
//! Most programs use the crate `customerio`, which adds a transport. This crate alone is for custom transports
//! ([`Transport`]), for programs that drive a call themselves ([`Exchange`]), and for places where only the translation
//! is needed ([`build`] and [`parse`]): edge workers, WebAssembly, tests.
//!
//! The examples name the crate `customerio`, which re-exports [`facade`]: with this crate alone, write
//! `customerio_core::facade` instead, or the shorter path without the module, such as `customerio_core::parse`.
//!
//! It opens no sockets, reads no clock and has no randomness: a driver passes them in as a [`Moment`].
//!
//! | task | API |
//! | --- | --- |
//! | call the Track API | [`track`], and the short methods of [`Client<Track>`](Client#impl-Client<Track>) |
//! | call the Pipelines API | [`pipelines`], and the short methods of [`Client<Pipelines>`](Client#impl-Client<Pipelines>) |
//! | call the App API | [`app`], and the short methods of [`Client<App>`](Client#impl-Client<App>) |
//! | receive reporting webhooks | `webhook` (feature `webhook`) |
//! | see all operations, with their routes | [`operations`] |
//! | call a route that is not modelled | [`track::Raw`], [`app::Raw`], [`pipelines::Raw`] |
//! | keep a request and send it later | [`Prepared`] |
//! | keep an operation of any kind and send it later | [`Encoded`] |
//! | send many items | [`BatchSender`], [`Client::send_all`](Client#method.send_all) |
//! | set retries and timeouts | [`RetryPolicy`], [`CallOptions`] |
//! | change the sizes that are checked | [`Limits`] |
//! | keep below a rate limit | [`Throttle`] |
//! | wait for what the service does in the background | [`Client::wait_for`] |
//! | export people and read the file | [`app::exports`] |
//! | handle errors | [`Error`] |
//! | write a custom operation, or a custom API | [`Operation`], [`Api`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
pub mod app;
mod attributes;
mod base_url;
mod batch;
mod body;
mod budget;
mod call_options;
mod change;
mod client;
mod config;
mod credential;
mod demand;
mod device;
mod encoded;
mod endpoint;
mod entity;
mod erase;
mod error;
mod event_id;
mod exchange;
pub mod facade;
mod fields;
mod from_response;
mod granted;
mod identifiers;
mod ids;
mod json;
mod key;
mod lane;
pub mod limits;
mod macros;
#[cfg(any(feature = "metrics", feature = "tracing"))]
mod observe;
mod operation;
mod operation_info;
mod pace;
mod page;
mod path;
mod person;
pub mod pipelines;
mod prepared;
mod quota;
mod raw;
mod registry;
mod replay;
mod request;
mod retry;
mod retry_after;
mod rfc3339;
#[cfg(feature = "samples")]
mod samples;
#[cfg(feature = "samples")]
mod shape;
mod step;
mod stored;
#[cfg(test)]
mod testing;
mod text;
mod throttle;
mod time;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod time_crates;
mod timeline;
mod topics;
pub mod track;
mod transport;
mod turn;
mod unseen;
mod wait;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use async_trait::async_trait;
pub use bytes;
pub use http;

#[doc(hidden)]
pub use crate::batch::{Items, Parts, Source};
pub use crate::{
    api::{Api, App, Pipelines, Region, Track},
    batch::{
        Batch, BatchBuilder, BatchEvent, BatchItem, BatchOptions, BatchReport, BatchResponse, BatchSender,
        EncodedBatch, EncodedItem, FailedItem, IntoItem, Item, ItemError, NonIdempotent, Rejection, Rejections,
        SendAll, Summary,
    },
    body::Body,
    call_options::CallOptions,
    client::Client,
    config::Config,
    demand::{Demand, TurnSource},
    device::{Device, DeviceAttributes, Platform},
    encoded::Encoded,
    endpoint::Endpoint,
    erase::Erase,
    error::{
        ApiError, BuildError, BuildErrorKind, DecodeError, DecodeFailure, Delivery, Detail, Error, SendError,
        StopReason, TransportError, TransportErrorKind,
    },
    event_id::EventId,
    exchange::Exchange,
    from_response::{FromResponse, decode_json},
    granted::Grant,
    identifiers::Identifiers,
    ids::{
        ActionId, AssetFolderId, AssetId, BroadcastId, CampaignId, CollectionId, ComponentId, ContentId, DeliveryId,
        EmailId, ExportId, FolderId, ImportId, JourneyId, LayoutId, LiveNotificationId, NewsletterId, ObjectTypeId,
        PreviewClientId, PreviewRunId, PublishId, SegmentId, SenderId, TemplateId, TestGroupId, TopicId,
        TransactionalId, TransactionalMessageId, TriggerId, VersionId, WebhookId, WorkspaceId,
    },
    limits::Limits,
    operation::Operation,
    operation_info::OperationInfo,
    pace::Rate,
    page::{Cursor, ItemStream, Page, PageStream, Paged, Pages},
    path::{Path, Query},
    person::{IdType, PersonId},
    pipelines::PipelinesBatch,
    prepared::Prepared,
    quota::Quota,
    registry::operations,
    replay::Replay,
    request::{build, parse},
    retry::RetryPolicy,
    rfc3339::Rfc3339,
    step::Step,
    throttle::Throttle,
    time::{Moment, Timestamp},
    track::v2::TrackBatch,
    transport::{Attempt, BoxFuture, ChunkStream, Chunks, FileTransport, MaybeSend, MaybeSendSync, Transport},
    wait::{Awaited, Wait, WaitError, WaitErrorKind},
};
#[cfg(feature = "samples")]
#[doc(hidden)]
pub use crate::{
    registry::visit_samples,
    samples::{Sample, VisitSample},
    shape::Shape,
};

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
