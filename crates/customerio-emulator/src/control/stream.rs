//! What changes in a workspace, as it changes: one stream of events for each who looks on.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::{future::pending, pin::pin, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, sleep, sleep_until},
};

use crate::{
    Emulator,
    control::{asked::Asked, info::counts_of, problem::Problem, sites},
    server::payload::Payload,
    store::changes::Change,
    workspaces::MOST_STREAMS,
};

/// The least time between two frames.
const PACE: Duration = Duration::from_millis(100);

/// How long nothing is sent at most: whoever is between could take the connection for dead.
const SILENCE: Duration = Duration::from_secs(15);

/// Most changes of a frame.
const MOST_CHANGES: usize = 200;

/// Opens a stream.
pub(crate) fn open(asked: &Asked) -> Result<Response<Payload>, Problem> {
    // A page of another origin cannot read it, and must not take a connection either.
    sites::check_origin(&asked.headers)?;
    let place = asked.workspaces.streams.clone().try_acquire_owned().map_err(|_| {
        let text = format!("there are {MOST_STREAMS} streams, and no more; close one, or ask without a stream");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, text)
    })?;
    let seen = match last_seen(&asked.headers) {
        None => asked.parameter("after").map(str::parse).transpose(),
        seen => Ok(seen),
    };
    let seen = seen.map_err(|_| Problem::bad("after must be a whole number"))?;
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(follow(asked.emulator.clone(), seen, sender, place));
    let mut response = Response::new(Payload::endless(pieces));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// The last frame that a client has seen. One that was never sent is as one that is no longer known.
fn last_seen(headers: &HeaderMap) -> Option<u64> {
    let id = headers.get("last-event-id")?;
    Some(id.to_str().ok().and_then(|id| id.parse().ok()).unwrap_or(u64::MAX))
}

/// Sends a frame at once, and then whenever something has changed, until nobody listens any more. A frame is made when there
/// is room for it: who reads slowly gets fewer.
async fn follow(emulator: Emulator, mut seen: Option<u64>, sender: mpsc::Sender<Bytes>, _place: OwnedSemaphorePermit) {
    let mut changed = emulator.changed.subscribe();
    let mut first = true;
    loop {
        let Ok(room) = sender.reserve().await else { return };
        changed.borrow_and_update();
        room.send(frame(&emulator, &mut seen, first));
        first = false;
        // Kept over comment lines: a change that it has seen is not seen again.
        let mut waited = pin!(waited(&mut changed, Instant::now() + PACE));
        loop {
            tokio::select! {
                () = sender.closed() => return,
                () = &mut waited => break,
                () = sleep(SILENCE) => {}
            }
            let Ok(room) = sender.reserve().await else { return };
            room.send(Bytes::from_static(b":\n\n"));
        }
    }
}

/// Waits for a change, and at least until a time.
async fn waited(changed: &mut tokio::sync::watch::Receiver<u64>, next: Instant) {
    if changed.changed().await.is_err() {
        pending::<()>().await;
    }
    sleep_until(next).await;
}

/// What has changed since a client has seen something, or how much of it there is.
fn frame(emulator: &Emulator, seen: &mut Option<u64>, is_first: bool) -> Bytes {
    let state = emulator.state();
    let (seq, counts) = (state.sequence.last(), counts_of(&state));
    let since = seen.replace(seq).unwrap_or(seq);
    let missed = || usize::try_from(seq.checked_sub(since).unwrap_or(seq)).unwrap_or(usize::MAX);
    let (changes, behind): (Vec<Change>, _) =
        match Some(&state.changes).filter(|_| since <= seq).and_then(|changes| changes.after(since)) {
            Some(changes) if changes.len() <= MOST_CHANGES => (changes.cloned().collect(), None),
            Some(changes) => (Vec::new(), Some(changes.len())),
            None => (Vec::new(), Some(missed())),
        };
    drop(state);
    let mut data = json!({"seq": seq, "changes": changes.iter().map(shown).collect::<Vec<_>>(), "counts": counts});
    if let Some(behind) = behind {
        data["behind"] = behind.into();
    }
    let retry = if is_first { "retry: 1000\n" } else { "" };
    format!("{retry}id: {seq}\nevent: changes\ndata: {data}\n\n").into()
}

fn shown(Change { seq, effect }: &Change) -> Value {
    json!({"kind": effect.kind, "seq": seq, "id": effect.id, "action": effect.action.name()})
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{sync::Semaphore, task::JoinHandle};

    use super::*;
    use crate::testing::{accept, emulator};

    fn followed(emulator: &Emulator, seen: Option<u64>) -> (mpsc::Receiver<Bytes>, Arc<Semaphore>, JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(1));
        let place = places.clone().try_acquire_owned().unwrap();
        let task = tokio::spawn(follow(emulator.clone(), seen, sender, place));
        (receiver, places, task)
    }

    fn data(frame: &Bytes) -> Value {
        let text = std::str::from_utf8(frame).unwrap();
        serde_json::from_str(text.split_once("data: ").unwrap().1.trim_end()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_has_comments_and_a_busy_one_ten_frames_a_second() {
        let emulator = emulator();
        let (mut frames, places, task) = followed(&emulator, None);
        let first = frames.recv().await.unwrap();
        assert!(first.starts_with(b"retry: 1000\nid: 0\nevent: changes\n"), "{first:?}");
        assert_eq!((&data(&first)["changes"], &data(&first)["counts"]["people"]), (&json!([]), &json!(0)));
        let started = Instant::now();
        assert_eq!(frames.recv().await.unwrap(), ":\n\n");
        assert_eq!(started.elapsed().as_secs(), 15);

        let (started, mut count) = (Instant::now(), 0);
        while started.elapsed() < Duration::from_secs(2) {
            accept(&emulator, "PUT /api/v1/customers/1", &json!({}));
            sleep(Duration::from_millis(1)).await;
            count += usize::from(frames.try_recv().is_ok());
        }
        assert!((15..=21).contains(&count), "{count}");
        drop(frames);
        task.await.unwrap();
        assert_eq!(places.available_permits(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_gets_what_counts() {
        let emulator = emulator();
        let (mut frames, ..) = followed(&emulator, None);
        for _ in 0..1_000 {
            accept(&emulator, "PUT /api/v1/customers/1", &json!({}));
            sleep(Duration::from_millis(10)).await;
        }
        // One was waiting, and what comes then is of now.
        let first = data(&frames.recv().await.unwrap());
        assert!(first["seq"].as_u64().unwrap() < 5, "{first}");
        let second = data(&frames.recv().await.unwrap());
        assert!(second["behind"].as_u64().unwrap() > 900 && second["changes"] == json!([]), "{second}");
        assert_eq!(second["counts"]["requests"], 1_000);
        assert!(frames.try_recv().is_err());
    }

    #[test]
    fn what_is_no_longer_known_is_said() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/1", &json!({}));
        let of = |seen: u64| data(&frame(&emulator, &mut Some(seen), false));
        assert_eq!(of(0)["changes"][0], json!({"kind": "people", "seq": 1, "id": "030000000001", "action": "created"}));
        assert_eq!((of(0)["changes"].as_array().unwrap().len(), of(0).get("behind").cloned()), (2, None));
        assert_eq!(of(1)["changes"].as_array().unwrap().len(), 1);
        // Of a server that ran before.
        assert_eq!((&of(1_000)["behind"], &of(1_000)["changes"]), (&json!(2), &json!([])));
        emulator.reset();
        assert_eq!(of(1)["behind"], 2);
        let headers: HeaderMap =
            [(header::HeaderName::from_static("last-event-id"), HeaderValue::from_static("x"))].into_iter().collect();
        assert_eq!((last_seen(&headers), last_seen(&HeaderMap::new())), (Some(u64::MAX), None));
    }
}
