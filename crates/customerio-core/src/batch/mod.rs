//! Batches: many operations in one request, and the result of each.
//!
//! An [`Item`] is an operation that is encoded, once; a [`BatchBuilder`] puts items into batches by their exact size;
//! an [`EncodedBatch`] is a request; and its response says which items were accepted. A [`BatchSender`] does all of
//! this for operations that are pushed to it, and [`Client::send_all`](crate::Client::send_all) for those of an
//! iterator.

mod builder;
mod encoded;
mod encoded_item;
mod engine;
mod item;
mod outcome;
mod response;
mod search;
mod send_all;
mod sender;

pub use self::{
    builder::{BatchBuilder, NonIdempotent},
    encoded::EncodedBatch,
    encoded_item::EncodedItem,
    engine::BatchOptions,
    item::{Batch, BatchItem, IntoItem, Item},
    outcome::{BatchEvent, FailedItem, ItemError, Summary},
    response::{BatchResponse, Rejection, Rejections},
    send_all::SendAll,
    sender::{BatchReport, BatchSender},
};
#[doc(hidden)]
pub use self::{
    item::Parts,
    send_all::{Items, Source},
};
pub(crate) use item::sealed;
