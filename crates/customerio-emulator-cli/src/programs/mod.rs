//! `env`: settings for an SDK, and a first program of it, as a shell script that can be pasted.

use std::{fmt::Write as _, path::PathBuf};

use http::Method;
use serde_json::Value;

use crate::{
    args::{
        control::{Env, Sdk},
        serve::CaFolder,
    },
    authority,
    control::Emulator,
    failure::Failure,
};

/// A program: how it is installed and run, and its text.
struct Program {
    /// What it needs beside the language, and where it is put.
    install: &'static str,
    file: &'static str,
    text: &'static str,
    run: &'static str,
}

const fn program(sdk: Sdk) -> Program {
    match sdk {
        Sdk::Node => Program {
            // An older one speaks https alone, to port 443.
            install: "npm install --no-save customerio-node@5",
            file: "first.mjs",
            text: include_str!("node.mjs"),
            run: "node first.mjs",
        },
        Sdk::NodeCdp => Program {
            install: "npm install --no-save @customerio/cdp-analytics-node",
            file: "first.mjs",
            text: include_str!("node_cdp.mjs"),
            run: "node first.mjs",
        },
        Sdk::Python => Program {
            install: "python3 -m venv .venv && .venv/bin/pip install --quiet 'customerio>=3.2'",
            file: "first.py",
            text: include_str!("python.py"),
            run: "REQUESTS_CA_BUNDLE=$CUSTOMERIO_CA .venv/bin/python first.py",
        },
        Sdk::PythonCdp => Program {
            install: "python3 -m venv .venv && .venv/bin/pip install --quiet customerio-cdp-analytics",
            file: "first.py",
            text: include_str!("python_cdp.py"),
            run: ".venv/bin/python first.py",
        },
        Sdk::Go => Program {
            install: "go mod init first && go get github.com/customerio/go-customerio/v3",
            file: "main.go",
            text: include_str!("go.go"),
            run: "go run .",
        },
        Sdk::Ruby => Program {
            install: "gem install --user-install customerio",
            file: "first.rb",
            text: include_str!("ruby.rb"),
            run: "ruby first.rb",
        },
        Sdk::Rust => Program {
            install: "cargo init --quiet --name first && cargo add --quiet customerio --features hyper-rustls && \\\n  \
                      cargo add --quiet serde_json && cargo add --quiet tokio --features macros,rt-multi-thread",
            file: "src/main.rs",
            text: include_str!("rust.rs"),
            run: "cargo run --quiet",
        },
    }
}

pub(crate) async fn run(env: Env) -> Result<(), Failure> {
    let emulator = Emulator::new(&env.target)?;
    // What it would be is known without it.
    let reached = emulator.send(Method::GET, "/readyz", None).await.is_ok();
    let info = if reached { emulator.call(Method::GET, "info", &[], None).await? } else { Value::Null };
    print!("{}", script(&info, env.target.workspace.as_deref(), emulator.url(), env.sdk));
    Ok(())
}

/// The script, by what the emulator tells of itself.
fn script(info: &Value, workspace: Option<&str>, url: &str, sdk: Option<Sdk>) -> String {
    let mut script = String::new();
    if info.is_null() {
        let _ = writeln!(script, "# Nothing listens at {url} yet: these are the settings that it starts with.");
    }
    for (name, value) in settings(info, workspace, url) {
        let _ = writeln!(script, "export {name}={}", quoted(&value));
    }
    if let Some(sdk) = sdk {
        let Program { install, file, text, run } = program(sdk);
        let _ = writeln!(script, "\nmkdir -p customerio-first && cd customerio-first\n{install}");
        let _ = writeln!(script, "cat >{file} <<'END'\n{text}END\n{run}");
    }
    script
}

fn settings(info: &Value, workspace: Option<&str>, url: &str) -> Vec<(&'static str, String)> {
    use customerio_emulator::{APP_API_KEY, PIPELINES_KEY, SITE_ID, TRACK_API_KEY, WEBHOOK_SIGNING_KEY};

    let workspaces = info["workspaces"].as_array().map_or(&[][..], Vec::as_slice);
    let named =
        workspaces.iter().find(|known| workspace.is_none_or(|name| known["id"] == name || known["site_id"] == name));
    let credentials = named.or(workspaces.first()).map_or(&Value::Null, |workspace| &workspace["credentials"]);
    let text = |value: &Value, own: &str| value.as_str().unwrap_or(own).to_owned();
    let mut settings = vec![("CUSTOMERIO_URL", text(&info["url"], url))];
    if let Some(https_url) = info["https_url"].as_str() {
        settings.push(("CUSTOMERIO_HTTPS_URL", https_url.to_owned()));
    } else if info.is_null() {
        settings.push(("CUSTOMERIO_HTTPS_URL", "https://127.0.0.1:8247".to_owned()));
    }
    settings.push(("CUSTOMERIO_SITE_ID", text(&credentials["site_id"], SITE_ID)));
    settings.push(("CUSTOMERIO_TRACK_API_KEY", text(&credentials["track_api_key"], TRACK_API_KEY)));
    settings.push(("CUSTOMERIO_APP_API_KEY", text(&credentials["app_api_key"], APP_API_KEY)));
    settings.push(("CUSTOMERIO_PIPELINES_KEY", text(&credentials["pipelines_key"], PIPELINES_KEY)));
    settings.push(("CUSTOMERIO_WEBHOOK_SIGNING_KEY", text(&credentials["webhook_signing_key"], WEBHOOK_SIGNING_KEY)));
    // One that is not running will have this one, unless it is told otherwise.
    let kept = || authority::folder(&CaFolder { ca_dir: None }).ok().map(|folder| folder.join("ca.pem"));
    let ca = match info["ca"].as_str() {
        Some(ca) => Some(PathBuf::from(ca)),
        None => kept().filter(|_| info.is_null()),
    };
    if let Some(ca) = ca {
        // The latter adds to what is trusted. What stands in place of that is for single programs.
        settings.extend(["CUSTOMERIO_CA", "NODE_EXTRA_CA_CERTS"].map(|name| (name, ca.display().to_string())));
    }
    settings
}

/// As a shell takes it for itself.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_word_of_the_shell() {
        for (text, expected) in
            [("a-b_1", "a-b_1"), ("", "''"), ("a b", "'a b'"), ("$(x)", "'$(x)'"), ("it's", r"'it'\''s'")]
        {
            assert_eq!(quoted(text), expected);
        }
    }
}
