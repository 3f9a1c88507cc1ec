//! What tests print: figures for `benches/delivery`, and counts for `tests/matrix`.

use std::time::{Duration, Instant};

/// Prints a figure: its name, what was measured, and what else there is to say.
pub(crate) fn figure(name: &str, measured: f64, more: &str) {
    println!("figure\t{name}\t{measured}\t{more}");
}

/// Prints what was counted of calls through something: how often it was done, with how many calls, and how many of them
/// were lost, doubled, out of order and parked. What cannot be counted there is `None`.
pub(crate) fn counted(what: &str, times: u64, calls: u64, counts: [Option<u64>; 4]) {
    let counts = counts.map(|count| count.map_or_else(|| "–".to_owned(), |count| count.to_string()));
    println!("matrix\t{what}\t{times}\t{calls}\t{}", counts.join("\t"));
}

/// The median, of an odd number of rounds.
pub(crate) fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_unstable_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

/// The least and the most, as text.
pub(crate) fn range(rounds: &[f64], decimals: usize) -> String {
    let (least, most) = (rounds.iter().copied().fold(f64::MAX, f64::min), rounds.iter().copied().fold(0.0, f64::max));
    format!("rounds {least:.decimals$} to {most:.decimals$}")
}

/// How many there were in a second.
pub(crate) fn per_second(calls: u64, begun: Instant) -> f64 {
    float(calls) / begun.elapsed().as_secs_f64()
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "it is a figure")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}
