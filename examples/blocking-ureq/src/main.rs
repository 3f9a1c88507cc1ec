//! Without async: a program of the guide `transports`. A person, an event, an e-mail, and many people in
//! batches.
//!
//! `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY`, `CUSTOMERIO_APP_API_KEY` and `CUSTOMERIO_REGION` must be set.
//! `CUSTOMERIO_BASE_URL` is for a stand-in, such as the emulator.

use customerio::{Error, app::SendEmail, batch::BatchOptions, blocking::CustomerIo, track::v2::person::Identify};
use serde_json::json;

fn purchase(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().identify("42", json!({"email": "ada@example.com", "plan": "pro"}))?;
    cio.track().track("42", "purchase", json!({"price": 23.45}))?;
    let message = SendEmail::from_template("order_confirmation", "ada@example.com").with_identifiers("42");
    let sent = cio.app().send_email(message)?;
    println!("delivery {}", sent.delivery_id);

    // Many at a time. A push that makes a batch full blocks until that batch was sent.
    let batch = cio.track().batch(BatchOptions::default());
    for id in 43..143 {
        batch.push(id, Identify::new(id).with_attributes(json!({"plan": "free"})));
    }
    let report = batch.finish();
    for failed in &report.failed {
        eprintln!("{}: {}", failed.tag, failed.error);
    }
    println!("{} accepted", report.summary.accepted);
    Ok(())
}

fn main() -> Result<(), Error> {
    purchase(&CustomerIo::from_env()?)
}
