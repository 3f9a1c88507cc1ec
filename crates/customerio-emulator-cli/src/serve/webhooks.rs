//! Webhooks that leave by themselves when they are due.

use std::time::Duration;

use customerio_emulator::{Emulator, WebhookAnswer, WebhookCall};
use tokio::{task::JoinSet, time::sleep};

use crate::serve::{courier::Courier, log::Log};

/// How long nothing is looked at where nothing was kept: the clock can be moved meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

/// Sends what is due, for ever. A receiver gets one at a time, and none waits for another.
pub(crate) async fn send(emulator: Emulator, courier: Courier, log: Log) {
    let (mut under_way, mut changes) = (JoinSet::new(), emulator.changes());
    loop {
        while let Some(call) = emulator.next_webhook() {
            under_way.spawn(deliver(courier.clone(), call, log));
        }
        tokio::select! {
            Some(delivered) = under_way.join_next() => {
                // A panic was reported already, and the emulator takes it for a timeout.
                if let Ok((call, answer)) = delivered {
                    emulator.webhook_answered(&call, answer);
                }
            }
            () = changes.next() => {}
            () = sleep(PAUSE) => {}
        }
    }
}

async fn deliver(courier: Courier, call: WebhookCall, log: Log) -> (WebhookCall, WebhookAnswer) {
    let url = call.request().uri().to_string();
    let answer = match courier.send(call.request().clone()).await {
        Ok(status) => {
            log.webhook(&url, call.event_id(), Ok(status.as_u16()));
            WebhookAnswer::Status(status)
        }
        Err(undelivered) => {
            log.webhook(&url, call.event_id(), Err(&undelivered.to_string()));
            undelivered.answer()
        }
    };
    (call, answer)
}
