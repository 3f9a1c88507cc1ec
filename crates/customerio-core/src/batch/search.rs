//! Finds the items at fault in a batch that the server rejected as a whole.
//!
//! By halving, in the order of the items, one request after the other:
//!
//! - Some first items are rejected: one of them is at fault, and the first half of them is next. The items after them
//!   are sent later and together, not half by half.
//! - They are accepted, and one of a larger part was at fault: it is in the rest of that part, whose first half is next.
//! - An item that was alone is rejected: it is one at fault. Of the items behind it nothing is known. How many of them are
//!   next follows what was found: a quarter as many after each item at fault, twice as many after each acceptance.
//!
//! So a batch of n items, k of them at fault, takes at most 2·n requests, and at most k·(log₂ n + 5), with the one that was
//! rejected first. No item counts as at fault unless it was alone in a request.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;

use super::{Batch, EncodedBatch};
use crate::{Error, Replay};

/// What is known about the first items of those that are left.
#[derive(Clone, Copy, Debug)]
enum Known {
    /// Nothing: they may all be good.
    Nothing,
    /// One of this many is at fault.
    AtFault(usize),
    /// This many are too large together: either one is at fault, or there are too many of them.
    TooLarge(usize),
}

/// A batch that was rejected as a whole, and that is sent in parts.
pub(super) struct Search<T> {
    /// The items that have not ended, in their order: with those of the part that is under way.
    jsons: VecDeque<Bytes>,
    /// Their tags: without those of the part that is under way.
    tags: VecDeque<T>,
    shared: Box<[u8]>,
    replay: Replay,
    /// The length of the batch.
    bytes: usize,
    known: Known,
    /// How many are next where nothing is known.
    next: usize,
    /// Why the batch was rejected as a whole.
    error: Arc<Error>,
}

impl<T> Search<T> {
    /// Of a batch of at least two items that was rejected as a whole; `too_large`, because of its size.
    pub(super) fn new<B: Batch>(batch: EncodedBatch<B, T>, error: Error, too_large: bool) -> Self {
        let (count, bytes, shared, replay) = (batch.len(), batch.body().len(), batch.shared().into(), batch.replay());
        let (tags, jsons) = batch.into_items().unzip();
        let known = Known::of(count, too_large);
        Self { jsons, tags, shared, replay, bytes, known, next: count, error: Arc::new(error) }
    }

    /// The part to send next, unless all have ended. Report its result with one of [`accepted`](Self::accepted),
    /// [`rejected`](Self::rejected), [`found`](Self::found) and [`lost`](Self::lost).
    pub(super) fn part<B: Batch>(&mut self) -> Option<EncodedBatch<B, T>> {
        let count = match self.known {
            Known::Nothing => self.next.min(self.tags.len()),
            Known::AtFault(count) | Known::TooLarge(count) => (count / 2).max(1),
        };
        let items = self.tags.drain(..count).zip(self.jsons.iter());
        (count > 0).then(|| EncodedBatch::part(items, &self.shared, self.replay, self.bytes))
    }

    /// The part, of `count` items, was accepted.
    pub(super) fn accepted(&mut self, count: usize) {
        self.jsons.drain(..count);
        self.known = match self.known {
            Known::AtFault(of) if of > count => Known::AtFault(of - count),
            Known::AtFault(_) => Known::Nothing,
            Known::TooLarge(_) => {
                self.next = count;
                Known::Nothing
            }
            Known::Nothing => {
                self.next = 2 * count;
                Known::Nothing
            }
        };
    }

    /// The part, of at least two items, was rejected as a whole.
    pub(super) fn rejected<B: Batch>(&mut self, part: EncodedBatch<B, T>, too_large: bool) {
        self.known = Known::of(part.len(), too_large);
        for (tag, _) in part.into_items().rev() {
            self.tags.push_front(tag);
        }
    }

    /// The part, of one item, was rejected.
    pub(super) fn found(&mut self) {
        self.lost(1);
        self.next = (self.next / 4).max(1);
    }

    /// The part, of `count` items, ended in a way that says nothing about the others.
    pub(super) fn lost(&mut self, count: usize) {
        self.jsons.drain(..count);
        self.known = Known::Nothing;
    }

    /// The items that have not ended, while no part is under way, and why their batch was rejected as a whole.
    pub(super) fn into_rest(self) -> (impl Iterator<Item = (T, Bytes)>, Arc<Error>) {
        (self.tags.into_iter().zip(self.jsons), self.error)
    }
}

impl Known {
    const fn of(count: usize, too_large: bool) -> Self {
        if too_large { Self::TooLarge(count) } else { Self::AtFault(count) }
    }
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{Moment, TrackBatch, batch::BatchBuilder, parse, pipelines, track::v2::person::Identify};

    fn error() -> Error {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
        parse::<Identify>(response).unwrap_err()
    }

    fn batch(count: usize) -> EncodedBatch<TrackBatch, usize> {
        let now = Moment { monotonic: std::time::Duration::ZERO, since_epoch: std::time::Duration::ZERO, random: 1 };
        let mut builder = BatchBuilder::new();
        for number in 0..count {
            let item = crate::Item::new(Identify::new(number as u64 + 1), &now, &crate::Limits::default()).unwrap();
            assert!(builder.push(number, item).unwrap().is_none());
        }
        builder.finish().unwrap()
    }

    /// The requests that it takes to find those at fault at a server that takes at most this many items, including the
    /// first.
    fn requests(at_fault: &[bool], most: usize) -> usize {
        let whole = batch(at_fault.len());
        let jsons: Vec<_> = (0..whole.len()).map(|index| whole.json(index).unwrap().to_vec()).collect();
        let rejects = |tags: &[usize]| tags.len() > most || tags.iter().any(|tag| at_fault[*tag]);
        let mut requests = 1;
        if whole.len() == 1 || !rejects(whole.tags()) {
            return requests;
        }
        let mut search = Search::new(whole, error(), at_fault.len() > most);
        let mut ended = Vec::new();
        while let Some(part) = search.part::<TrackBatch>() {
            requests += 1;
            assert_eq!(part.tags()[0], ended.len(), "in their order, each once");
            for (index, tag) in part.tags().iter().enumerate() {
                assert_eq!(part.json(index).unwrap(), jsons[*tag]);
            }
            match (rejects(part.tags()), part.len()) {
                (false, count) => {
                    ended.extend(part.tags().iter().map(|_| false));
                    search.accepted(count);
                }
                (true, 1) => {
                    ended.push(true);
                    search.found();
                }
                (true, count) => search.rejected(part, count > most),
            }
        }
        assert_eq!(ended, at_fault);
        requests
    }

    fn log2(count: usize) -> usize {
        count.next_power_of_two().ilog2() as usize
    }

    #[test]
    fn every_pattern_is_found_within_the_bounds() {
        for count in 1..=10 {
            for pattern in 0..1_u32 << count {
                let at_fault: Vec<_> = (0..count).map(|bit| pattern & 1 << bit != 0).collect();
                let (took, found) = (requests(&at_fault, count), pattern.count_ones() as usize);
                assert!(took <= 2 * count && took <= (found * (log2(count) + 5)).max(1), "{took} for {at_fault:?}");
            }
        }
    }

    #[test]
    fn a_full_batch_takes_few_requests() {
        let count = 4_096;
        let one = |at: usize| requests(&(0..count).map(|index| index == at).collect::<Vec<_>>(), count);
        assert_eq!([0, 1, 1_000, 2_047, 2_048, 4_095].map(one), [16, 17, 16, 16, 15, 14]);
        let each = |is: fn(usize) -> bool| requests(&(0..count).map(is).collect::<Vec<_>>(), count);
        assert_eq!(each(|_| true), 4_138);
        assert_eq!(each(|index| index % 2 == 0), 6_180);
        assert_eq!(each(|index| index < 2_048), 2_102);
        assert_eq!(each(|index| index % 1_000 == 500), 53);
    }

    #[test]
    fn where_only_the_size_is_at_fault_parts_of_that_size_are_sent() {
        for (most, expected) in [(2_048, 3), (1_000, 14), (512, 14)] {
            assert_eq!(requests(&[false; 4_096], most), expected, "{most}");
        }
        // And an item besides.
        assert_eq!(requests(&(0..4_096).map(|index| index == 700).collect::<Vec<_>>(), 2_048), 16);
    }

    #[test]
    fn what_is_lost_says_nothing_of_the_others() {
        let mut search = Search::new(batch(8), error(), false);
        let lost = search.part::<TrackBatch>().unwrap();
        assert_eq!(lost.tags(), [0, 1, 2, 3]);
        search.lost(4);
        assert_eq!(search.part::<TrackBatch>().unwrap().tags(), [4, 5, 6, 7], "they may all be good");
    }

    #[test]
    fn a_part_has_what_the_items_of_the_batch_share() {
        let now = Moment { monotonic: std::time::Duration::ZERO, since_epoch: std::time::Duration::ZERO, random: 1 };
        let mut builder = BatchBuilder::new();
        for number in 0..2 {
            let track = pipelines::Track::new("1", "visit").with_integrations([("All", false)]);
            builder.push(number, crate::Item::new(track, &now, &crate::Limits::default()).unwrap()).unwrap();
        }
        let whole = builder.finish().unwrap();
        let (body, replay) = (String::from_utf8(whole.body().to_vec()).unwrap(), whole.replay());
        let shared = body.rsplit_once(']').unwrap().1.to_owned();
        assert!(shared.contains("integrations"), "{body}");
        let part = Search::new(whole, error(), false).part::<crate::PipelinesBatch>().unwrap();
        assert!(part.body().ends_with(shared.as_bytes()), "{:?}", part.body());
        assert_eq!((part.len(), part.replay()), (1, replay));
    }

    #[test]
    fn a_server_that_accepts_each_part_of_what_it_rejected_ends_it() {
        let mut search = Search::new(batch(4), error(), false);
        for expected in [[0, 1].as_slice(), &[2], &[3]] {
            let part = search.part::<TrackBatch>().unwrap();
            assert_eq!(part.tags(), expected);
            search.accepted(part.len());
        }
        assert!(search.part::<TrackBatch>().is_none());
    }

    #[test]
    fn what_is_left_comes_out_with_the_error_of_the_whole() {
        let mut search = Search::new(batch(4), error(), false);
        let part = search.part::<TrackBatch>().unwrap();
        search.rejected(part, false);
        let part = search.part::<TrackBatch>().unwrap();
        assert_eq!(part.tags(), [0]);
        search.found();
        let (rest, error) = search.into_rest();
        let rest: Vec<_> = rest.collect();
        assert_eq!(rest.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(rest[0].1, batch(4).json(1).unwrap());
        assert_eq!(error.status().unwrap(), 400);
    }
}
