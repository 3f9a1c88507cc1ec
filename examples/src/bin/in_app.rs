//! Send an in-app or an inbox message: a program of the guide `messages`.

use customerio::{
    CustomerIo, Error,
    app::{SendInApp, SendInboxMessage},
};
use customerio_examples::from_env;
use serde_json::json;

async fn in_app(cio: &CustomerIo) -> Result<(), Error> {
    cio.app().send_in_app(SendInApp::new("welcome", "42").with_message_data(json!({"badge": 1}))).await?;
    cio.app().send_inbox_message(SendInboxMessage::new("news", "42").with_language("de")).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    in_app(&cio).await?;
    Ok(())
}
