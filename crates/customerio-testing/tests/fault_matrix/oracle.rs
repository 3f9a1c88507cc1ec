//! Judges a call by what the server got alone: it knows neither the fault nor what was expected.

use std::fmt;

use customerio_testing::faults::{Fate, Record};

use crate::table::End;

/// What is seen of a call from both ends.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) repeatable: bool,
    /// Whether it deletes something.
    pub(crate) deletes: bool,
    /// What the SDK said; `None` where the call did not end.
    pub(crate) end: Option<End>,
    pub(crate) attempts: u32,
    pub(crate) record: Record,
    /// What arrived at another server, which a redirect named.
    pub(crate) elsewhere: usize,
}

/// What is wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Objection {
    /// Something was lost, and nobody was told.
    Lost(&'static str),
    /// Something was done twice that must not be, or could be.
    Doubled(&'static str),
    /// The SDK said what is not so.
    Untrue(&'static str),
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(why) => write!(f, "LOST: {why}"),
            Self::Doubled(why) => write!(f, "DOUBLED: {why}"),
            Self::Untrue(why) => write!(f, "UNTRUE: {why}"),
        }
    }
}

/// Each rule that the call breaks.
///
/// An arrival counts as done unless the server said that it was not: with a 429, or `REFUSED_STREAM`.
pub(crate) fn judge(seen: &Seen) -> Vec<Objection> {
    let arrivals = &seen.record.arrivals;
    let done = arrivals.iter().filter(|fate| !matches!(fate, Fate::Responded(429) | Fate::Refused)).count();
    let responded = |wanted: &dyn Fn(u16) -> bool| {
        arrivals.iter().any(|fate| matches!(fate, Fate::Responded(status) if wanted(*status)))
    };
    let accepted = responded(&|status| (200..300).contains(&status));
    let mut objections = Vec::new();
    match seen.end {
        None => objections.push(Objection::Lost("the call did not end")),
        // What is not there any more was deleted by an earlier attempt.
        Some(End::Delivered) if seen.deletes && seen.attempts > 1 && responded(&|status| status == 404) => {}
        Some(End::Delivered) if !accepted => {
            objections.push(Objection::Lost("delivered, and no response was a 2xx"));
        }
        Some(End::Delivered) if !responded(&|status| status != 207 && (200..300).contains(&status)) => {
            objections.push(Objection::Lost("delivered, and a part of it was refused"));
        }
        Some(End::NotSent) if done > 0 => objections.push(Objection::Untrue("not sent, and it arrived")),
        Some(End::Rejected(status)) if accepted && status != 207 => {
            objections.push(Objection::Untrue("rejected, and the response was a 2xx"));
        }
        Some(End::MaybeSent(Some(status))) if !responded(&|found| found == status) => {
            objections.push(Objection::Untrue("reports a status that no server wrote"));
        }
        Some(_) => {}
    }
    if !seen.repeatable && done > 1 {
        objections.push(Objection::Doubled("what must not be repeated arrived more than once"));
    }
    if arrivals.len() > seen.attempts as usize {
        objections.push(Objection::Doubled("it arrived more often than it was sent"));
    }
    if seen.elsewhere > 0 {
        objections.push(Objection::Untrue("a redirect was followed"));
    }
    objections
}

/// Wrong records, each of which it must object to, and right ones, to which it must not.
#[test]
fn the_oracle_objects_to_what_is_wrong() {
    use Fate::{NoResponse, Refused, Responded};
    let both = &[true, false][..];
    for (repeatable, end, attempts, arrivals, elsewhere, expected) in [
        (both, Some(End::Delivered), 1, &[Responded(200)][..], 0, &[][..]),
        (both, Some(End::Delivered), 2, &[Responded(429), Responded(204)], 0, &[]),
        (both, Some(End::Delivered), 2, &[Refused, Responded(200)], 0, &[]),
        (&[true], Some(End::Delivered), 3, &[NoResponse, Responded(503), Responded(200)], 0, &[]),
        (both, Some(End::Rejected(413)), 1, &[], 0, &[]),
        (both, Some(End::Rejected(207)), 1, &[Responded(207)], 0, &[]),
        (both, Some(End::NotSent), 3, &[Refused, Responded(429)], 0, &[]),
        (both, Some(End::MaybeSent(None)), 1, &[], 0, &[]),
        (both, Some(End::MaybeSent(Some(503))), 1, &[Responded(503)], 0, &[]),
        (both, None, 1, &[], 0, &["LOST: the call did not end"]),
        (both, Some(End::Delivered), 1, &[], 0, &["LOST: delivered, and no response was a 2xx"]),
        (both, Some(End::Delivered), 1, &[Responded(301)], 0, &["LOST: delivered, and no response was a 2xx"]),
        (both, Some(End::Delivered), 1, &[NoResponse], 0, &["LOST: delivered, and no response was a 2xx"]),
        (both, Some(End::Delivered), 1, &[Responded(207)], 0, &["LOST: delivered, and a part of it was refused"]),
        (both, Some(End::NotSent), 1, &[NoResponse], 0, &["UNTRUE: not sent, and it arrived"]),
        (both, Some(End::NotSent), 2, &[Refused, Responded(500)], 0, &["UNTRUE: not sent, and it arrived"]),
        (both, Some(End::Rejected(400)), 1, &[Responded(200)], 0, &["UNTRUE: rejected, and the response was a 2xx"]),
        (
            both,
            Some(End::MaybeSent(Some(503))),
            1,
            &[NoResponse],
            0,
            &["UNTRUE: reports a status that no server wrote"],
        ),
        (
            &[false],
            Some(End::Delivered),
            2,
            &[Responded(503), Responded(200)],
            0,
            &["DOUBLED: what must not be repeated arrived more than once"],
        ),
        (
            &[false],
            Some(End::MaybeSent(None)),
            2,
            &[NoResponse, NoResponse],
            0,
            &["DOUBLED: what must not be repeated arrived more than once"],
        ),
        (
            &[true],
            Some(End::Delivered),
            1,
            &[NoResponse, Responded(200)],
            0,
            &["DOUBLED: it arrived more often than it was sent"],
        ),
        (both, Some(End::Rejected(301)), 1, &[Responded(301)], 1, &["UNTRUE: a redirect was followed"]),
    ] {
        for &repeatable in repeatable {
            let mut record = Record::default();
            record.arrivals = arrivals.to_vec();
            let seen = Seen { repeatable, deletes: false, end, attempts, record, elsewhere };
            let objections: Vec<_> = judge(&seen).iter().map(Objection::to_string).collect();
            assert_eq!(objections, expected, "{seen:?}");
        }
    }
}

#[test]
fn a_deletion_is_done_where_a_later_attempt_finds_nothing() {
    let judge = |deletes, attempts, arrivals: &[Fate]| {
        let mut record = Record::default();
        record.arrivals = arrivals.to_vec();
        judge(&Seen { repeatable: true, deletes, end: Some(End::Delivered), attempts, record, elsewhere: 0 })
    };
    assert_eq!(judge(true, 2, &[Fate::NoResponse, Fate::Responded(404)]), []);
    assert_eq!(judge(true, 2, &[Fate::Responded(404)]), [], "the first was cut, and may have arrived");
    assert!(!judge(true, 1, &[Fate::Responded(404)]).is_empty());
    assert!(!judge(false, 2, &[Fate::NoResponse, Fate::Responded(404)]).is_empty());
}
