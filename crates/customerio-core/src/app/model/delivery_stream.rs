//! The messages between two times, of which the service lists six months at once.

use std::{
    fmt,
    future::poll_fn,
    task::{Context, Poll, ready},
};

use serde::{Deserialize, Serialize};

use super::MessageDelivery;
use crate::{App, BuildError, BuildErrorKind, Client, Cursor, Error, ItemStream, Paged, Timestamp};

/// How long a window is, in seconds: 180 days. Six months have 181 days at least, and a second is asked for at either end.
const WINDOW: i64 = 180 * DAY;
const DAY: i64 = 24 * 60 * 60;

/// In seconds this is the year 5138: a time that is later can only be in milliseconds.
const LATEST: i64 = 100_000_000_000;

/// All messages between two times, however far apart: the `between` of each list of messages, such as
/// [`messages::List`](crate::app::messages::List::between).
///
/// It is a `Stream` with the feature `stream`.
///
/// The service lists at most six months, and silently leaves out the rest. This reads windows of 180 days, the earliest
/// first, each page by page; the order within a window is the service's. Each message is returned once, because the
/// windows do not overlap: what the service lists beyond one is left out by the time at which the message was
/// [created](MessageDelivery::created). (A message without a time is returned in each window that lists it.)
///
/// After an error, the next call reads the page that failed. Only the error about a circular list ends it.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     App, Client, Error, Timestamp, app::{DeliveryMetric, DeliveryPosition, messages::List},
///     ids::DeliveryId,
/// };
///
/// /// The ids of the messages of a year that bounced; another process goes on where this one ended.
/// async fn bounced(
///     app: &Client<App>,
///     stored: &mut Option<String>,
/// ) -> Result<Vec<DeliveryId>, Error> {
///     let (from, until): (Timestamp, Timestamp) =
///         ("2024-01-01T00:00:00Z".parse()?, "2025-01-01T00:00:00Z".parse()?);
///     let mut messages =
///         List::new().with_metric(DeliveryMetric::Bounced).between(app, from, until);
///     if let Some(position) = stored.as_deref().and_then(|json| serde_json::from_str(json).ok()) {
///         messages = messages.resuming_at(&position);
///     }
///     let mut ids = Vec::new();
///     while let Some(message) = messages.next().await {
///         ids.push(message?.id);
///         *stored =
///             messages.position().and_then(|position| serde_json::to_string(&position).ok());
///     }
///     Ok(ids)
/// }
/// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
/// # let app = canned::app(|_| (200, r#"{"messages":[{"id":"RPIL","created":1707000000}]}"#));
/// # let ids = canned::run(async move { bounced(&app, &mut None).await });
/// # assert_eq!(ids.unwrap().len(), 1);
/// ```
#[must_use = "nothing is read before `next` is called"]
pub struct DeliveryStream<O: Paged> {
    client: Client<App>,
    list: O,
    /// The list with the times of a window.
    within: fn(O, from: Timestamp, until: Timestamp) -> O,
    until: i64,
    /// The window that is read; `None` after the last.
    window: Option<Window>,
    /// Where reading it begins, if not at its first page.
    start: Option<Cursor>,
    items: Option<ItemStream<O>>,
    stopped: Option<Stopped>,
}

enum Stopped {
    /// By times that cannot be: the error is still to be given.
    Refused(BuildError),
    Over,
}

/// From a second on, and before another.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    from: i64,
    until: i64,
}

impl Window {
    /// What of `from..until` is read at once; `None` if nothing is left.
    fn first_of(from: i64, until: i64) -> Option<Self> {
        (from < until).then(|| Self { from, until: until.min(from.saturating_add(WINDOW)) })
    }

    fn has(self, message: &MessageDelivery) -> bool {
        let created = message.created.or_else(|| message.metrics.get("created").copied());
        created.is_none_or(|created| (self.from..self.until).contains(&created.unix_seconds()))
    }
}

/// The position of a [`DeliveryStream`]: store it, with `serde`, to [continue](DeliveryStream::resuming_at) in another
/// process.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryPosition {
    window: Window,
    cursor: Option<Cursor>,
}

impl<O: Paged<Api = App, Item = MessageDelivery>> DeliveryStream<O> {
    pub(in crate::app) fn new(
        client: &Client<App>,
        list: O,
        within: fn(O, Timestamp, Timestamp) -> O,
        (from, until): (Timestamp, Timestamp),
    ) -> Self {
        let stopped = check(from, until).err().map(Stopped::Refused);
        // A message that was created within the last second is still before `until`.
        let whole = Timestamp::from(until.unix_seconds()) == until;
        let (from, until) = (from.unix_seconds().max(0), until.unix_seconds() + i64::from(!whole));
        let window = Window::first_of(from, until);
        Self { client: client.clone(), list, within, until, window, start: None, items: None, stopped }
    }

    /// Continues from a [position](Self::position), here or in another process, with the same list and the same times,
    /// or a later end.
    pub fn resuming_at(mut self, position: &DeliveryPosition) -> Self {
        (self.window, self.start, self.items) = (Some(position.window), position.cursor.clone(), None);
        self
    }

    /// Returns the next message; `None` after the last.
    ///
    /// This method is cancel safe: dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Returns the error of the call that failed. The next call of this method makes it again.
    pub async fn next(&mut self) -> Option<Result<MessageDelivery, Error>> {
        poll_fn(|context| self.poll_message(context)).await
    }

    /// Returns the start of the page of the next message; `None` after the last message. After
    /// [resuming](Self::resuming_at), messages of that page that were returned before are returned again.
    #[must_use]
    pub fn position(&self) -> Option<DeliveryPosition> {
        match &self.items {
            Some(items) if items.has_ended() => Some(DeliveryPosition { window: self.next_window()?, cursor: None }),
            items => {
                let cursor = items.as_ref().and_then(|items| items.cursor()).or(self.start.as_ref());
                Some(DeliveryPosition { window: self.window?, cursor: cursor.cloned() })
            }
        }
    }

    /// What is read after the window that is read now. Nothing is made in the future.
    fn next_window(&self) -> Option<Window> {
        let latest = self.client.clock().timestamp().unix_seconds() + DAY;
        Window::first_of(self.window?.until, self.until).filter(|window| window.from <= latest)
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<MessageDelivery, Error>>> {
        if let Some(stopped) = &mut self.stopped {
            return Poll::Ready(match std::mem::replace(stopped, Stopped::Over) {
                Stopped::Refused(refused) => Some(Err(refused.into())),
                Stopped::Over => None,
            });
        }
        loop {
            let Some(window) = self.window else { return Poll::Ready(None) };
            let items = self.items.get_or_insert_with(|| {
                // A second more at either end: that the service takes in both, or leaves both out, makes no difference.
                let from = Timestamp::from((window.from - 1).max(0));
                let list = (self.within)(self.list.clone(), from, Timestamp::from(window.until + 1));
                let list = self.start.iter().fold(list, O::starting_at);
                self.client.items(list)
            });
            match ready!(items.poll_item(context)) {
                Some(Ok(message)) if window.has(&message) => return Poll::Ready(Some(Ok(message))),
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    if items.has_ended() {
                        (self.items, self.stopped) = (None, Some(Stopped::Over));
                    }
                    return Poll::Ready(Some(Err(error)));
                }
                None => (self.window, self.start, self.items) = (self.next_window(), None, None),
            }
        }
    }
}

/// Refuses times that nothing can be between.
fn check(from: Timestamp, until: Timestamp) -> Result<(), BuildError> {
    for (what, time) in [("the begin of the time", from), ("the end of the time", until)] {
        if time.unix_seconds() >= LATEST {
            let problem = "it can only be milliseconds: give seconds, or use `Timestamp::from_unix_millis`";
            return Err(BuildError::new(what, BuildErrorKind::Invalid(problem.into())));
        }
    }
    if from > until {
        let problem = "it is after the end: give the earlier time first";
        return Err(BuildError::new("the begin of the time", BuildErrorKind::Invalid(problem.into())));
    }
    Ok(())
}

impl<O: Paged> fmt::Debug for DeliveryStream<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryStream").field("items", &self.items).finish_non_exhaustive()
    }
}

impl fmt::Debug for DeliveryPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryPosition")
            .field("from", &self.window.from)
            .field("until", &self.window.until)
            .finish_non_exhaustive()
    }
}

// Nothing in it is pinned.
impl<O: Paged> Unpin for DeliveryStream<O> {}

#[cfg(feature = "stream")]
impl<O: Paged<Api = App, Item = MessageDelivery>> futures_core::Stream for DeliveryStream<O> {
    type Item = Result<MessageDelivery, Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_message(context)
    }
}
