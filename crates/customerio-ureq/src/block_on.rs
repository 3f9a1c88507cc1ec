//! Blocks the thread: for a future, and for a time.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// Wakes a thread that is parked.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls the future until it is ready. Over a transport that blocks, that is once.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (mut future, mut context) = (pin!(future), Context::from_waker(&waker));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Blocks the thread this long, or until it is unparked, as [`block_on`] does when something else is ready that is
/// waited for as well. Then it is pending, and blocks again when it is polled again.
pub(crate) async fn sleep(duration: Duration) {
    let started = Instant::now();
    poll_fn(|context| {
        let left = || duration.saturating_sub(started.elapsed());
        if !left().is_zero() {
            thread::park_timeout(left());
        }
        if left().is_zero() {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_sleep_lasts_as_long_as_it_should_whoever_unparks_the_thread() {
        let (started, duration) = (Instant::now(), Duration::from_millis(30));
        let sleeper = thread::current();
        let unparks = thread::spawn(move || (0..5).for_each(|_| sleeper.unpark()));
        block_on(sleep(duration));
        assert!(started.elapsed() >= duration);
        unparks.join().unwrap();
        block_on(sleep(Duration::ZERO));
    }

    #[test]
    fn a_sleep_gives_way_to_what_is_ready_before() {
        let is_ready = Arc::new(AtomicBool::new(false));
        let mut sleep = pin!(sleep(Duration::MAX));
        let mut starts = Some(is_ready.clone());
        block_on(poll_fn(|context| {
            if is_ready.load(Ordering::SeqCst) {
                return Poll::Ready(());
            }
            if let Some(is_ready) = starts.take() {
                let waker = context.waker().clone();
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(5));
                    is_ready.store(true, Ordering::SeqCst);
                    waker.wake();
                });
            }
            sleep.as_mut().poll(context)
        }));
        assert!(is_ready.load(Ordering::SeqCst));
    }

    #[test]
    fn a_future_that_is_not_ready_is_polled_again_when_it_is_woken() {
        let mut polls = 0;
        let output = block_on(poll_fn(|context| {
            polls += 1;
            let waker = context.waker().clone();
            match polls {
                1 => waker.wake_by_ref(),
                2 => drop(thread::spawn(move || {
                    thread::sleep(Duration::from_millis(10));
                    waker.wake();
                })),
                _ => return Poll::Ready(polls),
            }
            Poll::Pending
        }));
        assert!(output >= 3);
    }
}
