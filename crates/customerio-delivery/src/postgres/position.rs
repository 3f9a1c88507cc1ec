//! How far the calls of a stream were given to the sender.

use std::time::{Duration, Instant};

/// How often a look goes over everything: see [`Position`].
const WHOLE: Duration = Duration::from_secs(60);

/// How often a look takes the id of a transaction at most: there are but two billion at a time.
const ADVANCES: Duration = Duration::from_millis(250);

/// How far the calls of a stream were given to the sender, so that a look need go over neither those that it holds nor what
/// was deleted: while somebody holds a snapshot, that cannot be vacuumed, and takes as long as if it were there.
///
/// A transaction has an id, then gets a number, and is visible later still. So below a number there is nothing more to come
/// when all transactions are over that had an id when it was known that numbers had come so far. The order of the columns in
/// the table sees to it that the id is the first; should a later PostgreSQL compute them in another order, or should the
/// table be made anew by hand, everything is looked at once a minute.
#[derive(Debug, Default)]
pub(super) struct Position {
    /// Everything up to that number was given to the sender, and nothing will come there.
    given_through: i64,
    /// What was committed up to that number is visible.
    visible_through: i64,
    next: Next,
    whole_at: Option<Instant>,
    advance_at: Option<Instant>,
    /// The connection that it was known by. Another may be to a server that lost something.
    connection: u64,
    /// Which sender this is, of those that there were: another has been given nothing yet.
    sender: u64,
    /// How many bytes a call had, of those that were given last.
    pub(super) expected: Option<usize>,
}

/// What is to be known next.
#[derive(Debug, Default)]
enum Next {
    #[default]
    Nothing,
    /// Numbers had come so far.
    Given { through: i64 },
    /// And every transaction that had one of them is below that.
    Bounded { through: i64, transactions: i64 },
}

/// A look at a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// Behind which number.
    pub(super) after: i64,
    /// Whether it asks how far others have come.
    pub(super) has_horizon: bool,
    /// Whether it takes the id of a transaction.
    pub(super) has_id: bool,
    /// For which sender it is.
    pub(super) sender: u64,
}

/// What a look saw besides calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Horizon {
    /// Every transaction below was over.
    pub(super) over: i64,
    /// The id of its own transaction, if it took one: those that had theirs before have lower ones.
    pub(super) own: Option<i64>,
    /// The last number that was given, a moment later.
    pub(super) last: i64,
}

impl Position {
    /// Where to look.
    pub(super) fn begin(&mut self, is_new: bool, connection: u64, now: Instant) -> Look {
        if is_new || connection != self.connection {
            let (sender, expected) = (self.sender + 1, self.expected);
            *self = Self { connection, sender, expected, ..Self::default() };
        }
        if self.whole_at.is_none_or(|at| now >= at) {
            self.whole_at = Some(now + WHOLE);
            self.given_through = 0;
        }
        let has_id = matches!(self.next, Next::Given { .. }) && self.advance_at.is_none_or(|at| now >= at);
        if has_id {
            self.advance_at = Some(now + ADVANCES);
        }
        // Below what is visible for sure nothing more needs to be known, and to ask costs as much as 200 calls.
        let has_horizon = !matches!(self.next, Next::Nothing) || self.given_through >= self.visible_through;
        Look { after: self.given_through, has_horizon, has_id, sender: self.sender }
    }

    /// A look has ended, and the last call that it gives is that one: all before it are given, and there may be more behind.
    pub(super) fn looked(&mut self, look: Look, horizon: Option<Horizon>, last: Option<i64>) {
        if look.sender != self.sender {
            return;
        }
        if let Some(horizon) = horizon {
            self.advance(horizon);
        }
        let through = last.map_or(self.visible_through, |last| self.visible_through.min(last));
        self.given_through = self.given_through.max(through);
    }

    fn advance(&mut self, Horizon { over, own, last }: Horizon) {
        if let Next::Bounded { through, transactions } = self.next
            && over >= transactions
        {
            self.visible_through = through;
            self.next = Next::Nothing;
        }
        match (&self.next, own) {
            (Next::Nothing, _) if last > self.visible_through => self.next = Next::Given { through: last },
            (Next::Given { through }, Some(own)) => {
                self.next = Next::Bounded { through: *through, transactions: own };
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A look that sees this of other transactions, and gives calls up to that one.
    fn look(position: &mut Position, now: Instant, seen: (i64, i64, i64), gives: Option<i64>) -> (i64, bool) {
        let look = position.begin(false, 0, now);
        let (over, own, last) = seen;
        position.looked(look, Some(Horizon { over, own: look.has_id.then_some(own), last }), gives);
        (look.after, look.has_id)
    }

    #[test]
    fn what_a_transaction_may_still_bring_is_not_passed() {
        let (mut position, now) = (Position::default(), Instant::now());
        assert_eq!(look(&mut position, now, (10, 12, 5), Some(5)), (0, false));
        // Transactions 10 to 13 may have numbers up to 5.
        assert_eq!(look(&mut position, now, (10, 14, 7), Some(7)), (0, true));
        assert_eq!(look(&mut position, now, (12, 15, 8), None).0, 0);
        assert_eq!(look(&mut position, now, (14, 16, 9), Some(3)).0, 0, "13 may have brought one");
        assert_eq!(
            look(&mut position, now, (14, 16, 9), Some(4)).0,
            3,
            "they are over, but 4 and 5 were not given yet"
        );
        assert_eq!(look(&mut position, now, (14, 16, 9), Some(9)).0, 4);
        assert_eq!(look(&mut position, now, (14, 16, 9), None).0, 5, "more may come behind 5");
    }

    #[test]
    fn ids_of_transactions_are_taken_where_that_helps_and_not_too_often() {
        let (mut position, now) = (Position::default(), Instant::now());
        let taken =
            |position: &mut Position, now, last| (0..10).filter(|_| look(position, now, (9, 9, last), None).1).count();
        assert_eq!(taken(&mut position, now, 5), 1);
        assert_eq!(taken(&mut position, now, 6), 0);
        assert_eq!(taken(&mut position, now + ADVANCES, 6), 1);
        assert_eq!(taken(&mut position, now + 2 * ADVANCES, 6), 0, "there is nothing new");
    }

    #[test]
    fn the_horizon_is_not_asked_for_while_there_is_more_below_it() {
        let (mut position, now) = (Position::default(), Instant::now());
        assert!(position.begin(false, 0, now).has_horizon);
        for _ in 0..3 {
            let _ = look(&mut position, now, (9, 9, 5), Some(2));
        }
        let look = position.begin(false, 0, now);
        assert_eq!((look.after, look.has_horizon), (2, false));
        position.looked(look, None, Some(4));
        let look = position.begin(false, 0, now);
        assert_eq!((look.after, look.has_horizon), (4, false));
        // One of these was not visible yet when it was known that numbers had come to 5.
        position.looked(look, None, Some(7));
        let look = position.begin(false, 0, now);
        assert_eq!((look.after, look.has_horizon), (5, true));
    }

    #[test]
    fn everything_is_looked_at_for_a_new_sender_on_a_new_connection_and_each_minute() {
        let (mut position, now) = (Position::default(), Instant::now());
        let settle = |position: &mut Position| {
            position.advance_at = None;
            for _ in 0..3 {
                let _ = look(position, now, (9, 9, 5), None);
            }
        };
        settle(&mut position);
        assert_eq!((position.begin(false, 0, now).after, position.begin(true, 0, now).after), (5, 0));
        settle(&mut position);
        assert_eq!((position.begin(false, 0, now).after, position.begin(false, 1, now).after), (5, 0));
        position.connection = 0;
        settle(&mut position);
        assert_eq!((position.begin(false, 0, now).after, position.begin(false, 0, now + WHOLE).after), (5, 0));
    }

    #[test]
    fn what_was_given_to_the_last_sender_was_not_given_to_this_one() {
        let (mut position, now) = (Position::default(), Instant::now());
        for _ in 0..2 {
            let _ = look(&mut position, now, (9, 9, 5), Some(5));
        }
        let last = position.begin(false, 0, now);
        let new = position.begin(true, 0, now);
        position.looked(new, Some(Horizon { over: 9, own: None, last: 5 }), None);
        // It was begun before, and comes late.
        position.looked(last, Some(Horizon { over: 9, own: Some(9), last: 5 }), Some(5));
        assert_eq!(position.begin(false, 0, now).after, 0);
    }
}
