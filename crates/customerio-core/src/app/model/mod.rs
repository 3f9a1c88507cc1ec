//! What several resources have in common.

mod action;
mod activity;
mod channel;
mod content;
mod content_read;
mod deliveries;
mod delivery;
mod delivery_stream;
mod dependents;
mod language;
mod metric;
mod period;
mod series;
mod sort;
mod state;
mod summary;

pub use self::{
    action::Action,
    activity::Activity,
    channel::Channel,
    content::{ContentUpdate, SendingState},
    content_read::Content,
    delivery::MessageDelivery,
    delivery_stream::{DeliveryPosition, DeliveryStream},
    dependents::Dependents,
    language::Language,
    metric::DeliveryMetric,
    period::{Periods, Resolution, TimeRange},
    series::{LanguageVariant, Link, LinkMetrics, Metrics, Series},
    sort::Sort,
    state::DeliveryState,
    summary::{ActionSummary, RunState, TemplateSummary},
};
pub(in crate::app) use self::{
    deliveries::{Deliveries, deliveries, deliveries_setters},
    period::ReportTime,
};
