//! Bodies as they come: how much of them is held, for how long, and how what nobody needs is passed over.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

use crate::server::connections::{Seat, Waiting};

/// Most bytes of a body that are held without a share of what all may hold: most bodies are smaller.
const MOST_ALONE: usize = 64 * 1024;

/// Most bytes that larger bodies hold together while they come, in units of [`UNIT`].
const MOST_TOGETHER: usize = 64 * 1024;

const UNIT: usize = 1_024;

/// How long a body may take, and a wait for a share of what all may hold.
const WHOLE: Duration = Duration::from_secs(30);

/// How long a client that sends a body may say nothing.
const SILENCE: Duration = Duration::from_secs(10);

/// Most bytes of a body that are passed over: a client that sends all before it reads anything gets its response.
const MOST_PASSED_OVER: usize = 32 * 1024 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It has more bytes than it may.
    TooLong,
    /// The client took too long.
    TooSlow,
    /// Other bodies hold as much as all may.
    NoRoom,
    /// It broke off.
    Broken,
}

impl Unread {
    /// Whether the client may still be sending it.
    pub(crate) const fn leaves_more(self) -> bool {
        matches!(self, Self::TooLong | Self::NoRoom)
    }
}

/// What all bodies hold while they come.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_TOGETHER)))
    }
}

impl Room {
    async fn share(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Unread> {
        let units = u32::try_from(bytes.div_ceil(UNIT).min(MOST_TOGETHER)).unwrap_or(u32::MAX);
        let share = timeout(WHOLE, self.0.clone().acquire_many_owned(units)).await;
        share.ok().and_then(Result::ok).ok_or(Unread::NoRoom)
    }
}

/// A body that has come, with its share of what all may hold.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn read(body: &mut Incoming, most: usize, room: &Room, seat: &Seat) -> Result<Read, Unread> {
    // Unless it is chunked, it is known how long it will be.
    let said = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    let (mut bytes, mut share) = (Vec::with_capacity(said.unwrap_or(0).min(MOST_ALONE)), None);
    let mut end = Instant::now() + WHOLE;
    loop {
        seat.wait_for(Waiting::Body);
        let next = timeout_at(end.min(Instant::now() + SILENCE), body.frame()).await;
        seat.wait_for(Waiting::Response);
        let Some(frame) = next.map_err(|_| Unread::TooSlow)? else { break };
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if bytes.len() + data.len() > most {
            return Err(Unread::TooLong);
        }
        if bytes.len() + data.len() > MOST_ALONE && share.is_none() {
            // All at once: with a part each, several could wait for each other.
            let all = said.unwrap_or(most).max(bytes.len() + data.len());
            let asked = Instant::now();
            seat.wait_for(Waiting::Body);
            share = Some(room.share(all).await?);
            seat.wait_for(Waiting::Response);
            end += asked.elapsed();
            bytes.reserve_exact(all - bytes.len());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Read { bytes: bytes.into(), _share: share })
}

/// Takes what is left of a body and keeps nothing of it, while the response is on its way: a connection that is closed
/// with unread data can lose the response.
pub(crate) async fn pass_over(mut body: Incoming, seat: Arc<Seat>) {
    let mut left = MOST_PASSED_OVER;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
    seat.wait_after(Waiting::Rest, Waiting::Idle);
}
