//! The Track API: version 1, and [`v2`].

pub(crate) mod add_device;
pub(crate) mod add_to_segment;
pub(crate) mod anonymous_event;
pub(crate) mod delete;
pub(crate) mod delete_device;
mod delivery_report;
pub(crate) mod device_body;
pub(crate) mod event;
pub(crate) mod event_body;
pub(crate) mod get_region;
pub(crate) mod identify;
pub(crate) mod links;
pub(crate) mod merge;
pub(crate) mod metric;
pub(crate) mod remove_from_segment;
pub(crate) mod report_push_metric;
mod segment_ids;
pub(crate) mod submit_form;
pub(crate) mod suppress;
pub(crate) mod unsubscribe;
pub(crate) mod unsuppress;
pub(crate) mod v2;
