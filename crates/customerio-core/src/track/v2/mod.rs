//! The Track API, version 2: people, objects and deliveries by one route, alone or in batches.
//!
//! Every type is an [`Operation`](crate::Operation) of `POST /api/v2/entity`, and an item of `POST /api/v2/batch` too: see
//! [`Item`](crate::Item) and [`Packer`](crate::Packer). People can be named by a phone number here
//! ([`PersonId::Phone`](crate::PersonId::Phone)).
//!
//! | `type` | `action` | operation |
//! | --- | --- | --- |
//! | `person` | `identify` | [`person::Identify`] |
//!
//! Limits: 32 KB a call, 500 KB a batch. <https://docs.customer.io/integrations/api/track/#tag/track_v2>

mod entity;
pub mod person;
