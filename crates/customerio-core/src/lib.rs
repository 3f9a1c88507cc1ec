//! The Customer.io APIs without I/O: operations, requests, responses, retry and errors.
//!
//! Most programs use the crate `customerio`, which adds a transport. This crate alone is for transports of your own
//! ([`Transport`]), for programs that drive a call themselves ([`Exchange`]), and for places where only the translation
//! is needed ([`build`] and [`parse`]): edge workers, WebAssembly, tests.
//!
//! It opens no sockets, reads no clock and has no randomness: a driver passes them in as a [`Moment`].
//!
//! | to | look in |
//! | --- | --- |
//! | call the Track API | [`track`], and the short methods of [`Client<Track>`](Client#impl-Client<Track>) |
//! | call the Pipelines API | [`pipelines`], and the short methods of [`Client<Pipelines>`](Client#impl-Client<Pipelines>) |
//! | call the App API | [`app`], and the short methods of [`Client<App>`](Client#impl-Client<App>) |
//! | receive reporting webhooks | `webhook` (feature `webhook`) |
//! | call a route that is not modelled | [`Raw`] |
//! | say how often a call is tried | [`RetryPolicy`] |
//! | say what may be too much | [`Limits`] |
//! | keep below a rate limit | [`Throttle`] |
//! | know what an error means | [`Error`] |

mod api;
pub mod app;
mod attributes;
mod batch;
mod client;
mod credential;
mod device;
mod endpoint;
mod error;
mod event_id;
mod exchange;
mod json;
pub mod limits;
mod macros;
mod operation;
mod pace;
mod packer;
mod path;
mod person;
pub mod pipelines;
mod quota;
mod raw;
mod replay;
mod retry;
mod retry_after;
mod rfc3339;
mod send_all;
#[cfg(test)]
mod testing;
mod throttle;
mod time;
mod topics;
#[cfg(feature = "tracing")]
mod trace;
pub mod track;
mod transport;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use async_trait::async_trait;
pub use bytes;
pub use http;

pub use crate::{
    api::{Api, App, Pipelines, Region, Track},
    batch::{Batch, BatchAnswer, BatchItem, Encoded, Item, PipelinesBatch, Rejected, Rejections, TrackBatch},
    client::Client,
    device::{Device, DeviceAttributes, Platform},
    endpoint::{Endpoint, build, parse},
    error::{
        ApiError, BuildError, BuildErrorKind, DecodeError, DecodeFailure, Delivery, Detail, Error, SendError,
        StopReason, TransportError, TransportErrorKind,
    },
    event_id::EventId,
    exchange::{Exchange, Step},
    json::Nothing,
    limits::Limits,
    operation::{Body, Operation, decode_json, decode_nothing},
    pace::Rate,
    packer::{BatchBuilder, EncodedBatch, Refused, Unrepeatable},
    path::{Path, Query},
    person::{IdType, PersonId},
    quota::Quota,
    raw::Raw,
    replay::Replay,
    retry::RetryPolicy,
    rfc3339::Rfc3339,
    send_all::{BatchEvent, BatchOptions, Failed, Failure, Summary},
    throttle::Throttle,
    time::{Moment, Timestamp},
    transport::{Attempt, MaybeSendSync, Transport},
};
