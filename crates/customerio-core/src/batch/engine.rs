//! The state of many operations on their way in batches: what is packed, what is in flight, and what has ended.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt, mem,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::StatusCode;

use super::{
    Batch, BatchBuilder, BatchEvent, BatchResponse, EncodedBatch, FailedItem, IntoItem, ItemError, NonIdempotent,
    Rejection, Rejections, Summary, item::Parts, search::Search,
};
use crate::{BuildError, Client, Error, transport::BoxFuture};

/// How operations are packed and sent by a [`BatchSender`](crate::BatchSender) and by
/// [`Client::send_all`](crate::Client::send_all).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "batch size")]
pub struct BatchOptions {
    concurrency: usize,
    non_idempotent: NonIdempotent,
    linger: Duration,
}

impl Default for BatchOptions {
    /// One batch at a time, a linger of one second, and no items that cannot be retried.
    fn default() -> Self {
        Self { concurrency: 1, non_idempotent: NonIdempotent::Refuse, linger: Duration::from_secs(1) }
    }
}

impl BatchOptions {
    /// Sets how many batches are in flight at once; 0 counts as 1.
    ///
    /// With one, everything arrives in order. With more, a batch can overtake another: use more only if no operation
    /// depends on an earlier one, for example because each is about another person.
    #[must_use]
    pub const fn with_concurrency(mut self, batches: usize) -> Self {
        self.concurrency = batches;
        self
    }

    /// Sets how items that are not idempotent are treated: by default they are refused.
    #[must_use]
    pub const fn with_non_idempotent(mut self, non_idempotent: NonIdempotent) -> Self {
        self.non_idempotent = non_idempotent;
        self
    }

    /// Sets how long a batch that is not full waits for more items, from its first one on. The default is one second.
    /// With [`Duration::MAX`] such a batch is sent only when it is flushed, and no timer is started.
    #[must_use]
    #[doc(alias = "flush interval")]
    pub const fn with_linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// How long a batch that is not full waits for more items, from its first one on.
    #[must_use]
    pub const fn linger(&self) -> Duration {
        self.linger
    }
}

/// After this many items in a row that were rejected, each alone, no more are sent alone until something is accepted.
const REJECTED_IN_A_ROW: u64 = 100;

/// A request that is under way.
type Request = BoxFuture<'static, Result<BatchResponse, Error>>;

/// What goes into a request: a batch as it was packed, or a part of one that was rejected as a whole.
struct Outgoing<B, T> {
    batch: EncodedBatch<B, T>,
    part_of: Option<Search<T>>,
}

impl<B, T> Outgoing<B, T> {
    const fn whole(batch: EncodedBatch<B, T>) -> Self {
        Self { batch, part_of: None }
    }
}

/// The state of one stream of items. It does nothing by itself: whoever holds it polls it.
pub(super) struct Engine<B: Batch, T> {
    client: Client<B::Api>,
    options: BatchOptions,
    builder: BatchBuilder<B, T>,
    /// What is ready to be sent.
    ready: VecDeque<Outgoing<B, T>>,
    under_way: Vec<(Outgoing<B, T>, Request)>,
    /// Whether a batch that is not full leaves after a while. An iterator gives the next item at once.
    lingers: bool,
    /// While somebody waits for a batch that is not full.
    linger: Option<BoxFuture<'static, ()>>,
    /// When the first item of the batch that is packed came, by the monotonic clock.
    packed_since: Duration,
    /// How many items were rejected, each alone, since something was accepted.
    rejected_in_a_row: u64,
    summary: Summary,
    events: Vec<BatchEvent<T>>,
}

impl<B: Batch, T> Engine<B, T> {
    pub(super) fn new(client: Client<B::Api>, options: BatchOptions) -> Self {
        let builder = BatchBuilder::new().with_limits(*client.limits()).with_non_idempotent(options.non_idempotent);
        Self {
            client,
            options,
            builder,
            ready: VecDeque::new(),
            under_way: Vec::new(),
            lingers: false,
            linger: None,
            packed_since: Duration::ZERO,
            rejected_in_a_row: 0,
            summary: Summary::default(),
            events: Vec::new(),
        }
    }

    /// Has a batch that is not full leave after the linger, unless that never ends.
    pub(super) fn lingering(mut self) -> Self {
        self.lingers = self.options.linger != Duration::MAX;
        self
    }

    /// Whether an item more is taken now: there are never more batches in memory than may be under way, and the one that
    /// is being packed.
    pub(super) fn has_room(&self) -> bool {
        self.under_way.len() + self.ready.len() < self.options.concurrency.max(1)
    }

    /// Encodes an item; what is missing of its id and time is filled in from now.
    pub(super) fn encode(client: &Client<B::Api>, item: impl IntoItem<B>) -> Result<Parts, BuildError> {
        item.into_parts(&client.now(), client.limits())
    }

    pub(super) const fn client(&self) -> &Client<B::Api> {
        &self.client
    }

    /// Takes an item, and says whether it is the first of a batch; one that is not accepted is reported.
    pub(super) fn push(&mut self, tag: T, item: Result<Parts, BuildError>) -> bool {
        let parts = match item {
            Ok(parts) => parts,
            Err(error) => {
                self.failed(tag, None, error.into());
                return false;
            }
        };
        if let Some(error) = self.summary.stopped.clone() {
            self.failed(tag, Some(parts.encoded.json.into()), ItemError::Undelivered(error));
            return false;
        }
        let was_empty = self.builder.is_empty();
        match self.builder.push_parts(tag, parts) {
            Ok(full) => {
                let is_first = was_empty || full.is_some();
                if is_first && self.lingers {
                    self.linger = None;
                    self.packed_since = self.client.clock().monotonic;
                }
                self.ready.extend(full.map(Outgoing::whole));
                is_first
            }
            Err(failed) => {
                let FailedItem { tag, json, error } = *failed;
                self.failed(tag, json, error);
                false
            }
        }
    }

    /// Makes what is packed ready, full or not.
    pub(super) fn flush(&mut self) {
        self.linger = None;
        self.ready.extend(self.builder.finish().map(Outgoing::whole));
    }

    /// Makes what is packed ready if it has waited long enough by the clock: for those who do not wait for it themselves.
    pub(super) fn flush_if_late(&mut self, now: Duration) {
        if !self.builder.is_empty() && now.saturating_sub(self.packed_since) >= self.options.linger {
            self.flush();
        }
    }

    /// Has the wait for the batch that is not full begin again.
    pub(super) fn restart_linger(&mut self) {
        self.linger = None;
    }

    /// Waits for the batch that is not full, and makes it ready when it has waited long enough; says whether it has.
    ///
    /// Nobody calls it who has more items at hand: where time is a test's own, a wait is over at once.
    pub(super) fn poll_linger(&mut self, context: &mut Context<'_>) -> bool {
        if !self.lingers || self.builder.is_empty() {
            return false;
        }
        let linger = self.linger.get_or_insert_with(|| self.client.sleep(self.options.linger));
        let is_late = linger.as_mut().poll(context).is_ready();
        if is_late {
            self.flush();
        }
        is_late
    }

    /// Whether all that was made ready has ended.
    pub(super) fn is_idle(&self) -> bool {
        self.ready.is_empty() && self.under_way.is_empty()
    }

    pub(super) const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What there is to report since the last time.
    pub(super) fn take_events(&mut self) -> Vec<BatchEvent<T>> {
        mem::take(&mut self.events)
    }

    /// Goes on as far as it can: ends what has ended, and sends what is ready.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        loop {
            let mut moved = self.end_some(context);
            while self.under_way.len() < self.options.concurrency.max(1) {
                let Some(outgoing) = self.ready.pop_front() else { break };
                let (client, prepared) = (self.client.clone(), outgoing.batch.prepare());
                self.under_way.push((outgoing, Box::pin(async move { client.send(prepared).await })));
                moved = true;
            }
            if !moved {
                return;
            }
        }
    }

    fn end_some(&mut self, context: &mut Context<'_>) -> bool {
        let (mut moved, mut index) = (false, 0);
        while let Some((_, request)) = self.under_way.get_mut(index) {
            if let Poll::Ready(result) = request.as_mut().poll(context) {
                let (outgoing, _) = self.under_way.swap_remove(index);
                self.ended(outgoing, result);
                moved = true;
            } else {
                index += 1;
            }
        }
        moved
    }

    fn ended(&mut self, outgoing: Outgoing<B, T>, result: Result<BatchResponse, Error>) {
        self.summary.batches += 1;
        let Outgoing { batch, mut part_of } = outgoing;
        let count = batch.len();
        match result.map(|response| response.into_result(count)) {
            Ok(result) => {
                match result {
                    Ok(accepted) => self.accepted(accepted),
                    Err(rejections) => self.rejected(batch, rejections),
                }
                if let Some(search) = &mut part_of {
                    search.accepted(count);
                }
            }
            Err(error) if refuses_the_body(&error) => part_of = self.rejected_whole(batch, part_of, error),
            Err(error) => {
                self.undelivered(batch, error);
                if let Some(search) = &mut part_of {
                    search.lost(count);
                }
            }
        }
        if let Some(search) = part_of {
            self.go_on(search);
        }
        self.events.push(BatchEvent::Progress(self.summary.clone()));
    }

    /// Has the next part of a batch sent, unless everything has stopped.
    fn go_on(&mut self, mut search: Search<T>) {
        if let Some(error) = self.summary.stopped.clone() {
            self.give_up(search.into_rest().0, &error);
        } else if let Some(batch) = search.part() {
            self.ready.push_front(Outgoing { batch, part_of: Some(search) });
        }
    }

    fn accepted(&mut self, count: usize) {
        self.summary.accepted += count as u64;
        if count > 0 {
            self.rejected_in_a_row = 0;
        }
    }

    fn rejected(&mut self, batch: EncodedBatch<B, T>, rejections: Rejections) {
        self.accepted(rejections.accepted);
        let mut rejected: BTreeMap<_, _> = rejections.rejected.into_iter().map(|one| (one.index, one)).collect();
        for (index, (tag, json)) in batch.into_items().enumerate() {
            if let Some(rejection) = rejected.remove(&index) {
                // A copy, because a part of the batch would keep the whole of it in memory.
                self.failed(tag, Some(Bytes::copy_from_slice(&json)), ItemError::Rejected(rejection));
            }
        }
        for unknown in rejections.unknown {
            self.summary.unknown += 1;
            self.events.push(BatchEvent::Unknown(unknown));
        }
    }

    /// Handles a part that was rejected as a whole: one item, which is then at fault, or several, of which one is. What
    /// is left of its batch is returned, if it is to be sent.
    fn rejected_whole(
        &mut self,
        batch: EncodedBatch<B, T>,
        part_of: Option<Search<T>>,
        error: Error,
    ) -> Option<Search<T>> {
        if batch.len() == 1 {
            self.rejected_alone(batch, &error);
            let mut search = part_of?;
            search.found();
            if self.rejected_in_a_row < REJECTED_IN_A_ROW {
                return Some(search);
            }
            let (rest, error) = search.into_rest();
            rest.for_each(|(tag, json)| self.failed(tag, Some(json), ItemError::Untried(error.clone())));
            return None;
        }
        let too_large = error.status() == Some(StatusCode::PAYLOAD_TOO_LARGE);
        let Some(mut search) = part_of else { return Some(Search::new(batch, error, too_large)) };
        search.rejected(batch, too_large);
        Some(search)
    }

    fn rejected_alone(&mut self, batch: EncodedBatch<B, T>, error: &Error) {
        self.rejected_in_a_row += 1;
        let message = error.as_api().and_then(|api| api.message()).map(str::to_owned);
        for (tag, json) in batch.into_items() {
            let rejection = Rejection { index: 0, reason: None, field: None, message: message.clone() };
            self.failed(tag, Some(json), ItemError::Rejected(rejection));
        }
    }

    fn undelivered(&mut self, batch: EncodedBatch<B, T>, error: Error) {
        let error = Arc::new(error);
        self.give_up(batch.into_items(), &error);
        if is_hopeless(&error) {
            self.flush();
            for Outgoing { batch, part_of } in mem::take(&mut self.ready) {
                self.give_up(batch.into_items(), &error);
                if let Some(search) = part_of {
                    self.give_up(search.into_rest().0, &error);
                }
            }
            self.summary.stopped = Some(error);
        }
    }

    fn give_up(&mut self, items: impl Iterator<Item = (T, Bytes)>, error: &Arc<Error>) {
        for (tag, json) in items {
            self.failed(tag, Some(json), ItemError::Undelivered(error.clone()));
        }
    }

    fn failed(&mut self, tag: T, json: Option<Bytes>, error: ItemError) {
        match &error {
            ItemError::Invalid(_) => self.summary.invalid += 1,
            ItemError::Rejected(_) => self.summary.rejected += 1,
            ItemError::Undelivered(_) => self.summary.undelivered += 1,
            ItemError::Untried(_) => {
                self.summary.undelivered += 1;
                self.summary.untried += 1;
            }
        }
        self.events.push(BatchEvent::Failed(FailedItem { tag, json, error }));
    }
}

impl<B: Batch, T> fmt::Debug for Engine<B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.options)
            .field("under_way", &self.under_way.len())
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}

/// Nothing of such a batch was accepted, so parts of it can be sent.
fn refuses_the_body(error: &Error) -> bool {
    matches!(error.status(), Some(StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE))
}

/// Whether no other batch would succeed.
fn is_hopeless(error: &Error) -> bool {
    let status = error.status();
    matches!(status, Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND))
        || status.is_some_and(|status| status.is_redirection())
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        ops::Range,
        pin::pin,
        sync::{
            Mutex,
            atomic::{AtomicU64, Ordering},
        },
        task::Waker,
    };

    use http::{Request, Response};
    use serde_json::Value;

    use super::*;
    use crate::{
        BatchSender, Endpoint, Item, Limits, Moment, Region, RetryPolicy, Throttle, Track, TrackBatch, Transport,
        TransportError, async_trait,
        track::v2::person::{Identify, Merge},
    };

    /// What is said to a batch of these people: status and body, or nothing at all.
    type Respond = dyn Fn(&[u64]) -> Option<(u16, &'static str)> + Send + Sync;

    /// The only wait that ends, and it ends at once.
    const SHORT: Duration = Duration::from_millis(1_234);

    /// A server whose clock is set by hand.
    #[derive(Clone)]
    struct Server {
        respond: Arc<Respond>,
        batches: Arc<Mutex<Vec<Vec<u64>>>>,
        millis: Arc<AtomicU64>,
    }

    impl fmt::Debug for Server {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Server")
        }
    }

    #[async_trait]
    impl Transport for Server {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            let id = |item: &Value| item["identifiers"]["id"].as_str().map_or(0, |id| id.parse().unwrap());
            let ids: Vec<u64> = body["batch"].as_array().unwrap().iter().map(id).collect();
            let said = (self.respond)(&ids);
            self.batches.lock().unwrap().push(ids);
            let Some((status, body)) = said else { return pending().await };
            let mut response = Response::new(Bytes::from_static(body.as_bytes()));
            *response.status_mut() = status.try_into().unwrap();
            Ok(response)
        }
        async fn sleep(&self, duration: Duration) {
            assert_ne!(duration, Duration::MAX, "what never ends needs no timer");
            if duration != SHORT {
                pending::<()>().await;
            }
        }
        fn now(&self) -> Moment {
            let monotonic = Duration::from_millis(self.millis.load(Ordering::Relaxed));
            Moment { monotonic, since_epoch: Duration::ZERO, random: 1 }
        }
    }

    impl Server {
        fn new(respond: impl Fn(&[u64]) -> Option<(u16, &'static str)> + Send + Sync + 'static) -> Self {
            Self { respond: Arc::new(respond), batches: Arc::default(), millis: Arc::default() }
        }

        /// This many people a batch, each with a number of three digits, and no retries.
        fn client(&self, items: usize) -> Client<Track> {
            let one = Item::new(Identify::new(100), &self.now(), &Limits::default()).unwrap().json().len();
            let limits = Limits::default().with_batch(r#"{"batch":[]}"#.len() + items * (one + 1) - 1);
            let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_limits(limits);
            Client::new(endpoint, self.clone())
                .with_retry_policy(RetryPolicy::default().with_attempts(1))
                .with_throttle(Throttle::off())
        }

        fn batches(&self) -> Vec<Vec<u64>> {
            self.batches.lock().unwrap().clone()
        }

        /// Sends people in batches of this size, and returns the summary, and how each failed one ended.
        async fn send(&self, items: usize, people: Range<u64>) -> (Summary, Vec<(u64, ItemError)>) {
            let (mut failed, mut last) = (Vec::new(), Summary::default());
            let people = people.map(|id| (id, Identify::new(id)));
            let on_event = |event| match event {
                BatchEvent::Failed(item) => failed.push((item.tag, item.error)),
                BatchEvent::Progress(summary) => last = summary,
                BatchEvent::Unknown(_) => {}
            };
            let summary = self.client(items).send_all(people, BatchOptions::default(), on_event).await;
            assert_eq!(summary.ended(), last.ended(), "the last progress is that of all");
            assert_eq!(summary.batches, self.batches().len() as u64);
            (summary, failed)
        }
    }

    #[tokio::test]
    async fn items_end_as_the_response_to_their_batch_says() {
        let some = r#"{"errors":[{"batch_index":1,"reason":"invalid"},{"batch_index":7}]}"#;
        // Of three items: accepted, rejected, undelivered, errors about none of them; and whether it ended all.
        for (status, body, expected, stops) in [
            (200, "{}", [3, 0, 0, 0], false),
            (207, some, [2, 1, 0, 1], false),
            (400, "", [0, 3, 0, 0], false),
            (413, "", [0, 3, 0, 0], false),
            (422, "", [0, 0, 3, 0], false),
            (503, "", [0, 0, 3, 0], false),
            (200, "<html>", [0, 0, 3, 0], false),
            (301, "", [0, 0, 3, 0], true),
            (401, "", [0, 0, 3, 0], true),
            (403, "", [0, 0, 3, 0], true),
            (404, "", [0, 0, 3, 0], true),
        ] {
            let server = Server::new(move |_| Some((status, body)));
            let (summary, failed) = server.send(3, 100..103).await;
            let Summary { accepted, rejected, undelivered, unknown, .. } = summary;
            assert_eq!([accepted, rejected, undelivered, unknown], expected, "{status}");
            assert_eq!((failed.len() as u64, summary.stopped.is_some()), (rejected + undelivered, stops), "{status}");
            let is_halved = matches!(status, 400 | 413);
            assert_eq!(server.batches().len() > 1, is_halved, "{status}");
        }
    }

    #[tokio::test]
    async fn what_is_left_of_a_batch_goes_on_before_the_next_batch() {
        let server = Server::new(|ids| Some((if ids.contains(&101) { 400 } else { 200 }, "")));
        let (summary, failed) = server.send(3, 100..106).await;
        assert_eq!(server.batches(), [vec![100, 101, 102], vec![100], vec![101], vec![102], vec![103, 104, 105]]);
        assert_eq!((summary.accepted, failed.len()), (5, 1));
    }

    #[tokio::test]
    async fn what_is_too_large_may_be_too_many_items_and_what_is_invalid_is_one_of_them() {
        for (status, rest) in [(400, vec![vec![102], vec![103]]), (413, vec![vec![102, 103], vec![102], vec![103]])] {
            let server = Server::new(move |ids| Some((if ids.contains(&103) { status } else { 200 }, "")));
            let (summary, _) = server.send(4, 100..104).await;
            assert_eq!((summary.accepted, summary.rejected), (3, 1));
            assert_eq!(server.batches(), [vec![vec![100, 101, 102, 103], vec![100, 101]], rest].concat(), "{status}");
        }
    }

    #[tokio::test]
    async fn what_must_not_arrive_twice_is_refused_or_sent_apart() {
        let merges = || (100..102).map(|id| (id, Merge::new(id, 1)));
        let options = BatchOptions::default();
        let server = Server::new(|_| Some((200, "")));
        assert_eq!(server.client(3).send_all(merges(), options, |_| {}).await.invalid, 2);
        assert!(server.batches().is_empty());
        let options = options.with_non_idempotent(NonIdempotent::SeparateBatch);
        assert_eq!(server.client(9).send_all(merges(), options, |_| {}).await.accepted, 2);
    }

    #[tokio::test]
    async fn what_ends_all_ends_what_is_left_of_a_batch_and_what_is_packed() {
        let server = Server::new(|ids| Some((if ids.len() == 3 { 400 } else { 401 }, "")));
        let (summary, failed) = server.send(3, 100..190).await;
        assert_eq!(server.batches(), [vec![100, 101, 102], vec![100]]);
        assert_eq!((summary.undelivered, summary.untried), (4, 0));
        let mut tags: Vec<_> = failed.iter().map(|(tag, _)| *tag).collect();
        tags.sort_unstable();
        assert_eq!(tags, [100, 101, 102, 103], "the batch, and the one that did not fit");
    }

    #[tokio::test]
    async fn after_a_hundred_in_a_row_each_batch_is_looked_into_until_its_first() {
        let server = Server::new(|_| Some((400, "")));
        let (summary, failed) = server.send(60, 100..340).await;
        // 60, and 40; then one of each batch.
        assert_eq!((summary.rejected, summary.untried, summary.undelivered), (60 + 40 + 1 + 1, 20 + 59 + 59, 138));
        let untried = failed.iter().filter(|(_, error)| matches!(error, ItemError::Untried(_)));
        let expected: Vec<_> = (200..220).chain(221..280).chain(281..340).collect();
        assert_eq!(untried.map(|(tag, _)| *tag).collect::<Vec<_>>(), expected);

        // A single item in its batch counts, and leaves nothing to give up.
        let (summary, _) = Server::new(|_| Some((400, ""))).send(1, 100..340).await;
        assert_eq!((summary.rejected, summary.untried), (240, 0));
    }

    #[tokio::test]
    async fn whatever_is_accepted_begins_the_row_anew() {
        const ONE: &str = r#"{"errors":[{"batch_index":0,"reason":"invalid"}]}"#;
        type Says = fn(&[u64]) -> (u16, &'static str);
        // The whole of the second batch, its first item, and all but its first.
        let whole: Says = |ids| (if ids[0] == 160 { 200 } else { 400 }, "");
        let part: Says = |ids| (if ids == [160] { 200 } else { 400 }, "");
        let beside: Says = |ids| if ids[0] == 160 { (207, ONE) } else { (400, "") };
        for (says, expected) in [(whole, (60, 120, 0)), (part, (1, 160, 19)), (beside, (59, 121, 0))] {
            let (summary, _) = Server::new(move |ids| Some(says(ids))).send(60, 100..280).await;
            assert_eq!((summary.accepted, summary.rejected, summary.untried), expected);
        }
        // Not a batch of which nothing is accepted.
        let server = Server::new(|ids| Some(if ids == [150] { (207, ONE) } else { (400, "") }));
        let (summary, _) = server.send(60, 100..220).await;
        assert_eq!((summary.rejected, summary.untried), (101, 19));
    }

    /// Polls it once.
    fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn no_more_is_taken_than_may_be_under_way_and_packed() {
        for (concurrency, batches) in [(0, 1), (1, 1), (2, 2), (3, 3)] {
            let server = Server::new(|_| None);
            let mut taken = 0;
            let people = (100..).inspect(|_| taken += 1).map(|id| (id, Identify::new(id)));
            let options = BatchOptions::default().with_concurrency(concurrency);
            assert!(poll_once(server.client(3).send_all(people, options, |_| {})).is_pending());
            assert_eq!((server.batches().len(), taken), (batches, 3 * batches + 1), "{concurrency}");
        }
        // What is flushed meanwhile waits too.
        let server = Server::new(|_| None);
        let batch = server.client(3).batch(BatchOptions::default());
        for id in 100..104 {
            assert!(poll_once(batch.push(id, Identify::new(id))).is_ready());
        }
        assert!(poll_once(batch.flush()).is_pending());
        assert_eq!(server.batches(), [[100, 101, 102]]);
    }

    /// What is in the background of this transport is nothing: a push looks at the clock.
    #[tokio::test]
    async fn a_batch_that_is_not_full_leaves_with_the_push_after_its_linger() {
        let linger = Duration::from_secs(2);
        let options = BatchOptions::default().with_linger(linger);
        assert_eq!((options.linger(), BatchOptions::default().linger()), (linger, Duration::from_secs(1)));
        let server = Server::new(|_| Some((200, "")));
        let batch: BatchSender<TrackBatch, u64> = server.client(3).batch(options);
        for (millis, id, sent) in [
            (5_000, 100, 0),
            (6_999, 101, 0),
            (7_000, 102, 1),
            // The first of its batch.
            (7_001, 103, 1),
            (9_000, 104, 1),
            // The batch is full with the one that does not fit, and the linger of that begins.
            (9_000, 105, 1),
            (9_000, 106, 2),
            (10_999, 107, 2),
            (11_000, 108, 3),
        ] {
            server.millis.store(millis, Ordering::Relaxed);
            batch.push(id, Identify::new(id)).await;
            assert_eq!(server.batches().len(), sent, "{id} at {millis}");
        }
        let report = batch.finish().await;
        assert_eq!((report.summary.accepted, server.batches().len()), (9, 3));
    }

    #[cfg(feature = "stream")]
    #[test]
    fn a_stream_that_pauses_has_what_is_packed_leave_after_the_linger() {
        struct TwoAndAPause(Range<u64>);
        impl futures_core::Stream for TwoAndAPause {
            type Item = (u64, Identify);

            fn poll_next(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<(u64, Identify)>> {
                self.0.next().map_or(Poll::Pending, |id| Poll::Ready(Some((id, Identify::new(id)))))
            }
        }
        for (linger, sent) in [(SHORT, 1), (Duration::from_secs(60), 0), (Duration::MAX, 0)] {
            let server = Server::new(|_| Some((200, "")));
            let options = BatchOptions::default().with_linger(linger);
            assert!(poll_once(server.client(3).send_stream(TwoAndAPause(100..102), options, |_| {})).is_pending());
            assert_eq!(server.batches().len(), sent, "{linger:?}");
        }
    }

    #[tokio::test]
    async fn what_is_shown_is_counts() {
        let server = Server::new(|_| None);
        let mut send = server.client(3).send_all(
            (100..120).map(|id| (id, Identify::new(id))),
            BatchOptions::default().with_concurrency(2),
            |_| {},
        );
        assert!(poll_once(&mut send).is_pending());
        let shown = format!("{send:?}");
        assert!(shown.contains("under_way: 2") && shown.contains("accepted: 0") && !shown.contains("100"), "{shown}");
    }
}
