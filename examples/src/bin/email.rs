//! Send an e-mail: the program of the README's guide of that name.

use customerio::{
    App, Client, Error,
    app::{Attachment, SendEmail},
};
use customerio_examples::connect;
use serde_json::json;

async fn email(app: &Client<App>) -> Result<(), Error> {
    let data = json!({"order": 17, "total": "€23.45"});
    let invoice = Attachment::from_bytes("invoice.csv", b"item,price\nsocks,23.45\n");
    let message = SendEmail::from_template("order_confirmation", "Ada <ada@example.com>")
        .with_identifiers("42")
        .with_message_data(&data)
        .with_header("X-Order", "17")
        .with_attachment(&invoice);
    let sent = app.send_email(&message).await?;
    println!("delivery {} was queued at {}", sent.delivery_id, sent.queued_at.get());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    email(&customerio.app).await?;
    Ok(())
}
