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
    App, BuildError, Delivery, Endpoint, Error, Surface, Track,
    app::SendEmail,
    track::{Event, Identify},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{host::Host, turn::split};

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

    fn at<S: Surface>(&self, endpoint: Endpoint<S>) -> Result<Endpoint<S>, BuildError> {
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
        /// `not_sent`, `maybe_sent` or `answered`.
        delivery: &'static str,
        attempts: u32,
    },
}

impl Outcome {
    /// Nothing was sent, because of what the host said.
    pub(crate) fn refused(reason: &impl Display) -> Self {
        Self::Error { message: reason.to_string(), delivery: "not_sent", attempts: 0 }
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        let delivery = match error.delivery() {
            Delivery::NotSent => "not_sent",
            Delivery::MaybeSent => "maybe_sent",
            Delivery::Answered => "answered",
        };
        Self::Error { message: error.to_string(), delivery, attempts: error.attempts() }
    }
}

/// Does what `input` says, on the host's turns.
pub(crate) async fn run(host: Host, input: Vec<u8>) -> Outcome {
    let (line, _body) = split(&input);
    match serde_json::from_slice(line) {
        Ok(command) => execute(&host, command).await.map_or_else(Outcome::from, Outcome::Ok),
        // What serde says more can quote a key that stands in the wrong place.
        Err(error) => Outcome::refused(&format_args!("the command cannot be read from column {}", error.column())),
    }
}

async fn execute(host: &Host, command: Command) -> Result<Value, Error> {
    match command {
        Command::Identify { account, person, attributes } => {
            host.call(&account.track()?, &Identify::new(&person).with_attributes(&attributes)).await?;
            Ok(Value::Null)
        }
        Command::Track { account, person, name, data } => {
            host.call(&account.track()?, &Event::new(&person, &name).with_data(&data)).await?;
            Ok(Value::Null)
        }
        Command::SendEmail { account, template, to, person, data } => {
            let message =
                SendEmail::from_template(template.as_str(), &to).with_identifiers(&person).with_message_data(&data);
            let sent = host.call(&account.app()?, &message).await?;
            Ok(json!({"delivery_id": sent.delivery_id, "queued_at": sent.queued_at.get()}))
        }
    }
}
