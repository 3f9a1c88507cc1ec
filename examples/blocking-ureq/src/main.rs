//! Adds a person, records an event, sends an e-mail and adds many people in batches, without async: a program of the guide
//! `transports`.
//!
//! `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY`, `CUSTOMERIO_APP_API_KEY` and `CUSTOMERIO_REGION` must be set.
//! `CUSTOMERIO_BASE_URL` names another server, such as the emulator.

use customerio::{Error, app::SendEmail, batch::BatchOptions, blocking::CustomerIo, track::v2::person::Identify};
use serde_json::json;

fn purchase(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().identify("42", json!({"email": "ada@example.com", "plan": "pro"}))?;
    cio.track().track("42", "purchase", json!({"price": 23.45}))?;
    let message = SendEmail::from_template("order_confirmation", "ada@example.com").with_identifiers("42");
    let sent = cio.app().send_email(message)?;
    println!("sent as delivery {}", sent.delivery_id);

    // Many people in few requests. A push that fills a batch blocks until that batch has been sent.
    let batch = cio.track().batch(BatchOptions::default());
    for id in 43..143 {
        batch.push(id, Identify::new(id).with_attributes(json!({"plan": "free"})));
    }
    let report = batch.finish();
    for failed in &report.failed {
        eprintln!("person {}: {}", failed.tag, failed.error);
    }
    println!("people accepted: {}", report.summary.accepted);
    Ok(())
}

fn main() -> Result<(), Error> {
    purchase(&CustomerIo::from_env()?)
}
