//! The Track API, version 2: people, objects and deliveries by one route, alone or in batches.
//!
//! Every type is an [`Operation`](crate::Operation) of `POST /api/v2/entity`, and an item of `POST /api/v2/batch` too: see
//! [`Item`](crate::Item) and [`BatchBuilder`](crate::BatchBuilder). People can be named by a phone number here
//! ([`PersonId::phone`](crate::PersonId::phone)), except in relationships and merges. Each call needs credentials.
//!
//! | `type` | `action` | operation |
//! | --- | --- | --- |
//! | `person` | `identify` | [`person::Identify`] |
//! | `person` | `event` | [`person::Event`] |
//! | `person` | `page` | [`person::Page`] |
//! | `person` | `screen` | [`person::Screen`] |
//! | `person` | `add_relationships` | [`person::AddRelationships`] |
//! | `person` | `delete_relationships` | [`person::DeleteRelationships`] |
//! | `person` | `add_device` | [`person::AddDevice`] |
//! | `person` | `delete_device` | [`person::DeleteDevice`] |
//! | `person` | `merge` | [`person::Merge`] |
//! | `person` | `delete` | [`person::Delete`] |
//! | `person` | `suppress` | [`person::Suppress`] |
//! | `person` | `unsuppress` | [`person::Unsuppress`] |
//! | `object` | `identify` | [`object::Identify`] |
//! | `object` | `identify_anonymous` | [`object::IdentifyAnonymous`] |
//! | `object` | `add_relationships` | [`object::AddRelationships`] |
//! | `object` | `delete_relationships` | [`object::DeleteRelationships`] |
//! | `object` | `delete` | [`object::Delete`] |
//! | `delivery` | `event` | [`delivery::Event`] |
//!
//! What is known about each without a value of it is in [`person::OPERATIONS`], [`object::OPERATIONS`] and
//! [`delivery::OPERATIONS`].
//!
//! Limits: 32 KB a call, 500 KB a batch. <https://docs.customer.io/integrations/api/track/#tag/track_v2>

mod batch;
pub mod delivery;
mod entity;
pub mod object;
pub mod person;

pub use self::batch::{OPERATIONS, TrackBatch};
