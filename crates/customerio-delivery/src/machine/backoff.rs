//! How long to wait after a failure.

use std::time::Duration;

/// The first wait is at most this long.
const BASE: Duration = Duration::from_secs(1);

/// No wait is longer, unless the server asks for it.
pub(crate) const CAP: Duration = Duration::from_secs(300);

/// The longest wait that a server can ask for: what is longer is asked again.
const LONGEST: Duration = Duration::from_secs(3600);

/// A random wait that doubles with each failure in a row, on top of what the server asked for at `least`.
pub(crate) fn wait(failures: u32, least: Duration, random: u128) -> Duration {
    let bound = BASE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(CAP);
    let nanos = u64::try_from(random % (bound.as_nanos() + 1)).unwrap_or(u64::MAX);
    least.min(LONGEST).saturating_add(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_are_never_shorter_than_the_server_asks_for() {
        let longest = |failures| {
            let random = (0..1_000_u128).map(|part| part * 300_000_001);
            random.map(|random| wait(failures, Duration::ZERO, random)).max().unwrap()
        };
        for (failures, bound) in [(1, 1), (2, 2), (4, 8), (30, 300), (u32::MAX, 300)] {
            let (bound, longest) = (Duration::from_secs(bound), longest(failures));
            assert!(longest <= bound && longest > bound / 2, "{failures}: {longest:?}");
        }
        assert_eq!(wait(1, Duration::from_secs(60), 0), Duration::from_secs(60));
        assert_eq!(wait(1, Duration::MAX, 0), LONGEST);
    }
}
