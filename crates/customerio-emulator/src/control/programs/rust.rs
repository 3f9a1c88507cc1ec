//! A first program.

use customerio::{CustomerIo, Region, app::SendEmail};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = "http://127.0.0.1:8246";
    let cio = CustomerIo::builder(Region::Us)
        .track("emulator-site", "emulator-track-key")
        .app("emulator-app-key")
        .base_url(url)
        .build()?;

    cio.track().identify("42", json!({"email": "ada@example.com", "first_name": "Ada"})).await?;
    cio.track().track("42", "purchase", json!({"price": 23.45})).await?;
    let subject = "Welcome, {{ customer.first_name }}";
    let body = "<h1>Welcome, {{ customer.first_name }}</h1>";
    let email = SendEmail::new("ada@example.com", "Shop <shop@example.com>", subject, body).with_identifiers("42");
    let sent = cio.app().send_email(email).await?;
    println!("sent {}: look at {url}/_emulator/", sent.delivery_id);
    Ok(())
}
