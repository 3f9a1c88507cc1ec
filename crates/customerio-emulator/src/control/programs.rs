//! First programs: one for each client, with where this emulator listens and the credentials of a workspace filled in.
//!
//! Each is a file of its language that runs unchanged against an emulator with its own settings. Those are what is
//! replaced.

use std::borrow::Cow;

use http::{Response, header};
use serde_json::{Value, json};

use crate::{
    APP_API_KEY, PIPELINES_KEY, SITE_ID, TRACK_API_KEY,
    control::{
        asked::{Asked, json_reply},
        info,
        schema::{Schema, TEXT},
    },
    server::payload::Payload,
};

const URL: &str = "http://127.0.0.1:8246";
const HTTPS_URL: &str = "https://127.0.0.1:8247";
const CA: &str = "/path/to/ca.pem";

/// The first programs.
pub(crate) const PROGRAMS: Schema = Schema::Object(&[(
    "items",
    Schema::List(&Schema::Named(
        "Program",
        &Schema::Object(&[
            ("id", Schema::Text),
            ("title", Schema::Text),
            ("package", Schema::Text),
            ("install", TEXT),
            ("file", Schema::Text),
            ("text", Schema::Text),
            ("run", Schema::Text),
            ("notes", Schema::List(&Schema::Text)),
        ]),
    )),
)]);

/// How a language writes a text.
#[derive(Clone, Copy)]
enum Quotes {
    /// As C does.
    Double,
    /// So too, with `#` for what is computed.
    Ruby,
    /// As a shell takes it whole.
    Single,
}

struct Program {
    id: &'static str,
    title: &'static str,
    package: &'static str,
    /// The command that installs the package into an empty folder, where one must.
    install: Option<&'static str>,
    file: &'static str,
    text: &'static str,
    run: &'static str,
    note: Option<&'static str>,
    quotes: Quotes,
}

static ALL: &[Program] = &[
    Program {
        id: "node",
        title: "Node",
        package: "customerio-node",
        install: Some("npm init --yes >npm.log && npm install customerio-node@5"),
        file: "first.mjs",
        text: include_str!("programs/node.mjs"),
        run: "node first.mjs",
        note: Some("Versions before 5 connect to port 443 alone."),
        quotes: Quotes::Double,
    },
    Program {
        id: "python",
        title: "Python",
        package: "customerio",
        install: Some("python3 -m venv .venv && .venv/bin/pip install --quiet 'customerio>=3.2'"),
        file: "first.py",
        text: include_str!("programs/python.py"),
        run: ".venv/bin/python first.py",
        note: None,
        quotes: Quotes::Double,
    },
    Program {
        id: "go",
        title: "Go",
        package: "github.com/customerio/go-customerio/v3",
        install: Some("go mod init first && go get github.com/customerio/go-customerio/v3@latest"),
        file: "main.go",
        text: include_str!("programs/go.go"),
        run: "go run .",
        note: Some("WithURL came with version 3.10."),
        quotes: Quotes::Double,
    },
    Program {
        id: "ruby",
        title: "Ruby",
        package: "customerio",
        install: Some("gem install --user-install customerio"),
        file: "first.rb",
        text: include_str!("programs/ruby.rb"),
        run: "ruby first.rb",
        note: None,
        quotes: Quotes::Ruby,
    },
    Program {
        id: "rust",
        title: "Rust",
        package: "customerio",
        install: Some(
            "cargo init --quiet --name first && cargo add --quiet customerio serde_json && \
             cargo add --quiet tokio --features macros,rt-multi-thread",
        ),
        file: "src/main.rs",
        text: include_str!("programs/rust.rs"),
        run: "cargo run --quiet",
        note: None,
        quotes: Quotes::Double,
    },
    Program {
        id: "node-cdp",
        title: "Node, Pipelines",
        package: "@customerio/cdp-analytics-node",
        install: Some("npm init --yes >npm.log && npm install @customerio/cdp-analytics-node"),
        file: "first.mjs",
        text: include_str!("programs/node_cdp.mjs"),
        run: "node first.mjs",
        note: None,
        quotes: Quotes::Double,
    },
    Program {
        id: "python-cdp",
        title: "Python, Pipelines",
        package: "customerio-cdp-analytics",
        install: Some("python3 -m venv .venv && .venv/bin/pip install --quiet customerio-cdp-analytics"),
        file: "first.py",
        text: include_str!("programs/python_cdp.py"),
        run: ".venv/bin/python first.py",
        note: Some(
            "The packages customerio and customerio-cdp-analytics have the same module name: install each into a virtual \
             environment of its own.",
        ),
        quotes: Quotes::Double,
    },
    Program {
        id: "curl",
        title: "curl",
        package: "any shell",
        install: None,
        file: "first.sh",
        text: include_str!("programs/curl.sh"),
        run: "sh first.sh",
        note: Some("Any HTTP client sends these requests. curl must be 7.76 or later."),
        quotes: Quotes::Single,
    },
];

/// All programs, for the workspace that is asked about.
pub(crate) fn list(asked: &Asked) -> Response<Payload> {
    let settings = Settings::of(asked);
    json_reply(&json!({"items": ALL.iter().map(|program| program.shown(&settings)).collect::<Vec<_>>()}))
}

/// What is replaced, and by what.
struct Settings {
    values: Vec<(&'static str, String)>,
    has_https: bool,
}

impl Settings {
    fn of(asked: &Asked) -> Self {
        let host = asked.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let around = asked.workspaces.surroundings();
        let credentials = info::credentials(asked, &asked.emulator);
        let mut values = vec![(URL, format!("http://{host}"))];
        values.extend(around.https_url.clone().map(|url| (HTTPS_URL, url)));
        values.extend(around.ca.as_ref().map(|ca| (CA, ca.display().to_string())));
        let named = [
            (SITE_ID, "site_id"),
            (TRACK_API_KEY, "track_api_key"),
            (APP_API_KEY, "app_api_key"),
            (PIPELINES_KEY, "pipelines_key"),
        ];
        values.extend(named.map(|(own, name)| (own, credentials[name].as_str().unwrap_or_default().to_owned())));
        Self { values, has_https: around.https_url.is_some() }
    }
}

impl Program {
    fn shown(&self, settings: &Settings) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "package": self.package,
            "install": self.install,
            "file": self.file,
            "text": self.filled(&settings.values),
            "run": self.run,
            "notes": self.notes(settings),
        })
    }

    /// What is to be known about it, here.
    fn notes(&self, settings: &Settings) -> Vec<&str> {
        let mut notes: Vec<_> = self.note.into_iter().collect();
        if self.text.contains(HTTPS_URL) && !settings.has_https {
            notes.push("This emulator has no https port: start the program customerio-emulator without --no-https.");
        }
        let is_cut = |(own, value): &(&str, String)| self.text.contains(own) && value.starts_with('…');
        if settings.values.iter().any(is_cut) {
            notes.push("Credentials that you chose are shown as their last characters: write them in full.");
        }
        notes
    }

    /// The text with other settings. What was filled in is not looked at again.
    fn filled(&self, values: &[(&str, String)]) -> String {
        let (mut filled, mut rest) = (String::with_capacity(self.text.len()), self.text);
        let next =
            |rest: &str| values.iter().filter_map(|(own, value)| Some((rest.find(own)?, own.len(), value))).min();
        while let Some((at, length, value)) = next(rest) {
            filled.push_str(&rest[..at]);
            filled.push_str(&self.quotes.escape(value));
            rest = &rest[at + length..];
        }
        filled + rest
    }
}

impl Quotes {
    /// A text as it is between quotes.
    fn escape(self, text: &str) -> Cow<'_, str> {
        let escaped = |c| match self {
            Self::Double => matches!(c, '"' | '\\'),
            Self::Ruby => matches!(c, '"' | '\\' | '#'),
            Self::Single => c == '\'',
        };
        if !text.contains(escaped) {
            return text.into();
        }
        let mut written = String::with_capacity(text.len() + 2);
        for c in text.chars() {
            match self {
                Self::Single if c == '\'' => written.push_str(r"'\'"),
                _ if escaped(c) => written.push('\\'),
                _ => {}
            }
            written.push(c);
        }
        written.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_texts_of_the_language() {
        let values =
            [(URL, "http://h#{1}".to_owned()), (SITE_ID, r#"it's "\"#.to_owned()), (TRACK_API_KEY, SITE_ID.to_owned())];
        let text = r"http://127.0.0.1:8246 emulator-site emulator-track-key emulator-site.";
        for (quotes, expected) in [
            (Quotes::Double, r#"http://h#{1} it's \"\\ emulator-site it's \"\\."#),
            (Quotes::Ruby, r#"http://h\#{1} it's \"\\ emulator-site it's \"\\."#),
            (Quotes::Single, r#"http://h#{1} it'\''s "\ emulator-site it'\''s "\."#),
        ] {
            let program = Program { text, quotes, ..ALL[0] };
            assert_eq!(program.filled(&values), expected);
        }
    }

    #[test]
    fn every_setting_of_a_program_is_replaced() {
        let own = [URL, HTTPS_URL, CA, SITE_ID, TRACK_API_KEY, APP_API_KEY, PIPELINES_KEY];
        let values = own.map(|own| (own, "?".to_owned()));
        for program in ALL {
            let filled = program.filled(&values);
            for rest in ["127.0.0.1", "emulator-", "ca.pem"] {
                assert!(!filled.contains(rest), "{}: {filled}", program.id);
            }
            assert!(filled.contains("{{ customer.first_name }}") != program.id.ends_with("-cdp"), "{}", program.id);
        }
    }
}
