//! What waits to be sent, and what happened to what was, as it is written down. A call that is under way then is one
//! that nobody has responded to: it is made again.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    store::kept::Numbered,
    webhooks::{
        outbox::{Outbox, Queue, Waiting},
        record::WebhookEvent,
    },
};

/// What waits for all receivers, and what happened to it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutboxImage {
    queues: BTreeMap<u64, QueueImage>,
    calls: u64,
    refused: u64,
    entered: u64,
    accepted: u64,
    records: Numbered<WebhookEvent>,
}

#[derive(Debug, Serialize, Deserialize)]
struct QueueImage {
    future: Vec<(Duration, u64, Waiting)>,
    backlog: VecDeque<Waiting>,
}

impl Outbox {
    pub(crate) fn image(&self) -> OutboxImage {
        let queue = |queue: &Queue| QueueImage {
            future: queue.future.iter().map(|((at, number), waiting)| (*at, *number, waiting.clone())).collect(),
            backlog: queue.backlog.clone(),
        };
        OutboxImage {
            queues: self.queues.iter().map(|(receiver, waiting)| (*receiver, queue(waiting))).collect(),
            calls: self.calls,
            refused: self.refused,
            entered: self.entered,
            accepted: self.accepted,
            records: self.records.image(),
        }
    }

    /// Puts back what was written down.
    pub(crate) fn restore(&mut self, image: OutboxImage) {
        for (receiver, QueueImage { future, backlog }) in image.queues {
            self.bytes +=
                future.iter().map(|(_, _, waiting)| waiting).chain(&backlog).map(Waiting::held).sum::<usize>();
            let future = future.into_iter().map(|(at, number, waiting)| ((at, number), waiting)).collect();
            self.queues.insert(receiver, Queue { future, backlog, under_way: None });
        }
        (self.calls, self.refused, self.entered) = (image.calls, image.refused, image.entered);
        self.accepted = image.accepted;
        self.records.restore(image.records);
    }
}
