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

    /// Between two times, on pages that are as long as can be by default.
    pub(in crate::app) fn within(self, from: Timestamp, until: Timestamp) -> Self {
        let limit = self.limit.or(Some(LONGEST_PAGE));
        Self { start: None, limit, from: Some(from), until: Some(until), ..self }
    }
}

/// The most messages on a page.
const LONGEST_PAGE: u32 = 1_000;

/// The setters of the parts of `deliveries` that a list has: the page and the times, which all have, and those that are
/// named.
macro_rules! deliveries_setters {
    (@channel) => { $crate::macros::setters! {
        /// Only those of one channel.
        with_channel, deliveries.channel: into $crate::app::Channel;
    }};
    (@metric) => { $crate::macros::setters! {
        /// Only those that reached a metric. The service does not take
        /// [`Created`](crate::app::DeliveryMetric::Created).
        with_metric, deliveries.metric: into $crate::app::DeliveryMetric;
    }};
    (@state) => { $crate::macros::setters! {
        /// Only those in this state.
        with_state, deliveries.state: into $crate::app::DeliveryState;
    }};
    (@drafts) => { $crate::macros::setters! {
        /// Lists drafts instead of what was sent. Default: false.
        with_drafts, deliveries.drafts: bool;
    }};
    (@tracked_responses) => { $crate::macros::setters! {
        /// Includes the tracked responses, in [`extra`](crate::app::MessageDelivery::extra). Default: false.
        with_tracked_responses, deliveries.tracked_responses: bool;
    }};
    ($($part:ident)*) => {
        $crate::macros::setters! {
            /// Sets the start of the page: the [`Page::next`](crate::Page::next) of the page before.
            with_start, deliveries.start: into $crate::Cursor;
            /// The most messages on a page, up to 1,000. Default: 50.
            with_limit, deliveries.limit: u32;
            /// Only those that were created at this time or later.
            with_from, deliveries.from: time;
            /// Only those that were created before this time.
            with_until, deliveries.until: time;
        }
        $($crate::app::model::deliveries_setters!(@$part);)*

        /// Lists all that were created from one time on and before another, however long the range is: see
        /// [`DeliveryStream`](crate::app::DeliveryStream). A plain list never covers more than six months.
        ///
        /// There are 1,000 messages on a page, by default. Times and a cursor of the list have no meaning here.
        pub fn between(
            self,
            client: &$crate::Client<$crate::App>,
            from: impl Into<$crate::Timestamp>,
            until: impl Into<$crate::Timestamp>,
        ) -> $crate::app::DeliveryStream<Self> {
            let within = |list: Self, from, until| Self { deliveries: list.deliveries.within(from, until), ..list };
            $crate::app::DeliveryStream::new(client, self, within, (from.into(), until.into()))
        }
    };
}

/// Declares an operation that lists the messages of one thing, such as a campaign, with the parts of `deliveries` that it
/// has beside the page and the times.
///
/// ```text
/// deliveries! {
///     /// Lists the messages of a campaign.
///     pub struct Messages { campaign_id: CampaignId = 46 }
///     "app.campaigns.messages" = GET "/v1/campaigns/{campaign_id}/messages" -> Page<MessageDelivery>;
///     with channel metric drafts tracked_responses;
/// }
/// ```
macro_rules! deliveries {
    (
        $(#[$meta:meta])*
        pub struct $operation:ident { $field:ident: $id:ty = $sample:expr }
        $name:literal = GET $route:literal -> $page:ident<$item:ident>;
        with $($part:ident)*;
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $operation {
            $field: $id,
            deliveries: $crate::app::model::Deliveries,
        }

        $crate::page::paged!($operation of $item from deliveries.start);

        impl $operation {
            /// Selects the deliveries of this source.
            #[must_use]
            pub fn new($field: impl Into<$id>) -> Self {
                Self { $field: $field.into(), deliveries: $crate::app::model::Deliveries::default() }
            }

            $crate::app::model::deliveries_setters!($($part)*);
        }

        impl $crate::Operation for $operation {
            type Api = $crate::App;
            type Output = $page<$item>;
            const NAME: &'static str = $name;
            const METHOD: http::Method = http::Method::GET;
            const ROUTE: &'static str = $route;

            fn path(&self, path: &mut $crate::Path) -> Result<(), $crate::BuildError> {
                $crate::path::Part::write(&self.$field, path)
            }
            fn query(&self, query: &mut $crate::Query<'_>) -> Result<(), $crate::BuildError> {
                self.deliveries.write(query);
                Ok(())
            }
        }

        $crate::macros::opaque_debug!($operation);
        $crate::macros::sample!($operation: {
            let mut sample = Self::new($sample)
                .with_start("LEAK-start")
                .with_limit(500)
                .with_from(1_700_000_000)
                .with_until(1_700_086_400);
            $(sample.deliveries.$part = Some($crate::app::model::deliveries!(@$part));)*
            sample
        });
    };
    (@channel) => { "email".into() };
    (@metric) => { "sent".into() };
    (@state) => { "sent".into() };
    (@drafts) => { true };
    (@tracked_responses) => { true };
}
pub(in crate::app) use {deliveries, deliveries_setters};
