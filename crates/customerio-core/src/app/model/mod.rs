//! What several resources have in common.

mod channel;
mod deliveries;
mod delivery;
mod dependents;
mod metric;
mod period;
mod series;
mod sort;

pub(in crate::app) use self::deliveries::{Deliveries, deliveries_setters};
pub use self::{
    channel::Channel,
    delivery::MessageDelivery,
    dependents::Dependents,
    metric::DeliveryMetric,
    period::{Periods, Resolution, TimeRange},
    series::{Link, LinkMetrics, Metrics, Series},
    sort::Sort,
};
