//! A first program.

use std::env::var;

use customerio::{CustomerIo, Region, app::SendEmail};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = var("CUSTOMERIO_URL")?;
    let cio = CustomerIo::builder(Region::Us)
        .track(var("CUSTOMERIO_SITE_ID")?, var("CUSTOMERIO_TRACK_API_KEY")?)
        .app(var("CUSTOMERIO_APP_API_KEY")?)
        .base_url(&url)
        .build()?;

    let person = json!({"email": "ada@example.com", "first_name": "Ada", "plan": "pro"});
    cio.track().identify("42", person).await?;
    cio.track().track("42", "purchase", json!({"price": 23.45})).await?;
    let email = SendEmail::from_template("welcome", "ada@example.com")
        .with_identifiers("42")
        .with_message_data(json!({"name": "Ada"}));
    let sent = cio.app().send_email(email).await?;
    println!("sent {}: look at {url}/_emulator/", sent.delivery_id);
    Ok(())
}
