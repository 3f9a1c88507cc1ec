//! The program's log: requests with their verdicts, webhooks, warnings.

use bytes::Bytes;
use customerio_emulator::{Emulator, Workspaces};
use http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::{
    args::serve::{LogFormat, Output},
    count::counted,
    item,
    serve::{
        inside::ask,
        printer::{say, say_in_turn},
    },
};

/// The format and the level of detail of the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    format: LogFormat,
    verbose: bool,
}

impl Log {
    pub(crate) fn of(output: &Output) -> Self {
        Self { format: output.log_format, verbose: output.verbose }
    }

    /// Logs requests as they arrive, without end.
    pub(crate) async fn follow(self, workspaces: Workspaces, id: String, emulator: Emulator) {
        let (mut after, mut said, mut last_total) = (0, 0, 0);
        loop {
            let total = emulator.requests();
            let path = format!("requests?workspace={id}&after={after}&limit=1000&wait=60s");
            let page = ask(&workspaces, Method::GET, &path, Bytes::new()).await;
            let page: Value = page.ok().and_then(|page| serde_json::from_slice(&page).ok()).unwrap_or_default();
            let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
            for item in items {
                // If nobody reads the output, the log falls behind, and says so later.
                if let Some(line) = self.request(&id, item) {
                    say_in_turn(line).await;
                }
            }
            after = page["next"].as_u64().or_else(|| page["seq"].as_u64()).unwrap_or(after);
            // The log of requests was reset meanwhile.
            said = items.len() as u64 + if total < last_total { 0 } else { said };
            last_total = total;
            if said < total {
                self.missed(total - said);
                said = total;
            }
        }
    }

    /// The line of a request.
    fn request(self, workspace: &str, request: &Value) -> Option<String> {
        match self.format {
            LogFormat::Json => {
                let mut line = json!({"event": "request", "workspace": workspace});
                if let (Some(line), Some(request)) = (line.as_object_mut(), request.as_object()) {
                    line.extend(request.clone());
                }
                Some(format!("{line}\n"))
            }
            LogFormat::Text if self.verbose || request["verdict"] != "accepted" => {
                Some(format!("{}\n", item::request(request)))
            }
            LogFormat::Text => None,
        }
    }

    /// Reports requests that were dropped from memory before they were logged.
    fn missed(self, requests: u64) {
        match self.format {
            LogFormat::Json => say(format!("{}\n", json!({"event": "missed", "requests": requests}))),
            LogFormat::Text => say(format!("          {} came too fast to be logged\n", counted(requests, "requests"))),
        }
    }

    /// Logs the result of a webhook: a status, or why there is none.
    pub(crate) fn webhook(self, url: &Uri, outcome: Result<StatusCode, &str>) {
        match (self.format, outcome) {
            (LogFormat::Json, outcome) => {
                let (status, error) = (outcome.ok().map(|status| status.as_u16()), outcome.err());
                let line = json!({"event": "webhook", "url": url.to_string(), "status": status, "error": error});
                say(format!("{line}\n"));
            }
            (LogFormat::Text, Ok(status)) if self.verbose || !status.is_success() => {
                say(format!("webhook   {}  {url}\n", status.as_u16()));
            }
            (LogFormat::Text, Ok(_)) => {}
            (LogFormat::Text, Err(error)) => say(format!("webhook   ---  {url}  {error}\n")),
        }
    }

    /// Logs why a webhook was not sent.
    pub(crate) fn unsent(self, webhook: &Value) {
        let url = webhook["url"].as_str().and_then(|url| url.parse().ok()).unwrap_or_default();
        self.webhook(&url, Err(webhook["last_error"].as_str().unwrap_or_default()));
    }

    pub(crate) fn warn(self, text: &str) {
        match self.format {
            LogFormat::Json => say(format!("{}\n", json!({"event": "warning", "text": text}))),
            LogFormat::Text => eprintln!("warning: {text}"),
        }
    }
}
