//! The timer, the clocks and the random bits.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use customerio_core::Transport;

use super::{
    outcome::Outcome,
    sending::{in_time, pause},
};

const SHORT: Duration = Duration::from_millis(50);

/// What a timer may be early by, as some count whole milliseconds.
const GRAIN: Duration = Duration::from_millis(5);

/// What a machine under load may be late by.
const LATE: Duration = Duration::from_secs(2);

pub(super) async fn sleep_lasts(transport: &dyn Transport) -> Outcome {
    for duration in [Duration::ZERO, SHORT] {
        let started = Instant::now();
        in_time(transport.sleep(duration)).await?;
        let took = started.elapsed();
        if took + GRAIN < duration || took > duration + LATE {
            return Err(format!("a sleep of {duration:?} took {took:?}").into());
        }
    }
    Ok(())
}

pub(super) async fn monotonic_goes_on(transport: &dyn Transport) -> Outcome {
    let first = transport.now().monotonic;
    let mut last = first;
    for _ in 0..1000 {
        let now = transport.now().monotonic;
        if now < last {
            return Err(format!("it went back from {last:?} to {now:?}").into());
        }
        last = now;
    }
    pause(SHORT).await;
    let passed = transport.now().monotonic.saturating_sub(first);
    if passed + GRAIN < SHORT || passed > SHORT + LATE {
        return Err(format!("{SHORT:?} were {passed:?}").into());
    }
    Ok(())
}

pub(super) fn random_differs(transport: &dyn Transport) -> Outcome {
    let found: BTreeSet<_> = (0..1000).map(|_| transport.now().random).collect();
    if found.len() < 1000 {
        return Err(format!("1000 moments have {} different ones", found.len()).into());
    }
    Ok(())
}

pub(super) fn since_epoch_is_right(transport: &dyn Transport) -> Outcome {
    let (ours, found) = (SystemTime::now().duration_since(UNIX_EPOCH)?, transport.now().since_epoch);
    if ours.abs_diff(found) > Duration::from_secs(60) {
        return Err(format!("it is {found:?}, and the system's clock says {ours:?}").into());
    }
    Ok(())
}
