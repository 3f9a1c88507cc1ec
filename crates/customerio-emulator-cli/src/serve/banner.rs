//! What is said when the emulator is ready.

use std::fmt::Write as _;

use serde_json::{Value, json};

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
    /// Of the first workspace, as the control API shows them.
    pub(crate) credentials: Value,
    /// Whether everything is refused that the contract does not allow.
    pub(crate) is_strict: bool,
    /// Whether requests over the documented rates are refused.
    pub(crate) has_rate_limits: bool,
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
            "webhook_url": self.webhook_url,
            "warnings": self.warnings,
        })
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
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
        let credential = |name: &str| self.credentials[name].as_str().unwrap_or_default();
        line("Site ID", credential("site_id"));
        line("Track API key", credential("track_api_key"));
        line("App API key", credential("app_api_key"));
        line("Pipelines key", credential("pipelines_key"));
        line("Seed", self.seed.as_deref().unwrap_or("none (--seed DIR starts with one)"));
        line("State", self.state.as_deref().unwrap_or("in memory: it ends with the program (--state FILE keeps it)"));
        line(
            "Webhooks",
            self.webhook_url.as_deref().unwrap_or("to those that the App API makes (--webhook-url URL adds one)"),
        );
        if self.is_strict {
            line("Contract", "strict: it refuses what the contract does not allow");
        }
        if self.has_rate_limits {
            line("Rate limits", "on: it responds with 429 to requests over the documented rates");
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "\nwarning: {warning}");
        }
        text + "\nSettings for an SDK: customerio-emulator env --sdk node\n\n"
    }
}
