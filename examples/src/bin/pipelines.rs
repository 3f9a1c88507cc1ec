//! Feed the Pipelines API: a program of the guide `pipelines`.

use customerio::{
    CustomerIo, Error,
    batch::{BatchEvent, BatchOptions},
    pipelines::{Context, Group, Track},
};
use customerio_examples::from_env;
use serde_json::json;

async fn feed(cio: &CustomerIo) -> Result<(), Error> {
    cio.pipelines().identify("42", json!({"email": "ada@example.com", "plan": "pro"})).await?;

    let context = Context::new().with_ip("203.0.113.7").with_locale("en-GB");
    let purchase = Track::new("42", "purchase").with_properties(json!({"price": 23.45})).with_context(context);
    cio.pipelines().call(purchase).await?;

    cio.pipelines().call(Group::new("42", "acme").with_object_type_id(1).with_traits(json!({"name": "Acme"}))).await?;

    // Many in one request. A failure is reported with the tag of its item.
    let sign_ups = [43, 44].map(|id| (id, Track::new(id, "signed_up")));
    let summary = cio
        .pipelines()
        .send_all(sign_ups, BatchOptions::default(), |event| {
            if let BatchEvent::Failed(failed) = event {
                eprintln!("{}: {}", failed.tag, failed.error);
            }
        })
        .await;
    println!("events accepted: {}", summary.accepted);

    // Suppressing has no route: it is an event that Customer.io acts on.
    cio.pipelines().call(Track::user_suppressed(44)).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    feed(&cio).await?;
    Ok(())
}
