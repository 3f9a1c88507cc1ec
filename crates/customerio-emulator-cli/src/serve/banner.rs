//! What is said when the emulator is ready.

use std::fmt::Write as _;

use customerio_emulator::{APP_API_KEY, PIPELINES_KEY, SITE_ID, TRACK_API_KEY};
use serde_json::{Value, json};

use crate::args::serve::Credentials;

/// Where it is and what it is.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    pub(crate) url: String,
    pub(crate) https_url: Option<String>,
    /// Path of the CA's certificate.
    pub(crate) ca: Option<String>,
    pub(crate) seed: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) warnings: Vec<String>,
}

impl Ready {
    pub(crate) fn page(&self) -> String {
        format!("{}/_emulator/", self.url)
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "event": "ready",
            "version": env!("CARGO_PKG_VERSION"),
            "url": self.url,
            "https_url": self.https_url,
            "ca": self.ca,
            "page": self.page(),
            "seed": self.seed,
            "state": self.state,
            "warnings": self.warnings,
        })
    }

    /// For people.
    pub(crate) fn text(&self, credentials: &Credentials) -> String {
        let mut text = format!("customerio-emulator {} is ready\n\n", env!("CARGO_PKG_VERSION"));
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(text, "  {name:<14}{value}");
        };
        line("Page", &self.page());
        line("APIs by http", &self.url);
        line("by https", self.https_url.as_deref().unwrap_or("not spoken (--no-https)"));
        if let Some(ca) = &self.ca {
            line("CA to trust", ca);
        }
        line("Site ID", &shown(credentials.site_id.as_deref(), SITE_ID));
        line("Track API key", &shown(credentials.track_api_key.as_deref(), TRACK_API_KEY));
        line("App API key", &shown(credentials.app_api_key.as_deref(), APP_API_KEY));
        line("Pipelines key", &shown(credentials.pipelines_key.as_deref(), PIPELINES_KEY));
        line("Seed", self.seed.as_deref().unwrap_or("none (--seed DIR starts with one)"));
        line("State", self.state.as_deref().unwrap_or("in memory: it ends with the program (--state FILE keeps it)"));
        line(
            "Webhooks",
            self.webhook_url.as_deref().unwrap_or("to those that the App API makes (--webhook-url URL adds one)"),
        );
        for warning in &self.warnings {
            let _ = writeln!(text, "\nwarning: {warning}");
        }
        text + "\nSettings for an SDK: customerio-emulator env --sdk node\n\n"
    }
}

/// The emulator's own credentials are published; others are not shown.
fn shown(given: Option<&str>, own: &str) -> String {
    match given {
        Some(given) if given != own => last_four(given),
        _ => own.to_owned(),
    }
}

fn last_four(secret: &str) -> String {
    let begin = secret.char_indices().rev().nth(3).map_or(0, |(begin, _)| begin);
    // Of a short one this would be most of it.
    if secret.chars().count() < 12 { "...".to_owned() } else { format!("...{}", &secret[begin..]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_credentials_are_not_shown() {
        for (given, expected) in [
            (None, "emulator-site"),
            (Some("emulator-site"), "emulator-site"),
            (Some("d34db33fd34db33f"), "...b33f"),
            (Some("short"), "..."),
            (Some("ääääääääääää"), "...ääää"),
        ] {
            assert_eq!(shown(given, SITE_ID), expected, "{given:?}");
        }
    }
}
