//! Without async: the program of the README's guide of that name. A person, an event and an e-mail.
//!
//! `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY`, `CUSTOMERIO_APP_API_KEY` and `CUSTOMERIO_REGION` must be set.
//! `CUSTOMERIO_BASE_URL` is for a stand-in, such as the emulator.

use std::thread;

use blocking_ureq::send;
use customerio_core::{
    Api, App, Endpoint, Error, Exchange, Operation, Region, RetryPolicy, Step, Throttle, Track,
    app::SendEmail,
    track::{Event, Identify},
};
use customerio_transport::SystemClock;
use serde_json::json;

/// A client that blocks the thread of each call.
struct BlockingClient<S: Api> {
    endpoint: Endpoint<S>,
    agent: ureq::Agent,
    throttle: Throttle,
}

impl<S: Api> BlockingClient<S> {
    /// Clients that are given clones of one agent share its connections.
    fn new(endpoint: Endpoint<S>, agent: ureq::Agent) -> Self {
        Self { endpoint, agent, throttle: Throttle::default() }
    }

    fn call<O: Operation<Api = S>>(&self, operation: &O) -> Result<O::Output, Error> {
        // An event gets its id and its time once, so that it can be repeated.
        let captured = operation.capture(&SystemClock.now());
        let operation = captured.as_ref().unwrap_or(operation);
        let exchange = Exchange::new(&self.endpoint, operation, RetryPolicy::default(), &SystemClock.now())?;
        let mut exchange = exchange.with_throttle(&self.throttle);
        loop {
            match exchange.step(&SystemClock.now()) {
                Step::Send(request) => exchange.receive(send(&self.agent, request)),
                Step::Wait(duration) => thread::sleep(duration),
                Step::Done(result) => return result,
            }
        }
    }
}

fn purchase(track: &BlockingClient<Track>, app: &BlockingClient<App>) -> Result<(), Error> {
    track.call(&Identify::new("42").with_email("ada@example.com").with_attributes(&json!({"plan": "pro"})))?;
    println!("person 42 is there");
    track.call(&Event::new("42", "purchase").with_data(&json!({"price": 23.45})))?;
    println!("and has bought something");
    let sent = app.call(&SendEmail::from_template("order_confirmation", "ada@example.com").with_identifiers("42"))?;
    println!("and gets an e-mail: delivery {}", sent.delivery_id);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let set = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let region: Region = set("CUSTOMERIO_REGION")?.parse()?;
    let mut track = Endpoint::track(region, &set("CUSTOMERIO_SITE_ID")?, &set("CUSTOMERIO_TRACK_API_KEY")?)?;
    let mut app = Endpoint::app(region, &set("CUSTOMERIO_APP_API_KEY")?)?;
    if let Ok(url) = std::env::var("CUSTOMERIO_BASE_URL") {
        (track, app) = (track.with_base_url(&url)?, app.with_base_url(&url)?);
    }
    // One agent, and with it one connection pool, for both.
    let agent = blocking_ureq::agent();
    purchase(&BlockingClient::new(track, agent.clone()), &BlockingClient::new(app, agent))?;
    Ok(())
}
