//! Timeouts, retries, limits and base URL: the program of the README's guide of that name.

use std::{sync::Arc, time::Duration};

use customerio::{
    BuildError, CallOptions, Client, CustomerIo, DefaultTransport, Delivery, Endpoint, Error, Region, RetryPolicy,
    Track,
    app::SendSms,
    limits::Limits,
    retry::{Quota, Rate, Throttle},
    transport::Transport,
};
use customerio_emulator::Server;
use customerio_examples::{connect, spawn};

fn configured(base_url: &str) -> Result<CustomerIo, BuildError> {
    // The vendor raises some rates and limits on request. What is over a limit is rejected before it is sent.
    let throttle = Throttle::default().with_rate(Quota::App, Rate::at_most(50, Duration::from_secs(1)));
    let limits = Limits::default().with_message(2_000_000).with_email_recipients(None);
    CustomerIo::builder(Region::Eu)
        .track("site-id", "track-api-key")
        .app("sa_live_token") // a service-account token, which needs the workspace; an App API key must not have it
        .workspace_id(12)
        .user_agent("shop/2.1")
        .base_url(base_url) // a proxy, or a local server
        .retry_policy(RetryPolicy::default().with_attempts(5))
        .deadline(Duration::from_secs(10))
        .throttle(throttle)
        .limits(limits)
        .build()
}

/// One call may differ from the rest: in its deadline, in its workspace.
async fn single_calls(cio: &CustomerIo) -> Result<(), Error> {
    // Dropping the future cancels the request as well.
    match cio.track().within(Duration::from_secs(2)).delete("42").await {
        Err(error) if error.delivery() == Delivery::NotSent => println!("later, then: {error}"),
        result => result?,
    }
    cio.app().in_workspace(13).send_sms(SendSms::new("login_code", "42", "+15551234567")).await?;
    Ok(())
}

/// The parts of which a `CustomerIo` is made, for what it does not do: two accounts over one pool of connections.
fn two_accounts() -> Result<[Client<Track>; 2], BuildError> {
    let transport: Arc<dyn Transport> = Arc::new(DefaultTransport::new()?);
    let eu = Endpoint::track(Region::Eu, "site-id", "track-api-key")?;
    let us = Endpoint::track(Region::Us, "other-site-id", "other-track-api-key")?;
    // The rate limits are a workspace's, so each account has options, and with them a throttle, of its own.
    Ok([eu, us].map(|endpoint| Client::over(endpoint, transport.clone(), CallOptions::default())))
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let (cio, workspace) = connect().await?;
        // Their keys are none, so these are only looked at.
        let url = workspace.server.as_ref().map_or_else(|| "http://127.0.0.1:9".to_owned(), Server::url);
        println!("{:?}", configured(&url)?.app().endpoint());
        for client in two_accounts()? {
            println!("{:?}", client.endpoint());
        }
        single_calls(&cio).await?;
        Ok(())
    })
    .await
}
