//! The webhooks that wait to be sent, and the service's rules for that: one call at a time, 4 seconds for a response,
//! seven days of retries, and all later calls behind the one that failed.
//!
//! <https://docs.customer.io/integrations/api/webhooks/#section/Timeouts-and-failures>

pub(crate) mod image;

use std::{
    collections::{BTreeMap, VecDeque},
    mem::size_of,
    time::Duration,
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    store::{
        capacity::{MOST_BYTES, MOST_ENTRIES},
        kept::{Kept, Key},
        memory::block,
        sequence::Sequence,
    },
    webhooks::{
        fate::{
            WebhookResponse,
            WebhookState::{Accepted, Failed, GivenUp, Waiting as Waits},
        },
        record::{WebhookAttempt, WebhookEvent},
    },
};

/// How long the service waits for a response.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(4);

/// How long the service retries a call.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Why what waits for a receiver is not sent.
pub(crate) const NOBODY: &str = "its webhook was disabled or deleted";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// The number of the record that says what happens to it.
    pub(crate) record: u64,
    pub(crate) event_id: String,
    #[serde(with = "crate::store::text")]
    pub(crate) body: Bytes,
    failures: u32,
    first_sent: Option<Duration>,
    not_before: Duration,
}

impl Waiting {
    fn held(&self) -> usize {
        block(self.body.len()) + block(self.event_id.len()) + 2 * size_of::<((Duration, u64), Self)>()
    }

    fn ends(&self) -> Duration {
        self.first_sent.map_or(Duration::MAX, |first| first.saturating_add(LIFETIME))
    }
}

/// What waits for one receiver. All times are since 1970.
#[derive(Debug, Default)]
struct Queue {
    /// What will have happened at a time, by that and then in the order of its coming in.
    future: BTreeMap<(Duration, u64), Waiting>,
    /// What has happened. The first is the one that is sent; it is never moved while it is under way.
    backlog: VecDeque<Waiting>,
    /// The number of the call that is under way, and when it was sent.
    under_way: Option<(u64, Duration)>,
}

/// What waits for all receivers, none of which holds up another; and what happened to it.
#[derive(Debug)]
pub(crate) struct Outbox {
    queues: BTreeMap<u64, Queue>,
    calls: u64,
    /// How many of the calls were not made.
    refused: u64,
    entered: u64,
    /// Of memory that all take that wait.
    bytes: usize,
    pub(crate) accepted: u64,
    /// One for each event and receiver. What waits is sent also where its record was forgotten for newer ones.
    pub(crate) records: Kept<WebhookEvent>,
}

impl Outbox {
    /// Nothing yet. Records are numbered with everything else that is kept.
    pub(crate) fn within(sequence: &Sequence) -> Self {
        let records = Kept::within(sequence);
        Self { queues: BTreeMap::new(), calls: 0, refused: 0, entered: 0, bytes: 0, accepted: 0, records }
    }

    /// Puts in an event for a receiver. Returns whether there was room.
    pub(crate) fn enter(&mut self, event: WebhookEvent) -> bool {
        let (receiver, at) = (event.receiver, event.at);
        let mut waiting = Waiting::of(&event, at);
        if !self.has_room(&waiting) {
            return false;
        }
        waiting.record = self.records.push(event);
        self.entered += 1;
        self.bytes += waiting.held();
        self.queues.entry(receiver).or_default().future.insert((at, self.entered), waiting);
        true
    }

    fn has_room(&self, waiting: &Waiting) -> bool {
        self.waiting() < MOST_ENTRIES && self.bytes + waiting.held() <= MOST_BYTES
    }

    /// Sends an event again, before all others of its receiver but one that is under way. Returns how many receivers
    /// get it: none if there is no such event, no room, or no receiver that `is_there`.
    pub(crate) fn resend(&mut self, event_id: &str, now: Duration, is_there: impl Fn(u64) -> bool) -> usize {
        self.catch_up(now);
        let key = Key::Event(event_id.to_owned());
        let records = self.records.numbered_of(&key).filter(|(_, record)| is_there(record.receiver));
        let again: Vec<_> = records
            .map(|(number, event)| (event.receiver, Waiting { record: number, ..Waiting::of(event, now) }))
            .collect();
        again.into_iter().filter(|(receiver, waiting)| self.enter_first(*receiver, waiting.clone(), now)).count()
    }

    fn enter_first(&mut self, receiver: u64, waiting: Waiting, now: Duration) -> bool {
        let queue = self.queues.entry(receiver).or_default();
        let first = usize::from(queue.under_way.is_some());
        if first == 1 && queue.backlog.front().is_some_and(|head| head.record == waiting.record) {
            return true;
        }
        self.bytes -= queue.take(waiting.record).map_or(0, |taken| taken.held());
        if !self.has_room(&waiting) {
            return false;
        }
        self.bytes += waiting.held();
        self.records.change(waiting.record, |record| record.turn(Waits, Some(now)));
        self.queues.entry(receiver).or_default().backlog.insert(first, waiting);
        true
    }

    /// Forgets what waits for a receiver, because it gets no more events.
    pub(crate) fn forget(&mut self, receiver: u64) {
        let Some(queue) = self.queues.remove(&receiver) else { return };
        for waiting in queue.future.into_values().chain(queue.backlog) {
            self.bytes -= waiting.held();
            self.records.change(waiting.record, |record| record.stop(NOBODY));
        }
    }

    /// Forgets an event for its receiver, and sends it no more. Returns whether it was there.
    #[cfg(feature = "control")]
    pub(crate) fn remove(&mut self, record: u64) -> bool {
        let Some(known) = self.records.get(record) else { return false };
        if known.next_at.is_some()
            && let Some(queue) = self.queues.get_mut(&known.receiver)
        {
            if queue.backlog.front().is_some_and(|head| head.record == record) {
                queue.under_way = None;
            }
            while let Some(taken) = queue.take(record) {
                self.bytes -= taken.held();
            }
        }
        self.records.remove(record)
    }

    /// Whether a call is under way.
    #[cfg(feature = "control")]
    pub(crate) fn is_under_way(&self) -> bool {
        self.queues.values().any(|queue| queue.under_way.is_some())
    }

    /// How many events are not ended, including those that are yet to happen.
    pub(crate) fn waiting(&self) -> usize {
        self.queues.values().map(Queue::waiting).sum()
    }

    /// The next call with its number and its receiver, if one is due to a receiver to whom none is under way.
    pub(crate) fn next(&mut self, now: Duration) -> Option<(u64, u64, &Waiting)> {
        self.catch_up(now);
        let (receiver, queue) = self.queues.iter_mut().find(|(_, queue)| queue.is_due(now))?;
        self.calls += 1;
        queue.under_way = Some((self.calls, now));
        let head = queue.backlog.front_mut()?;
        head.first_sent.get_or_insert(now);
        Some((self.calls, *receiver, head))
    }

    /// A response to the call of this number, and why there is none. One to a call that has timed out changes nothing.
    pub(crate) fn responded(&mut self, call: u64, response: WebhookResponse, error: Option<String>, now: Duration) {
        self.catch_up(now);
        let Some(queue) = self.queues.values_mut().find(|queue| queue.sends(call)) else { return };
        let sent = queue.under_way.take().map_or(now, |(_, sent)| sent);
        let attempt = WebhookAttempt::new(sent, response, error);
        if matches!(response, WebhookResponse::Status(status) if status.is_success()) {
            if let Some(head) = queue.backlog.pop_front() {
                self.bytes -= head.held();
                self.records.change(head.record, |record| {
                    record.note(attempt);
                    record.turn(Accepted, None);
                });
            }
            self.accepted += 1;
        } else {
            queue.fail(attempt, now, &mut self.records);
        }
        self.catch_up(now);
    }

    /// The call of this number is not made, and not made later, for this reason.
    pub(crate) fn refuse(&mut self, call: u64, reason: String) {
        let Some(queue) = self.queues.values_mut().find(|queue| queue.sends(call)) else { return };
        queue.under_way = None;
        self.refused += 1;
        if let Some(head) = queue.backlog.pop_front() {
            self.bytes -= head.held();
            self.records.change(head.record, |record| record.stop(reason));
        }
    }

    /// The result of the call of this number will never be reported: it is due again.
    #[cfg(any(test, feature = "control"))]
    pub(crate) fn abandon(&mut self, call: u64) {
        if let Some(queue) = self.queues.values_mut().find(|queue| queue.sends(call)) {
            queue.under_way = None;
            if let Some(head) = queue.backlog.front() {
                self.records.change(head.record, |_| {});
            }
        }
    }

    /// How many calls were made.
    #[cfg(feature = "control")]
    pub(crate) const fn made(&self) -> u64 {
        self.calls - self.refused
    }

    /// When the call of this number times out, if it is under way.
    pub(crate) fn times_out(&self, call: u64) -> Option<Duration> {
        let (_, sent) = self.queues.values().find(|queue| queue.sends(call))?.under_way?;
        Some(sent.saturating_add(TIMEOUT))
    }

    /// When something is to be done next: a call is due, times out or is given up, or an event happens.
    pub(crate) fn due(&mut self, now: Duration) -> Option<Duration> {
        self.catch_up(now);
        self.queues.values().filter_map(Queue::due).min()
    }

    /// Puts what has happened and was not sent yet into another order, and some of it in twice.
    pub(crate) fn scramble(&mut self, seed: u64, now: Duration) {
        self.catch_up(now);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut room = MOST_ENTRIES.saturating_sub(self.waiting());
        for queue in self.queues.values_mut() {
            let first = queue.backlog.iter().take_while(|waiting| waiting.first_sent.is_some()).count();
            let mut rest = queue.backlog.split_off(first);
            let mut twice = Vec::new();
            for waiting in rest.iter().filter(|_| random.u8(..5) == 0).take(room) {
                if self.bytes + waiting.held() <= MOST_BYTES {
                    self.bytes += waiting.held();
                    twice.push(waiting.clone());
                }
            }
            room -= twice.len();
            rest.extend(twice);
            random.shuffle(rest.make_contiguous());
            queue.backlog.append(&mut rest);
        }
    }

    fn catch_up(&mut self, now: Duration) {
        for queue in self.queues.values_mut() {
            for given_up in queue.catch_up(now, &mut self.records) {
                self.bytes -= given_up.held();
                self.records.change(given_up.record, |record| record.turn(GivenUp, None));
            }
        }
    }
}

impl Waiting {
    /// What has not been sent yet of an event, whose record is to be named.
    fn of(event: &WebhookEvent, not_before: Duration) -> Self {
        let (event_id, body) = (event.event_id.clone(), event.body.clone());
        Self { record: 0, event_id, body, failures: 0, first_sent: None, not_before }
    }
}

impl Queue {
    fn waiting(&self) -> usize {
        self.future.len() + self.backlog.len()
    }

    fn is_due(&self, now: Duration) -> bool {
        self.under_way.is_none() && self.backlog.front().is_some_and(|head| head.not_before <= now)
    }

    /// Whether the call of this number is under way.
    fn sends(&self, call: u64) -> bool {
        self.under_way.is_some_and(|(number, _)| number == call)
    }

    fn due(&self) -> Option<Duration> {
        if let Some((_, sent)) = self.under_way {
            return Some(sent.saturating_add(TIMEOUT));
        }
        match self.backlog.front() {
            Some(head) => Some(head.not_before.min(head.ends())),
            None => self.future.keys().next().map(|(at, _)| *at),
        }
    }

    /// Takes out what waits with this record.
    fn take(&mut self, record: u64) -> Option<Waiting> {
        // From the newest on: those that are deleted come in that order.
        let place = self.backlog.iter().rposition(|waiting| waiting.record == record);
        if let Some(place) = place {
            return self.backlog.remove(place);
        }
        let key = self.future.iter().rev().find(|(_, waiting)| waiting.record == record).map(|(key, _)| *key);
        key.and_then(|key| self.future.remove(&key))
    }

    /// Gives back what nobody took in time.
    fn catch_up(&mut self, now: Duration, records: &mut Kept<WebhookEvent>) -> Vec<Waiting> {
        if let Some((_, sent)) = self.under_way
            && sent.saturating_add(TIMEOUT) <= now
        {
            self.under_way = None;
            let attempt = WebhookAttempt::new(sent, WebhookResponse::Timeout, None);
            self.fail(attempt, sent.saturating_add(TIMEOUT), records);
        }
        while let Some(entry) = self.future.first_entry()
            && entry.key().0 <= now
        {
            self.backlog.push_back(entry.remove());
        }
        let mut given_up = Vec::new();
        while self.under_way.is_none() && self.backlog.front().is_some_and(|head| head.ends() <= now) {
            given_up.extend(self.backlog.pop_front());
        }
        given_up
    }

    /// The head has failed, which was found out at a time.
    fn fail(&mut self, attempt: WebhookAttempt, at: Duration, records: &mut Kept<WebhookEvent>) {
        if let Some(head) = self.backlog.front_mut() {
            let factor = 2_u32.saturating_pow(head.failures);
            head.failures += 1;
            head.not_before = at.saturating_add(attempt.response.first_pause().saturating_mul(factor));
            let next_at = head.not_before.min(head.ends());
            records.change(head.record, |record| {
                record.note(attempt);
                record.turn(Failed, Some(next_at));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn empty() -> Outbox {
        Outbox::within(&Sequence::default())
    }

    fn enter(outbox: &mut Outbox, receiver: u64, id: &str, body: Bytes, at: u64) -> bool {
        outbox.enter(WebhookEvent {
            event_id: id.to_owned(),
            url: "http://127.0.0.1/".to_owned(),
            metric: "sent",
            object_type: "email",
            delivery_id: "d".into(),
            at: seconds(at),
            state: Waits,
            attempts: Vec::new(),
            attempted: 0,
            next_at: Some(seconds(at)),
            problem: None,
            body,
            receiver,
        })
    }

    fn outbox(ids: &[&str]) -> Outbox {
        let mut outbox = empty();
        for id in ids {
            assert!(enter(&mut outbox, 0, id, Bytes::new(), 0));
        }
        outbox
    }

    /// What is known of an event: its state, how often it was sent, and when it is sent next.
    fn known(outbox: &Outbox, id: &str) -> (&'static str, u32, Option<u64>) {
        let record = outbox.records.of(&Key::Event(id.to_owned())).next().unwrap();
        (record.state.name(), record.attempted, record.next_at.map(|at| at.as_secs()))
    }

    fn status(status: u16) -> WebhookResponse {
        WebhookResponse::Status(StatusCode::from_u16(status).unwrap())
    }

    #[track_caller]
    fn sent(outbox: &mut Outbox, now: u64) -> (u64, String) {
        let (call, _, waiting) = outbox.next(seconds(now)).unwrap();
        (call, waiting.event_id.clone())
    }

    #[test]
    fn one_at_a_time_in_their_order() {
        let mut outbox = outbox(&["a", "b"]);
        assert_eq!(sent(&mut outbox, 0), (1, "a".into()));
        assert!(outbox.next(seconds(0)).is_none());
        outbox.responded(1, status(204), None, seconds(1));
        assert_eq!(sent(&mut outbox, 1), (2, "b".into()));
        outbox.responded(2, status(200), None, seconds(1));
        assert_eq!((outbox.waiting(), outbox.accepted, outbox.due(seconds(1))), (0, 2, None));
    }

    #[test]
    fn each_failure_has_its_pause_and_holds_the_later_ones_back() {
        let hourly = [400, 401, 402, 403, 404, 405, 410, 429, 500, 502, 521].map(status);
        let others = [302, 408, 422, 503, 504].map(status);
        let all = hourly.into_iter().chain([WebhookResponse::Disconnected]).map(|response| (response, 3_600));
        let all = all.chain(others.into_iter().chain([WebhookResponse::Timeout]).map(|response| (response, 60)));
        for (response, pause) in all {
            let mut outbox = outbox(&["a", "b"]);
            let (call, _) = sent(&mut outbox, 0);
            outbox.responded(call, response, None, seconds(2));
            assert_eq!(outbox.due(seconds(2)), Some(seconds(2 + pause)), "{response:?}");
            assert!(outbox.next(seconds(1 + pause)).is_none(), "{response:?}");
            let (call, id) = sent(&mut outbox, 2 + pause);
            assert_eq!(id, "a", "{response:?}");
            outbox.responded(call, response, None, seconds(2 + pause));
            assert_eq!(outbox.due(seconds(2 + pause)), Some(seconds(2 + 3 * pause)), "{response:?}");
        }
    }

    #[test]
    fn four_seconds_without_a_response_are_a_failure() {
        let mut outbox = outbox(&["a"]);
        let (call, _) = sent(&mut outbox, 10);
        assert_eq!(outbox.due(seconds(13)), Some(seconds(14)));
        // The response comes too late: the receiver will see the event again.
        outbox.responded(call, status(200), None, seconds(14));
        assert_eq!((outbox.waiting(), outbox.due(seconds(14))), (1, Some(seconds(74))));
        let (second, id) = sent(&mut outbox, 74);
        assert_eq!(id, "a");
        outbox.responded(call, status(200), None, seconds(75));
        assert_eq!(outbox.waiting(), 1, "that was a response to the first call");
        outbox.responded(second, status(200), None, seconds(75));
        assert_eq!(outbox.waiting(), 0);
    }

    #[test]
    fn after_seven_days_the_next_has_its_turn() {
        let week = 7 * 24 * 60 * 60;
        let mut outbox = outbox(&["a", "b"]);
        let (mut now, mut attempts) = (0, 0);
        loop {
            let (call, id) = sent(&mut outbox, now);
            if id == "b" {
                break;
            }
            attempts += 1;
            outbox.responded(call, status(401), None, seconds(now));
            now = outbox.due(seconds(now)).unwrap().as_secs();
        }
        // At 0, 1, 3, 7, 15, 31, 63 and 127 hours; the next would be after 255, and the week has 168.
        assert_eq!((now, attempts), (week, 8));
        assert_eq!((known(&outbox, "a"), known(&outbox, "b")), (("given_up", 8, None), ("waiting", 0, Some(0))));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut outbox = empty();
        let half = Bytes::from(vec![b' '; MOST_BYTES / 2 - 1_000]);
        assert!(enter(&mut outbox, 0, "a", half.clone(), 0));
        assert!(enter(&mut outbox, 0, "b", half.clone(), 0));
        assert!(!enter(&mut outbox, 0, "c", Bytes::from(vec![b' '; 2_000]), 0));
        let (call, _) = sent(&mut outbox, 0);
        outbox.responded(call, status(200), None, seconds(0));
        assert!(enter(&mut outbox, 0, "c", half, 0));
    }

    #[test]
    fn what_is_yet_to_happen_waits_for_its_time() {
        let mut outbox = outbox(&[]);
        for (id, at) in [("late", 20), ("soon", 10), ("soon too", 10)] {
            enter(&mut outbox, 0, id, Bytes::new(), at);
        }
        assert!(outbox.next(seconds(9)).is_none());
        assert_eq!(outbox.due(seconds(9)), Some(seconds(10)));
        for (now, expected) in [(10, "soon"), (20, "soon too"), (20, "late")] {
            let (call, id) = sent(&mut outbox, now);
            assert_eq!(id, expected);
            outbox.responded(call, status(200), None, seconds(now));
        }
    }

    #[test]
    fn scrambling_loses_nothing_and_leaves_what_is_under_way() {
        let ids: Vec<_> = (0..100).map(|id| format!("{id:02}")).collect();
        let mut outbox = outbox(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let (call, _) = sent(&mut outbox, 0);
        outbox.scramble(1, seconds(0));
        assert_eq!(outbox.queues[&0].backlog[0].event_id, "00");
        let mut order: Vec<_> = outbox.queues[&0].backlog.iter().map(|waiting| waiting.event_id.clone()).collect();
        assert!(!order.is_sorted());
        assert!((105..140).contains(&order.len()), "{}", order.len());
        order.sort();
        order.dedup();
        assert_eq!(order, ids);
        outbox.responded(call, status(200), None, seconds(0));
        assert_ne!(outbox.queues[&0].backlog[0].event_id, "00");
    }

    #[test]
    fn receivers_do_not_hold_each_other_up() {
        let mut outbox = outbox(&["a", "b"]);
        for id in ["c", "d"] {
            assert!(enter(&mut outbox, 7, id, Bytes::from_static(b"{}"), 0));
        }
        assert_eq!(sent(&mut outbox, 0), (1, "a".into()));
        let (second, receiver, waiting) = outbox.next(seconds(0)).unwrap();
        assert_eq!((second, receiver, waiting.event_id.as_str()), (2, 7, "c"));
        assert!(outbox.next(seconds(0)).is_none());
        outbox.responded(1, status(500), None, seconds(1));
        outbox.responded(2, status(200), None, seconds(1));
        assert_eq!((outbox.waiting(), outbox.due(seconds(1))), (3, Some(seconds(0))));
        let (third, _, waiting) = outbox.next(seconds(1)).unwrap();
        assert_eq!((third, waiting.event_id.as_str()), (3, "d"));
        outbox.forget(7);
        assert_eq!((outbox.waiting(), outbox.times_out(3)), (2, None));
        outbox.forget(0);
        assert_eq!((outbox.waiting(), outbox.bytes), (0, 0));
    }

    #[test]
    fn what_became_of_an_event_is_known() {
        let mut outbox = outbox(&["a", "b"]);
        let (call, _) = sent(&mut outbox, 0);
        outbox.responded(call, status(503), None, seconds(1));
        assert_eq!(known(&outbox, "a"), ("failed", 1, Some(61)));
        let (call, _) = sent(&mut outbox, 61);
        outbox.responded(call, WebhookResponse::Disconnected, Some("refused".into()), seconds(61));
        let record = outbox.records.of(&Key::Event("a".into())).next().unwrap();
        assert_eq!((record.last_status(), record.last_error(), record.attempts.len()), (None, Some("refused"), 2));
        let (call, _) = sent(&mut outbox, 61 + 7_200);
        outbox.responded(call, status(200), None, seconds(7_262));
        assert_eq!(known(&outbox, "a"), ("accepted", 3, None));
        let (call, _) = sent(&mut outbox, 7_262);
        outbox.refuse(call, "it must not be called".into());
        assert_eq!(known(&outbox, "b"), ("failed", 0, None));
        assert_eq!((outbox.waiting(), outbox.bytes), (0, 0));
        let failed = outbox.records.of(&Key::Webhook(Failed)).next().unwrap();
        assert_eq!((&*failed.event_id, failed.last_error()), ("b", Some("it must not be called")));
    }

    #[test]
    fn an_event_is_sent_again_before_those_that_wait() {
        let mut outbox = outbox(&["a", "b", "c"]);
        let (call, _) = sent(&mut outbox, 0);
        outbox.responded(call, status(200), None, seconds(0));
        let (call, _) = sent(&mut outbox, 0);
        outbox.responded(call, status(500), None, seconds(0));
        assert!(outbox.next(seconds(1)).is_none(), "the failed one holds up the last");
        let again = |outbox: &mut Outbox, id: &str, now| outbox.resend(id, seconds(now), |receiver| receiver == 0);
        assert_eq!((again(&mut outbox, "a", 1), again(&mut outbox, "unknown", 1)), (1, 0));
        assert_eq!(outbox.resend("a", seconds(1), |_| false), 0);
        assert_eq!(known(&outbox, "a"), ("waiting", 1, Some(1)));
        let (call, id) = sent(&mut outbox, 1);
        assert_eq!(id, "a");
        assert_eq!((again(&mut outbox, "a", 1), outbox.waiting()), (1, 3), "it is under way");
        // Behind the one that is under way, and before the one that failed.
        assert_eq!(again(&mut outbox, "c", 1), 1);
        outbox.responded(call, status(200), None, seconds(1));
        let (call, id) = sent(&mut outbox, 1);
        assert_eq!(id, "c");
        outbox.responded(call, status(200), None, seconds(1));
        assert!(outbox.next(seconds(1)).is_none());
        assert_eq!(again(&mut outbox, "b", 2), 1);
        let (call, id) = sent(&mut outbox, 2);
        assert_eq!(id, "b");
        outbox.abandon(call);
        let (call, id) = sent(&mut outbox, 2);
        assert_eq!(id, "b");
        outbox.responded(call, status(200), None, seconds(2));
        assert_eq!((outbox.waiting(), outbox.bytes, known(&outbox, "b")), (0, 0, ("accepted", 2, None)));
    }
}
