//! Timeouts, retries, limits and base URL: the program of the README's guide of that name.

use std::time::Duration;

use customerio::{App, Client, Delivery, Endpoint, Error, HyperTransport, Region, RetryPolicy, Track, limits::Limits};
use customerio_examples::{connect, spawn};

fn clients(base_url: &str) -> Result<(Client<Track>, Client<App>), Error> {
    // One transport, and with it one connection pool, for all clients.
    let transport = HyperTransport::new()?;

    let track = Endpoint::track(Region::Eu, "site-id", "track-api-key")?
        .with_user_agent("shop/2.1")?
        .with_base_url(base_url)?; // a proxy, or a stand-in
    let track = Client::new(track, transport.clone()).with_deadline(Duration::from_secs(5));

    // A service-account token needs the workspace; an App API key must not have it. What is over a documented limit is
    // rejected before it is sent; the vendor raises some limits on request.
    let limits = Limits::default().with_message(2_000_000).with_email_recipients(None);
    let app = Endpoint::app(Region::Eu, "sa_live_token")?.with_workspace_id(12).with_base_url(base_url)?;
    let app = app.with_limits(limits);
    let app = Client::new(app, transport).with_retry_policy(RetryPolicy::default().with_attempts(5));
    Ok((track, app))
}

async fn one_call_in_two_seconds(track: &Client<Track>) -> Result<(), Error> {
    // Dropping the future cancels the request as well.
    match track.within(Duration::from_secs(2)).delete("42").await {
        Err(error) if error.delivery() == Delivery::NotSent => Ok(()), // later, then
        result => result,
    }
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        // The keys above are none, so without the emulator there is no one to talk to.
        let Some(server) = &customerio.server else { return Ok(()) };
        let (track, app) = clients(&server.url())?;
        println!("{track:?}\n{app:?}");
        one_call_in_two_seconds(&customerio.track).await?;
        Ok(())
    })
    .await
}
