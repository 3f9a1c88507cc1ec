//! Send a push notification: a program of the guide `messages`.

use customerio::{
    CustomerIo, Device, Error, Platform,
    app::{PushTarget, SendPush},
};
use customerio_examples::from_env;
use serde_json::json;

async fn push(cio: &CustomerIo) -> Result<(), Error> {
    let message = SendPush::new("shipped", "42")
        .with_to(PushTarget::last_used())
        .with_title("Your order is on its way")
        .with_link("shop://orders/17")
        .with_custom_device(Device::new("device-token", Platform::Android))
        .with_message_data(json!({"name": "Ada"}));
    let sent = cio.app().send_push(message).await?;
    println!("sent as delivery {}", sent.delivery_id);
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    push(&cio).await?;
    Ok(())
}
