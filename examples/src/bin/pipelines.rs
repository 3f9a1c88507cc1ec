//! Feed the Pipelines API: the program of the README's guide of that name.

use customerio::{
    BatchEvent, BatchOptions, Client, Error, Pipelines,
    pipelines::{Context, Group, Track},
};
use customerio_examples::connect;
use serde_json::json;

async fn feed(pipelines: &Client<Pipelines>) -> Result<(), Error> {
    pipelines.identify("42", &json!({"email": "ada@example.com", "plan": "pro"})).await?;

    let properties = json!({"price": 23.45});
    let context = Context::new().with_ip("203.0.113.7").with_locale("en-GB");
    pipelines.call(&Track::new("42", "purchase").with_properties(&properties).with_context(context)).await?;

    pipelines.call(&Group::new("42", "acme").with_object_type_id(1).with_traits(&json!({"name": "Acme"}))).await?;

    // Many at a time, as for the Track API.
    let ids = ["43", "44"];
    let items = ids.iter().map(|id| (*id, pipelines.item(&Track::new(*id, "signed_up"))));
    let summary = pipelines
        .send_all(items, BatchOptions::default(), |event| {
            if let BatchEvent::Failed(failed) = event {
                eprintln!("{}: {}", failed.tag, failed.failure);
            }
        })
        .await;
    println!("{} of {}", summary.accepted, ids.len());

    // What has no route of its own is an event that Customer.io acts on.
    pipelines.call(&Track::user_suppressed("44")).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    let Some(pipelines) = &customerio.pipelines else {
        println!("Set CUSTOMERIO_PIPELINES_API_KEY too.");
        return Ok(());
    };
    feed(pipelines).await?;
    Ok(())
}
