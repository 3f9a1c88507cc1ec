//! Waits for a future on the spot.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
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

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use super::*;

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
