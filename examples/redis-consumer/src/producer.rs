//! Signs people up: an event for each person, and a welcome e-mail for every 20th.

use customerio::{
    app::SendEmail, delivery::Stored, limits::Limits, operation::Operation, track::v2::person::Event,
    transport::SystemClock,
};
use redis::{AsyncCommands as _, aio::MultiplexedConnection};
use serde_json::json;

use crate::{
    Result,
    streams::{CALL, Stream},
};

pub(crate) async fn produce(redis: &redis::Client, people: u64) -> Result {
    let mut redis = redis.get_multiplexed_async_connection().await?;
    for n in 0..people {
        let id = format!("person-{n}");
        add(&mut redis, Stream::Events, Event::new(&id, "signed_up").with_attributes(json!({"n": n}))).await?;
        if n % 20 == 0 {
            let email = SendEmail::from_template("welcome", format!("{id}@example.com"))
                .with_identifiers(&*id)
                .with_message_data(json!({"n": n}));
            add(&mut redis, Stream::Messages, email).await?;
        }
    }
    println!("added {people} events and {} messages", people.div_ceil(20));
    Ok(())
}

/// Adds a call, and returns when Redis has it. An event gets its id here: Customer.io drops it if it arrives twice.
async fn add(redis: &mut MultiplexedConnection, stream: Stream, operation: impl Operation) -> Result {
    let call = Stored::new(operation, &SystemClock.now(), &Limits::default())?;
    let _: String = redis.xadd(stream.key(), "*", &[(CALL, call.to_bytes())]).await?;
    Ok(())
}
