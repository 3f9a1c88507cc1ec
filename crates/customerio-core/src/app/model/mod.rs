//! What several resources have in common.

mod activity;
mod channel;
mod deliveries;
mod delivery;
mod dependents;
mod metric;
mod period;
mod series;
mod sort;
mod state;

pub(in crate::app) use self::deliveries::{Deliveries, deliveries_setters};
pub use self::{
    activity::Activity,
    channel::Channel,
    delivery::MessageDelivery,
    dependents::Dependents,
    metric::DeliveryMetric,
    period::{Periods, Resolution, TimeRange},
    series::{Link, LinkMetrics, Metrics, Series},
    sort::Sort,
    state::DeliveryState,
};
