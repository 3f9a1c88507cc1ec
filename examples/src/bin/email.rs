//! Send an e-mail: a program of the guide `messages`.

use customerio::{
    CustomerIo, Error,
    app::{Attachment, SendEmail},
};
use customerio_examples::from_env;
use serde_json::json;

async fn email(cio: &CustomerIo) -> Result<(), Error> {
    let message = SendEmail::from_template("order_confirmation", "Ada <ada@example.com>")
        .with_identifiers(42)
        .with_message_data(json!({"order": 17, "total": "€23.45"}))
        .with_header("X-Order", "17")
        .with_attachment(Attachment::from_bytes("invoice.csv", "item,price\nsocks,23.45\n"));
    let sent = cio.app().send_email(message).await?;
    println!("sent as delivery {}", sent.delivery_id);
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    email(&cio).await?;
    Ok(())
}
