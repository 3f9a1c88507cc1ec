//! Reporting webhooks of Customer.io as an extractor of [axum](https://docs.rs/axum): [`Webhook`].
//!
//! Types of axum-core 0.5 (axum 0.8) are part of this crate's API: a new version of axum-core is a new major version of
//! this crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod rejection;
mod webhook;

pub use self::{rejection::WebhookRejection, webhook::Webhook};

// The code of the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
