//! `POST /v1/newsletters/{newsletter_id}/schedule`: schedule a newsletter, or cancel its schedule.

use http::Method;
use serde::Serialize;

use super::{
    Newsletter,
    sending::{Pace, pace_setters},
};
use crate::{
    App, Body, BuildError, BuildErrorKind, Limits, NewsletterId, Operation, Path, Replay, Timestamp,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
    unseen::check_visible,
};

/// Schedules a newsletter; [`Schedule::cancel`] removes it from the schedule, so that it is a draft again.
///
/// It is retried: a second request with the same time changes nothing. A `cancel` that arrived, and whose response was
/// lost, is refused the second time with a 400, because the newsletter is no longer scheduled; so is any change to a
/// newsletter that was sent.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/scheduleNewsletter>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::newsletters::{Schedule, SendingRate}, limits::Limits};
///
/// let schedule =
///     Schedule::new(7, 1_900_000_000, "Europe/Berlin").with_rate(SendingRate::per_hour(5_000));
/// let request = Prepared::new(schedule, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"scheduled_at":1900000000,"timezone":"Europe/Berlin","rate_limit_email_rate":5000,"rate_limit_time_period":3600}"#
/// );
/// assert_eq!(
///     Prepared::new(Schedule::cancel(7), &Limits::default())?.body(),
///     r#"{"scheduled_at":0}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "schedule_newsletter")]
#[doc(alias = "deschedule")]
pub struct Schedule {
    #[serde(skip)]
    newsletter_id: NewsletterId,
    scheduled_at: Timestamp,
    timezone: Option<Text>,
    tz_match_enabled: Option<bool>,
    #[serde(flatten)]
    pace: Pace,
}

impl Schedule {
    /// Schedules the newsletter for this time, which is in the future. Those who work in Customer.io see it in the time
    /// zone of this name, such as `Europe/Berlin`.
    #[must_use]
    pub fn new(newsletter_id: impl Into<NewsletterId>, time: impl Into<Timestamp>, time_zone: impl AsRef<str>) -> Self {
        Self { scheduled_at: time.into(), timezone: Some(Text::new(time_zone)), ..Self::cancel(newsletter_id) }
    }

    /// Cancels the newsletter. What else is set is refused when the request is built.
    #[must_use]
    pub fn cancel(newsletter_id: impl Into<NewsletterId>) -> Self {
        Self {
            newsletter_id: newsletter_id.into(),
            scheduled_at: 0.into(),
            timezone: None,
            tz_match_enabled: None,
            pace: Pace::default(),
        }
    }

    setters! {
        /// Whether people get it at that time of day in their own time zone. The rate can then only be per minute or
        /// per hour. Default: false.
        with_time_zone_match, tz_match_enabled: bool;
    }
    pace_setters! {}
}

impl Operation for Schedule {
    type Api = App;
    type Output = Newsletter;
    const NAME: &'static str = "app.newsletters.schedule";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/schedule";
    const REPLAY: Replay = Replay::Safe;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        let refused = |what, reason: &'static str| Err(BuildError::new(what, BuildErrorKind::Invalid(reason.into())));
        let Some(time_zone) = &self.timezone else {
            if self.tz_match_enabled.is_some() || self.pace != Pace::default() {
                let reason = "a newsletter that does not go out has no rate and no time zone match; leave them out";
                return refused("the schedule", reason);
            }
            return Body::json(&self);
        };
        if self.scheduled_at.unix_seconds() <= 0 {
            let reason = "it must be in the future; `Schedule::cancel` takes a newsletter off the schedule";
            return refused("the time of the newsletter", reason);
        }
        check_visible("the time zone", time_zone)?;
        if self.tz_match_enabled == Some(true) { self.pace.check_in_time_zones() } else { self.pace.check() }?;
        Body::json(&self)
    }
}

opaque_debug!(Schedule);
sample!(Schedule:
    Self::new(7, 1_900_000_000, "LEAK-zone")
        .with_time_zone_match(true)
        .with_rate(super::SendingRate::per_hour(500))
        .with_spread(true);
    Self::cancel(7));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        app::newsletters::SendingRate,
        parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let schedule = Schedule::new(7, 1_900_000_000, "Europe/Berlin")
            .with_time_zone_match(true)
            .with_rate(SendingRate::per_hour(500))
            .with_spread(true);
        assert_eq!(schedule.replay(), Replay::Safe);
        assert_eq!(
            wire_app(schedule),
            "POST https://api.customer.io/v1/newsletters/7/schedule\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 161\n\
             \n\
             {\"scheduled_at\":1900000000,\"timezone\":\"Europe/Berlin\",\"tz_match_enabled\":true,\
             \"rate_limit_email_rate\":500,\"rate_limit_time_period\":3600,\"rate_limit_spread\":true}"
        );
        let by_day = Schedule::new(7, 1, "UTC").with_time_zone_match(false).with_rate(SendingRate::per_day(1));
        assert_eq!(
            body(by_day),
            "{\"scheduled_at\":1,\"timezone\":\"UTC\",\"tz_match_enabled\":false,\"rate_limit_email_rate\":1,\
             \"rate_limit_time_period\":86400}"
        );
    }

    #[test]
    fn only_cancel_sends_no_time() {
        assert_eq!(body(Schedule::cancel(7)), r#"{"scheduled_at":0}"#);
        assert_eq!(Schedule::cancel(7).replay(), Replay::Safe);
        let time = "the time of the newsletter is not valid: it must be in the future; `Schedule::cancel` takes a newsletter \
                    off the schedule";
        let nothing = "the schedule is not valid: a newsletter that does not go out has no rate and no time zone match; \
                       leave them out";
        let good = || Schedule::new(7, 1_900_000_000, "UTC");
        for (schedule, expected) in [
            (Schedule::new(7, 0, "UTC"), time),
            (Schedule::new(7, -1, "UTC"), time),
            (Schedule::cancel(7).with_time_zone_match(false), nothing),
            (Schedule::cancel(7).with_spread(false), nothing),
            (Schedule::cancel(7).with_rate(SendingRate::per_day(1)), nothing),
            (Schedule::new(7, 1, ""), "the time zone is empty"),
            (
                good().with_rate(SendingRate::per_hour(0)),
                "the rate of the newsletter is not valid: it must be at least one message",
            ),
            (
                good().with_rate(SendingRate::per_hour(0)).with_time_zone_match(true),
                "the rate of the newsletter is not valid: it must be at least one message",
            ),
            (
                good().with_rate(SendingRate::per_day(9)).with_time_zone_match(true),
                "the rate of the newsletter is not valid: with time zone match it is per minute or per hour, and not per day",
            ),
            (Schedule::cancel(0), "the newsletter's id is not valid: it must be a positive number"),
        ] {
            assert_eq!(refused_app(schedule).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_newsletter() {
        let json = r#"{"newsletter":{"id":7,"sent_at":null}}"#;
        let newsletter = parse::<Schedule>(Response::new(json.into())).unwrap();
        assert_eq!((newsletter.id, newsletter.sent_at), (7.into(), None));
    }
}
