//! The events of the last days, in memory.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use super::{Claim, ClaimToken, DedupError, DedupStore};
use crate::{Timestamp, macros::opaque_debug};

/// What an id takes: half of its SHA-256, so that ids of any length take the same, and no two ids the same half.
type Fingerprint = u128;

/// Bytes of a fingerprint in an old part of the memory, which is sorted and full.
const OLD_BYTES: usize = 16;

/// Bytes of one in the part that is being filled: up to 32 in the tree, and its copy when the part is closed.
const YOUNG_BYTES: usize = 48;

/// Bytes of a claim, in two trees.
const CLAIM_BYTES: usize = 160;

/// Bytes of a part besides its fingerprints.
const PART_BYTES: usize = 64;

/// What counts as passed between two calls, at most: a clock that leaps is not believed.
const LONGEST_STEP: Duration = Duration::from_secs(5 * 60);

/// In how many parts, at least, a full memory is: so much of it is forgotten at once.
const PARTS: u32 = 16;

/// Remembers the ids of events for a limited time, in a limited number of bytes: the oldest are forgotten first.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use std::time::Duration;
/// use customerio::webhook::{Claim, InMemoryDedup};
///
/// let mut memory = InMemoryDedup::new().with_age(Duration::from_secs(24 * 60 * 60));
/// let Claim::New(token) = memory.claim("01E4", 0) else { panic!("nobody has it") };
/// assert_eq!(memory.claim("01E4", 1), Claim::InProgress);
/// memory.release("01E4", token);
/// assert!(matches!(memory.claim("01E4", 2), Claim::New(_)));
/// memory.done("01E4", 3);
/// assert_eq!(memory.claim("01E4", 4), Claim::Done);
/// assert_eq!(memory.forgotten_early(), 0);
/// ```
///
/// A `Mutex<InMemoryDedup>` is a [`DedupStore`].
///
/// # What it holds
///
/// An id takes 16 bytes, whatever its length, and the memory grows as ids come. The default of 64 MiB is enough for 3.5
/// million ids: all of a week with 5 events a second, or the last 9 hours with 100 a second. A whole week of those
/// would take 1 GB: set that with [`with_memory`](Self::with_memory). The default is less because a week is rarely
/// needed: the service holds later events back until one that failed is accepted, so few others come between an event
/// and its retry. [`forgotten_early`](Self::forgotten_early) counts the ids for which there was no room, which shows
/// whether the memory is too small.
///
/// What is claimed and not done is forgotten last, after everything that is done.
///
/// # When the clock is wrong
///
/// Between two calls at most five minutes count as passed, or half a lease if that is less. So a clock that jumps
/// ahead, by a year or more, makes no claim lapse and makes the rest five minutes older, and one that jumps back makes
/// nothing older. The price is that hours without events count for five minutes too: ids are then kept for longer, in
/// the same bytes. A clock that jumps back and forth does harm in the end: a week of ids is forgotten after 2,016 jumps
/// ahead.
pub struct InMemoryDedup {
    claims: Claims,
    done: Done,
    clock: Clock,
    age: Duration,
    lease: Duration,
    memory: usize,
    forgotten_early: u64,
}

opaque_debug!(InMemoryDedup);

impl InMemoryDedup {
    /// Creates a memory of seven days, because the service retries for that long, and of 64 MiB. A claim lapses after
    /// ten minutes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            claims: Claims::default(),
            done: Done::default(),
            clock: Clock::default(),
            age: Duration::from_secs(7 * 24 * 60 * 60),
            lease: Duration::from_secs(10 * 60),
            memory: 64 * 1024 * 1024,
            forgotten_early: 0,
        }
    }

    /// Sets how long a handled event is remembered, at least. It is forgotten with others of its time, up to a
    /// sixteenth later.
    #[must_use]
    pub fn with_age(mut self, age: Duration) -> Self {
        self.age = age;
        self
    }

    /// Sets how many bytes the ids may take: about 19 for each. An event that is forgotten is new when it comes again.
    #[must_use]
    pub fn with_memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// Sets after how long a claim lapses. It should be longer than handling an event can take: after it, an event that
    /// comes again is handled again.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Claims an event: see [`DedupStore::claim`].
    pub fn claim(&mut self, event_id: &str, now: impl Into<Timestamp>) -> Claim {
        self.pass_time(now.into());
        let id = fingerprint(event_id);
        if self.done.has(id) {
            return Claim::Done;
        }
        let Some(token) = self.claims.add(id, self.clock.passed) else { return Claim::InProgress };
        self.make_room();
        Claim::New(token)
    }

    /// Marks the event as handled, whoever has claimed it.
    pub fn done(&mut self, event_id: &str, now: impl Into<Timestamp>) {
        self.pass_time(now.into());
        let id = fingerprint(event_id);
        self.claims.end(id);
        self.done.add(id, self.clock.passed);
        if self.done.young.len() >= self.memory / YOUNG_BYTES / PARTS as usize {
            self.done.close(self.clock.passed);
        }
        self.make_room();
    }

    /// Releases the event, which can be claimed again. One that is done stays so, and so does a claim of another.
    pub fn release(&mut self, event_id: &str, token: ClaimToken) {
        let id = fingerprint(event_id);
        if self.claims.token_of(id) == Some(token) {
            self.claims.end(id);
        }
    }

    /// How many events are remembered, claimed or done.
    #[must_use]
    pub fn len(&self) -> usize {
        self.claims.by_token.len() + self.done.young.len() + self.done.old_ids
    }

    /// Whether no events are remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many events were forgotten early, for lack of room: those would be handled again. If it grows, raise
    /// [`with_memory`](Self::with_memory).
    #[must_use]
    pub fn forgotten_early(&self) -> u64 {
        self.forgotten_early
    }

    fn pass_time(&mut self, now: Timestamp) {
        let passed = self.clock.pass(now, LONGEST_STEP.min(self.lease / 2));
        while self.claims.oldest().is_some_and(|since| passed.saturating_sub(since) >= self.lease) {
            self.claims.forget_oldest();
        }
        if passed.saturating_sub(self.done.young_since) >= self.age / PARTS {
            self.done.close(passed);
        }
        while self.done.old.front().is_some_and(|part| passed.saturating_sub(part.until) >= self.age) {
            self.done.forget_oldest();
        }
    }

    fn make_room(&mut self) {
        while self.bytes() > self.memory {
            if self.done.young.is_empty() && self.done.old.is_empty() {
                self.claims.forget_oldest();
                self.forgotten_early += 1;
            } else {
                if self.done.old.is_empty() {
                    self.done.close(self.clock.passed);
                }
                self.forgotten_early += self.done.forget_oldest() as u64;
            }
        }
    }

    fn bytes(&self) -> usize {
        CLAIM_BYTES * self.claims.by_token.len()
            + YOUNG_BYTES * self.done.young.len()
            + PART_BYTES * self.done.old.len()
            + OLD_BYTES * self.done.old_ids
    }
}

impl Default for InMemoryDedup {
    fn default() -> Self {
        Self::new()
    }
}

fn fingerprint(event_id: &str) -> Fingerprint {
    Sha256::digest(event_id).iter().take(16).fold(0, |number, byte| number << 8 | Fingerprint::from(*byte))
}

/// The time that has passed, as far as the callers' clocks can be trusted.
#[derive(Default)]
struct Clock {
    passed: Duration,
    last: Option<i64>,
}

impl Clock {
    /// Counts at most `most` as passed since the last call.
    fn pass(&mut self, now: Timestamp, most: Duration) -> Duration {
        let now = now.unix_millis();
        let last = self.last.unwrap_or(now);
        let step = Duration::from_millis(now.abs_diff(last));
        if now > last {
            self.passed = self.passed.saturating_add(step.min(most));
        }
        // Calls overtake each other: what one of them reports a little late must not be counted twice.
        if now > last || step > most {
            self.last = Some(now);
        } else {
            self.last = Some(last);
        }
        self.passed
    }
}

/// What is in progress: each claim by its token, which gives their order, and by its event.
#[derive(Default)]
struct Claims {
    by_token: BTreeMap<u64, (Fingerprint, Duration)>,
    by_id: BTreeMap<Fingerprint, u64>,
    count: u64,
}

impl Claims {
    /// `None` if another has it.
    fn add(&mut self, id: Fingerprint, now: Duration) -> Option<ClaimToken> {
        if self.by_id.contains_key(&id) {
            return None;
        }
        self.count += 1;
        self.by_token.insert(self.count, (id, now));
        self.by_id.insert(id, self.count);
        Some(ClaimToken::from(self.count))
    }

    fn token_of(&self, id: Fingerprint) -> Option<ClaimToken> {
        self.by_id.get(&id).copied().map(ClaimToken::from)
    }

    fn end(&mut self, id: Fingerprint) {
        if let Some(token) = self.by_id.remove(&id) {
            self.by_token.remove(&token);
        }
    }

    fn oldest(&self) -> Option<Duration> {
        self.by_token.first_key_value().map(|(_, (_, since))| *since)
    }

    fn forget_oldest(&mut self) {
        if let Some((_, (id, _))) = self.by_token.pop_first() {
            self.by_id.remove(&id);
        }
    }
}

/// What is done, in parts by time: the last is a tree, and grows; those before it are sorted.
#[derive(Default)]
struct Done {
    young: BTreeSet<Fingerprint>,
    young_since: Duration,
    old: VecDeque<Part>,
    /// In all old parts.
    old_ids: usize,
}

struct Part {
    ids: Box<[Fingerprint]>,
    /// When it was closed: nothing in it is younger.
    until: Duration,
}

impl Done {
    fn has(&self, id: Fingerprint) -> bool {
        // A retry comes soon: it is in the last parts, if in any.
        self.young.contains(&id) || self.old.iter().rev().any(|part| part.ids.binary_search(&id).is_ok())
    }

    fn add(&mut self, id: Fingerprint, now: Duration) {
        if !self.has(id) {
            if self.young.is_empty() {
                self.young_since = now;
            }
            self.young.insert(id);
        }
    }

    fn close(&mut self, now: Duration) {
        let ids: Box<[_]> = mem::take(&mut self.young).into_iter().collect();
        if !ids.is_empty() {
            self.old_ids += ids.len();
            self.old.push_back(Part { ids, until: now });
        }
    }

    /// Returns how many that were.
    fn forget_oldest(&mut self) -> usize {
        let forgotten = self.old.pop_front().map_or(0, |part| part.ids.len());
        self.old_ids -= forgotten;
        forgotten
    }
}

/// A store in memory, for a process that runs alone and may forget when it ends.
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
impl DedupStore for Mutex<InMemoryDedup> {
    async fn claim(&self, event_id: &str, now: Timestamp) -> Result<Claim, DedupError> {
        Ok(self.lock().unwrap_or_else(PoisonError::into_inner).claim(event_id, now))
    }

    async fn done(&self, event_id: &str, now: Timestamp) -> Result<(), DedupError> {
        self.lock().unwrap_or_else(PoisonError::into_inner).done(event_id, now);
        Ok(())
    }

    async fn release(&self, event_id: &str, token: ClaimToken) -> Result<(), DedupError> {
        self.lock().unwrap_or_else(PoisonError::into_inner).release(event_id, token);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use allocation_counter::measure;

    use super::*;

    fn memory() -> InMemoryDedup {
        InMemoryDedup::new().with_age(Duration::from_secs(160)).with_lease(Duration::from_secs(10))
    }

    /// What is done to a memory, and what claims find.
    enum Step {
        /// The claim is the first, the second, …: `release` names it so.
        New(&'static str, i64),
        InProgress(&'static str, i64),
        IsDone(&'static str, i64),
        Done(&'static str, i64),
        Release(&'static str, usize),
        Holds(usize),
    }
    use Step::{Done, Holds, InProgress, IsDone, New, Release};

    #[test]
    fn an_event_is_new_until_it_is_claimed_and_done_when_it_is_said_to_be() {
        const YEAR: i64 = 365 * 24 * 60 * 60;
        let scripts: [(&str, &[Step]); 15] = [
            ("once", &[New("a", 0), InProgress("a", 0), Done("a", 1), IsDone("a", 2)]),
            ("each by itself", &[New("a", 0), New("b", 0), Done("a", 0), InProgress("b", 0)]),
            ("a failure", &[New("a", 0), Release("a", 0), Holds(0), New("a", 0)]),
            ("a release after the end", &[New("a", 0), Done("a", 0), Release("a", 0), IsDone("a", 0)]),
            ("a lapsed claim", &[New("a", 0), InProgress("a", 5), InProgress("a", 9), New("a", 10)]),
            (
                "a release of a lapsed claim, which another has by now",
                &[
                    New("a", 0),
                    InProgress("a", 5),
                    New("a", 10),
                    Release("a", 0),
                    InProgress("a", 10),
                    Release("a", 1),
                    New("a", 10),
                ],
            ),
            (
                "the end of a lapsed claim, which another has by now",
                &[New("a", 0), InProgress("a", 5), New("a", 10), Done("a", 11), Release("a", 1), IsDone("a", 11)],
            ),
            ("a release of another event", &[New("a", 0), New("b", 0), Release("b", 0), InProgress("b", 0)]),
            ("done and never claimed", &[Done("a", 0), IsDone("a", 0), Holds(1)]),
            ("done twice", &[Done("a", 0), Done("a", 1), Holds(1)]),
            ("a claim that lapses beside what does not", &[Done("a", 0), New("b", 0), IsDone("a", 5), New("b", 11)]),
            ("a clock that goes back", &[New("a", 100), InProgress("a", 0), Done("a", 0), IsDone("a", 4)]),
            ("a clock that leaps ahead", &[Done("a", 0), New("b", 0), IsDone("a", YEAR), InProgress("b", YEAR)]),
            (
                "a clock that leaps ahead and back",
                &[Done("a", 0), New("b", 0), IsDone("a", YEAR), InProgress("b", 1), InProgress("b", 5), New("b", 6)],
            ),
            (
                "calls that overtake each other",
                &[
                    New("a", 0),
                    New("b", 3),
                    InProgress("a", 1),
                    InProgress("a", 3),
                    InProgress("a", 2),
                    InProgress("a", 8),
                ],
            ),
        ];
        for (name, script) in scripts {
            let (mut memory, mut tokens) = (memory(), Vec::new());
            for (number, step) in script.iter().enumerate() {
                let (id, now, expected) = match step {
                    New(id, now) => {
                        let claim = memory.claim(id, *now);
                        let Claim::New(token) = claim else { panic!("{name}, step {number}: {claim:?}") };
                        tokens.push(token);
                        continue;
                    }
                    InProgress(id, now) => (id, now, Claim::InProgress),
                    IsDone(id, now) => (id, now, Claim::Done),
                    Done(id, now) => {
                        memory.done(id, *now);
                        continue;
                    }
                    Release(id, claim) => {
                        memory.release(id, tokens[*claim]);
                        continue;
                    }
                    Holds(count) => {
                        assert_eq!(memory.len(), *count, "{name}, step {number}");
                        continue;
                    }
                };
                assert_eq!(memory.claim(id, *now), expected, "{name}, step {number}");
            }
        }
    }

    #[test]
    fn what_is_done_is_remembered_for_its_age_and_forgotten_soon_after() {
        let mut memory = memory();
        let mut forgotten_at = None;
        for second in 0..=200_u32 {
            memory.done(&second.to_string(), i64::from(second));
            let (kept, all) = (memory.len(), second as usize + 1);
            assert!(kept >= all.min(161) && kept <= 171, "second {second}: {kept}");
            assert!(memory.done.old.iter().all(|part| part.ids.len() <= 11), "second {second}");
            if kept < all {
                forgotten_at = forgotten_at.or(Some(second));
            }
        }
        assert_eq!(forgotten_at, Some(170), "ten seconds, a sixteenth, after the first of its part");
        assert_eq!(memory.forgotten_early(), 0);
    }

    #[test]
    fn the_oldest_is_forgotten_for_want_of_room_and_counted_and_what_is_in_progress_last() {
        let (bytes, now) = (64 * 1024, Timestamp::from(0));
        let mut memory = memory().with_memory(bytes);
        assert!(matches!(memory.claim("in progress", now), Claim::New(_)));
        for number in 0..10_000 {
            memory.done(&number.to_string(), now);
        }
        let kept = memory.len() - 1;
        assert!(kept > bytes / 20, "{kept}");
        assert_eq!(memory.forgotten_early(), 10_000 - kept as u64);
        assert_eq!(memory.claim("in progress", now), Claim::InProgress);
        for number in 10_000 - kept..10_000 {
            assert_eq!(memory.claim(&number.to_string(), now), Claim::Done, "{number}");
        }
        // Claims that nobody ends take the room of what is done, and then of each other.
        let tokens: Vec<_> = (0..1_000).map(|number| memory.claim(&format!("stuck {number}"), now)).collect();
        assert!(tokens.iter().all(|claim| matches!(claim, Claim::New(_))));
        assert!(memory.done.young.is_empty() && memory.done.old.is_empty());
        assert_eq!(memory.len(), bytes / CLAIM_BYTES);
        assert_eq!(memory.forgotten_early(), 10_000 + 1 + 1_000 - memory.len() as u64);
        assert_eq!(memory.claim("stuck 999", now), Claim::InProgress);
    }

    #[test]
    fn the_default_holds_what_the_docs_say_in_the_bytes_that_they_say() {
        // A 256th of both, because it is the same at any size.
        let (ids, bytes) = (3_500_000_u32 / 256, 64 * 1024 * 1024 / 256);
        let mut memory = InMemoryDedup::new().with_memory(bytes);
        let mut kept = 0;
        let counted = measure(|| {
            for number in 0..ids + ids / 4 {
                // A hundred a second.
                memory.done(&number.to_string(), i64::from(number / 100));
                if number == ids {
                    assert_eq!(memory.forgotten_early(), 0);
                }
            }
            kept = memory.len();
        });
        assert!(counted.bytes_max <= bytes as u64, "{}", counted.bytes_max);
        assert!(kept >= ids as usize, "{kept}");
        assert_eq!(memory.forgotten_early(), u64::from(ids + ids / 4) - kept as u64);
    }

    #[test]
    fn memory_is_bounded_whatever_happens() {
        for bytes in [0, 1, 1_000, 10_000] {
            let mut memory = memory().with_memory(bytes);
            let counted = measure(|| {
                for round in 0..2_000_i64 {
                    let now = Timestamp::from(round / 7);
                    if let Claim::New(token) = memory.claim("a", now) {
                        memory.release("a", token);
                    }
                    let id = round.to_string();
                    memory.claim(&id, now);
                    memory.claim(&format!("{id} is stuck"), now);
                    memory.done(&id, now);
                    assert!(memory.bytes() <= bytes);
                }
            });
            // What little there is besides the ids: nodes of trees, and the list of the parts.
            assert!(counted.bytes_max <= bytes as u64 + 4_096, "{bytes}: {}", counted.bytes_max);
        }
    }
}
