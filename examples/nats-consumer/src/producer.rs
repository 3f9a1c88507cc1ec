//! Signs people up: an event for each person, and a welcome e-mail for every 20th.

use async_nats::jetstream::Context;
use customerio::{
    app::SendEmail, delivery::Stored, limits::Limits, operation::Operation, track::v2::person::Event,
    transport::SystemClock,
};
use serde_json::json;

use crate::{Result, subjects::Subject};

pub(crate) async fn produce(jetstream: &Context, people: u64) -> Result {
    for n in 0..people {
        let id = format!("person-{n}");
        publish(jetstream, Subject::Events, Event::new(&id, "signed_up").with_attributes(json!({"n": n}))).await?;
        if n % 20 == 0 {
            let email = SendEmail::from_template("welcome", format!("{id}@example.com"))
                .with_identifiers(&*id)
                .with_message_data(json!({"n": n}));
            publish(jetstream, Subject::Messages, email).await?;
        }
    }
    println!("published {people} events and {} messages", people.div_ceil(20));
    Ok(())
}

/// Publishes a call, and returns when JetStream has it. An event gets its id here: Customer.io drops it if it arrives twice.
async fn publish(jetstream: &Context, subject: Subject, operation: impl Operation) -> Result {
    let call = Stored::new(operation, &SystemClock.now(), &Limits::default())?;
    jetstream.publish(subject.names().0, call.to_bytes().into()).await?.await?;
    Ok(())
}
