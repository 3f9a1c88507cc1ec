//! Webhooks that leave by themselves when they are due.

use std::time::Duration;

use customerio_emulator::{Emulator, WebhookAnswer, WebhookCall};
use tokio::{task::JoinSet, time::sleep};

use crate::serve::courier::Courier;

/// Sends what is due, for ever. A receiver gets one at a time, and none waits for another.
pub(crate) async fn send(emulator: Emulator, courier: Courier) {
    let mut under_way = JoinSet::new();
    loop {
        while let Some(call) = emulator.next_webhook() {
            under_way.spawn(deliver(courier.clone(), call));
        }
        tokio::select! {
            Some(delivered) = under_way.join_next() => {
                // A panic was reported already, and the emulator takes it for a timeout.
                if let Ok((call, answer)) = delivered {
                    emulator.webhook_answered(&call, answer);
                }
            }
            () = sleep(Duration::from_millis(50)) => {}
        }
    }
}

async fn deliver(courier: Courier, call: WebhookCall) -> (WebhookCall, WebhookAnswer) {
    let answer = match courier.send(call.request().clone()).await {
        Ok(status) => WebhookAnswer::Status(status),
        Err(undelivered) => undelivered.answer(),
    };
    (call, answer)
}
