//! Actions of deliveries.

pub(crate) mod event;
