//! Timeouts, retries, limits and base URL: a program of the guide `rate_limits_and_timeouts`.

use std::{sync::Arc, time::Duration};

use customerio::{
    BuildError, CallOptions, Client, CustomerIo, DefaultTransport, Delivery, Endpoint, Error, Region, RetryPolicy,
    Track,
    app::SendSms,
    limits::Limits,
    retry::{Quota, Rate, Throttle},
    transport::Transport,
};
use customerio_examples::from_env;

fn configured(base_url: &str) -> Result<CustomerIo, BuildError> {
    // Customer.io raises some rates and limits on request. A call over a limit fails before it is sent.
    let throttle = Throttle::default().with_rate(Quota::App, Rate::at_most(50, Duration::from_secs(1)));
    let limits = Limits::default().with_message(2_000_000).with_email_recipients(None);
    CustomerIo::builder(Region::Eu)
        .track("site-id", "track-api-key")
        .app("sa_live_token") // a service-account token needs a workspace id; an App API key must not have one
        .workspace_id(12)
        .user_agent("shop/2.1")
        .base_url(base_url) // a reverse proxy, or a local server
        .retry_policy(RetryPolicy::default().with_attempts(5))
        .deadline(Duration::from_secs(10))
        .throttle(throttle)
        .limits(limits)
        .build()
}

/// One call with another deadline, and one in another workspace.
async fn single_calls(cio: &CustomerIo) -> Result<(), Error> {
    // Dropping the future cancels the request too.
    match cio.track().within(Duration::from_secs(2)).delete("42").await {
        Err(error) if error.delivery() == Delivery::NotSent => println!("try again later: {error}"),
        result => result?,
    }
    cio.app().in_workspace(13).send_sms(SendSms::new("login_code", "42", "+15551234567")).await?;
    Ok(())
}

/// Two accounts over one connection pool: built from the parts of a `CustomerIo`.
fn two_accounts() -> Result<[Client<Track>; 2], BuildError> {
    let transport: Arc<dyn Transport> = Arc::new(DefaultTransport::new()?);
    let eu = Endpoint::track(Region::Eu, "site-id", "track-api-key")?;
    let us = Endpoint::track(Region::Us, "other-site-id", "other-track-api-key")?;
    // Each workspace has its own rate limits, so each client has its own options with its own throttle.
    Ok([eu, us].map(|endpoint| Client::over(endpoint, transport.clone(), CallOptions::default())))
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    // The keys of these clients are not valid, so they send nothing.
    let customized = configured("https://proxy.example.com")?;
    println!("one client: each call ends within {} seconds", customized.app().options().deadline().as_secs());
    println!("{} clients, one for each account, share their connections", two_accounts()?.len());
    let cio = from_env().await?;
    single_calls(&cio).await?;
    println!("both calls were accepted");
    Ok(())
}
