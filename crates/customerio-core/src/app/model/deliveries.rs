//! What all lists of deliveries have in common.

use super::{Channel, DeliveryMetric, DeliveryState};
use crate::{Cursor, Query, Timestamp};

/// Which deliveries are listed, and from where on. Not every list has all of it.
#[derive(Clone, Default)]
pub(in crate::app) struct Deliveries {
    pub(in crate::app) start: Option<Cursor>,
    pub(in crate::app) limit: Option<u32>,
    pub(in crate::app) channel: Option<Channel>,
    pub(in crate::app) metric: Option<DeliveryMetric>,
    pub(in crate::app) state: Option<DeliveryState>,
    pub(in crate::app) drafts: Option<bool>,
    pub(in crate::app) from: Option<Timestamp>,
    pub(in crate::app) until: Option<Timestamp>,
    pub(in crate::app) tracked_responses: Option<bool>,
}

impl Deliveries {
    pub(in crate::app) fn write(&self, query: &mut Query<'_>) {
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        query.optional("type", self.channel.as_ref());
        query.optional("metric", self.metric.as_ref());
        query.optional("state", self.state.as_ref());
        query.optional("drafts", self.drafts);
        query.optional("start_ts", self.from.map(Timestamp::unix_seconds));
        query.optional("end_ts", self.until.map(Timestamp::unix_seconds));
        query.optional("get_tracked_responses", self.tracked_responses);
    }
}

/// The setters of the parts of `deliveries` that a list has: the page and the times, which all have, and those that are
/// named.
macro_rules! deliveries_setters {
    (@channel) => { $crate::macros::setters! {
        /// Those that go out in one way.
        with_channel, deliveries.channel: into $crate::app::Channel;
    }};
    (@metric) => { $crate::macros::setters! {
        /// Those that reached a metric. The service does not take [`Created`](crate::app::DeliveryMetric::Created).
        with_metric, deliveries.metric: into $crate::app::DeliveryMetric;
    }};
    (@state) => { $crate::macros::setters! {
        /// Those that are so far.
        with_state, deliveries.state: into $crate::app::DeliveryState;
    }};
    (@drafts) => { $crate::macros::setters! {
        /// Drafts too. Default: false.
        with_drafts, deliveries.drafts: bool;
    }};
    (@tracked_responses) => { $crate::macros::setters! {
        /// With the responses that were tracked, in [`extra`](crate::app::MessageDelivery::extra). Default: false.
        with_tracked_responses, deliveries.tracked_responses: bool;
    }};
    ($($part:ident)*) => {
        $crate::macros::setters! {
            /// Where the page starts: the [`Page::next`](crate::Page::next) of the page before.
            with_start, deliveries.start: into $crate::Cursor;
            /// The most messages on a page, up to 1,000. Default: 50.
            with_limit, deliveries.limit: u32;
            /// Those that were made at this time or later.
            with_from, deliveries.from: time;
            /// Those that were made before this time.
            with_until, deliveries.until: time;
        }
        $($crate::app::model::deliveries_setters!(@$part);)*
    };
}
pub(in crate::app) use deliveries_setters;
