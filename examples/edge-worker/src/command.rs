//! The commands that the module takes, and what it says of each.
//!
//! ```json
//! {"identify":{"account":{"region":"eu","site_id":"…","key":"…"},"person":"42","attributes":{"plan":"pro"}}}
//! {"track":{"account":{…},"person":"42","name":"purchase","data":{"price":23.45}}}
//! {"send_email":{"account":{"region":"eu","key":"…"},"template":"welcome","to":"ada@example.com","person":"42"}}
//! {"verify_webhook":{"key":"…","headers":[["x-cio-signature","…"],["x-cio-timestamp","…"]]}}
//! ```
//!
//! The body of a webhook follows after a line break, as it came.

use std::fmt::Display;

use customerio_core::{
    Api, App, BuildError, Delivery, Endpoint, Error, Track,
    app::SendEmail,
    track::{Event, Identify},
    webhook::{ReceiveError, Verifier},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    host::Host,
    turn::{Headers, header_map, split},
};

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    Identify {
        account: Account,
        person: String,
        #[serde(default)]
        attributes: Map<String, Value>,
    },
    Track {
        account: Account,
        person: String,
        name: String,
        #[serde(default)]
        data: Map<String, Value>,
    },
    SendEmail {
        account: Account,
        template: String,
        to: String,
        person: String,
        #[serde(default)]
        data: Map<String, Value>,
    },
    VerifyWebhook {
        key: String,
        headers: Headers,
    },
}

/// The credentials of an API, and where it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    region: String,
    /// Of the Track API alone.
    #[serde(default)]
    site_id: String,
    key: String,
    /// Instead of Customer.io's own.
    base_url: Option<String>,
}

impl Account {
    fn track(&self) -> Result<Endpoint<Track>, BuildError> {
        self.at(Endpoint::track(self.region.parse()?, &self.site_id, &self.key)?)
    }

    fn app(&self) -> Result<Endpoint<App>, BuildError> {
        self.at(Endpoint::app(self.region.parse()?, &self.key)?)
    }

    fn at<A: Api>(&self, endpoint: Endpoint<A>) -> Result<Endpoint<A>, BuildError> {
        match &self.base_url {
            Some(url) => endpoint.with_base_url(url),
            None => Ok(endpoint),
        }
    }
}

/// How a command ended.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Ok(Value),
    Error {
        message: String,
        /// `not_sent`, `maybe_sent` or `responded`.
        delivery: &'static str,
        attempts: u32,
    },
    /// A webhook that is not taken, and the status to return.
    Rejected {
        message: String,
        status: u16,
    },
}

impl Outcome {
    /// The host has said what cannot be, and the call ends with that.
    pub(crate) fn refused(reason: &impl Display, delivery: Delivery) -> Self {
        Self::Error { message: reason.to_string(), delivery: name_of(delivery), attempts: 0 }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        let (message, delivery) = (error.to_string(), name_of(error.delivery()));
        Self::Error { message, delivery, attempts: error.attempts() }
    }
}

fn name_of(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "not_sent",
        Delivery::MaybeSent => "maybe_sent",
        Delivery::Responded => "responded",
    }
}

impl From<BuildError> for Outcome {
    fn from(error: BuildError) -> Self {
        Error::from(error).into()
    }
}

impl From<ReceiveError> for Outcome {
    fn from(error: ReceiveError) -> Self {
        Self::Rejected { message: error.to_string(), status: error.status().as_u16() }
    }
}

/// Does what `input` says, with the host's turns.
pub(crate) async fn run(host: Host, input: Vec<u8>) -> Outcome {
    let (line, body) = split(&input);
    match serde_json::from_slice(line) {
        Ok(command) => execute(&host, command, body).await.map_or_else(|outcome| outcome, Outcome::Ok),
        // What serde says more can quote a key that stands in the wrong place.
        Err(error) => {
            let reason = format!("the command cannot be read from column {}", error.column());
            Outcome::refused(&reason, Delivery::NotSent)
        }
    }
}

async fn execute(host: &Host, command: Command, body: &[u8]) -> Result<Value, Outcome> {
    match command {
        Command::Identify { account, person, attributes } => {
            host.call(&account.track()?, Identify::new(person).with_attributes(attributes)).await?;
            Ok(Value::Null)
        }
        Command::Track { account, person, name, data } => {
            host.call(&account.track()?, Event::new(person, name).with_data(data)).await?;
            Ok(Value::Null)
        }
        Command::SendEmail { account, template, to, person, data } => {
            let message = SendEmail::from_template(template, to).with_identifiers(person).with_message_data(data);
            let sent = host.call(&account.app()?, message).await?;
            Ok(json!({"delivery_id": sent.delivery_id, "queued_at": sent.queued_at}))
        }
        Command::VerifyWebhook { key, headers } => {
            let event = Verifier::new(&key)?.receive(&header_map(&headers), body, host.now().timestamp())?;
            Ok(json!({
                "event_id": event.event_id(),
                "object_type": event.object_type(),
                "metric": event.metric(),
                "delivery_id": event.common().delivery_id,
                "person": event.common().identifiers.id,
            }))
        }
    }
}
