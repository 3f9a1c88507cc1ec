//! Adds a person, records an event, and sends an email.

use customerio::{CustomerIo, app::SendEmail};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), customerio::Error> {
    let cio = CustomerIo::from_env()?;

    cio.track().identify("42", json!({"email": "ada@example.com", "first_name": "Ada"})).await?;
    cio.track().track("42", "purchase", json!({"price": 23.45})).await?;

    let (from, subject) = ("Shop <shop@example.com>", "Thank you, {{ customer.first_name }}");
    let email = SendEmail::new("ada@example.com", from, subject, "<p>It is on its way.</p>").with_identifiers("42");
    let sent = cio.app().send_email(email).await?;
    println!("sent as delivery {}", sent.delivery_id);
    Ok(())
}
