//! The Track API: version 1, and [`v2`].

pub(crate) mod add_device;
pub(crate) mod delete;
pub(crate) mod event;
pub(crate) mod get_region;
pub(crate) mod identify;
pub(crate) mod merge;
pub(crate) mod metric;
pub(crate) mod segment_ids;
pub(crate) mod submit_form;
pub(crate) mod unsubscribe;
pub(crate) mod v2;
