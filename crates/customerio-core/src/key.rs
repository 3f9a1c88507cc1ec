//! What errors say about the credential of a request, and what they must not show.

use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// Which credential an endpoint has, and where it came from, for the error when the server rejects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) kind: KeyKind,
    pub(crate) origin: KeyOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Track,
    App,
    ServiceAccount,
    Pipelines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyOrigin {
    /// The program gave it.
    Argument,
    /// The variables that [`Config`](crate::Config) names gave it.
    Variables,
}

impl fmt::Display for Key {
    /// What to check, and where to find it in Customer.io.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.kind, self.origin) {
            (KeyKind::Track, KeyOrigin::Argument) => "check the Site ID and the API key given to `track`",
            (KeyKind::Track, KeyOrigin::Variables) => "check CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY",
            (KeyKind::App, KeyOrigin::Argument) => "check the App API key given to `app`",
            (KeyKind::App, KeyOrigin::Variables) => "check CUSTOMERIO_APP_API_KEY",
            (KeyKind::ServiceAccount, KeyOrigin::Argument) => {
                "check the service-account token given to `app` and the workspace's id"
            }
            (KeyKind::ServiceAccount, KeyOrigin::Variables) => {
                "check CUSTOMERIO_APP_API_KEY, which has a service-account token, and CUSTOMERIO_WORKSPACE_ID"
            }
            (KeyKind::Pipelines, KeyOrigin::Argument) => "check the API key given to `pipelines`",
            (KeyKind::Pipelines, KeyOrigin::Variables) => "check CUSTOMERIO_PIPELINES_API_KEY",
        })?;
        f.write_str(match self.kind {
            KeyKind::Track => {
                "; find both in one row in Customer.io under Account Settings > API Credentials > Track API Keys"
            }
            KeyKind::App => "; find it in Customer.io under Account Settings > API Credentials > App API Keys",
            KeyKind::ServiceAccount => "; it belongs to a service account in Customer.io's Account Settings",
            KeyKind::Pipelines => "; find it in Customer.io under Sources, in the Settings of its source",
        })
    }
}

/// The texts that must not be shown: a credential, its parts, and other ways to write them.
pub(crate) struct Secrets(Vec<Zeroizing<String>>);

/// What replaces a secret.
const BLANK: &str = "[credential]";

/// A secret that is shorter is a word of a test, and may be a part of other words.
const WORD: usize = 8;

impl Secrets {
    /// Those of a header `authorization`.
    pub(crate) fn of(authorization: Option<&HeaderValue>) -> Self {
        let mut secrets = Self(Vec::new());
        let text = authorization.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some((scheme, token)) = text.split_once(' ') else { return secrets };
        if scheme == "Basic" {
            let pair = Zeroizing::new(STANDARD.decode(token).unwrap_or_default());
            let pair = std::str::from_utf8(&pair).unwrap_or_default();
            secrets.add(pair);
            // There is no colon in the name, and there may be some in the password.
            let (user, password) = pair.split_once(':').unwrap_or_default();
            for part in [user, password] {
                secrets.add(part);
            }
        } else {
            secrets.add(token);
        }
        // The longest first: it may begin with a shorter one.
        secrets.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.0.dedup();
        secrets
    }

    /// Adds a secret, and the ways in which it is written in a header, in a URL and in JSON.
    fn add(&mut self, secret: &str) {
        const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        let base64 = Zeroizing::new(STANDARD.encode(secret));
        // Padding may be cut off.
        let base64 = Zeroizing::new(base64.trim_end_matches('=').to_owned());
        let other_base64 = Zeroizing::new(base64.replace('+', "-").replace('/', "_"));
        for plain in [Zeroizing::new(secret.to_owned()), base64, other_base64] {
            let in_url = Zeroizing::new(utf8_percent_encode(&plain, RESERVED).to_string());
            let in_json = Zeroizing::new(serde_json::to_string(&*plain).unwrap_or_default());
            let in_json = Zeroizing::new(in_json.trim_matches('"').to_owned());
            let escaped = Zeroizing::new(in_json.replace('/', "\\/"));
            for form in [plain, in_url, in_json, escaped] {
                if !form.is_empty() && !self.0.contains(&form) {
                    self.0.push(form);
                }
            }
        }
    }

    /// `text` without the secrets, whether their letters are large or small.
    pub(crate) fn blank<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.0.is_empty() {
            return text.into();
        }
        let (mut blanked, mut kept, mut at) = (String::new(), 0, 0);
        while at < text.len() {
            match self.0.iter().find(|secret| stands_at(text, at, secret)) {
                Some(secret) => {
                    blanked.push_str(&text[kept..at]);
                    blanked.push_str(BLANK);
                    at += secret.len();
                    kept = at;
                }
                None => at += text[at..].chars().next().map_or(1, char::len_utf8),
            }
        }
        if kept == 0 { text.into() } else { (blanked + &text[kept..]).into() }
    }

    /// [`blank`](Self::blank), in place.
    pub(crate) fn blank_in(&self, text: &mut String) {
        if let Cow::Owned(blanked) = self.blank(text) {
            *text = blanked;
        }
    }
}

fn stands_at(text: &str, at: usize, secret: &str) -> bool {
    let end = at + secret.len();
    // As bytes, because the end may lie within a character.
    if !text.as_bytes().get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(secret.as_bytes())) {
        return false;
    }
    secret.len() >= WORD
        || !(text[..at].ends_with(char::is_alphanumeric) || text[end..].starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(authorization: &str) -> Secrets {
        Secrets::of(Some(&HeaderValue::try_from(authorization).unwrap()))
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn a_credential_is_blanked_however_it_is_written() {
        let bearer = secrets("Bearer sa_live_A1/b+c2");
        for (text, expected) in [
            ("bad key Bearer sa_live_A1/b+c2.", "bad key Bearer [credential]."),
            ("SA_LIVE_a1/B+C2 and sa_live_A1/b+c2", "[credential] and [credential]"),
            ("?key=sa_live_A1%2Fb%2bc2&x", "?key=[credential]&x"),
            (r#"{"key":"sa_live_A1\/b+c2"}"#, r#"{"key":"[credential]"}"#),
            ("xsa_live_A1/b+c2y sa_live_A1/b", "x[credential]y sa_live_A1/b"),
            ("c2FfbGl2ZV9BMS9iK2My", "[credential]"),
            ("🦀 no credential é", "🦀 no credential é"),
            ("", ""),
        ] {
            assert_eq!(bearer.blank(text), expected);
        }
        let track = secrets(&basic("site-0001:k\"é/y~~-0002:3"));
        for text in [
            basic("site-0001:k\"é/y~~-0002:3").split_off(6),
            basic("site-0001:k\"é/y~~-0002:3").split_off(6).trim_end_matches('=').replace('/', "_").replace('+', "-"),
            "site-0001:k\"é/y~~-0002:3".to_owned(),
            "SITE-0001".to_owned(),
            "k\"é/y~~-0002:3".to_owned(),
            "k%22%C3%A9%2Fy~~-0002%3A3".to_owned(),
            r#"k\"é/y~~-0002:3"#.to_owned(),
            r#"k\"é\/y~~-0002:3"#.to_owned(),
        ] {
            let shown = track.blank(&text);
            assert_eq!(shown.trim_end_matches('='), "[credential]", "{text}");
        }
        let pipelines = secrets(&basic("write-key-1:"));
        assert_eq!(pipelines.blank("write-key-1: d3JpdGUta2V5LTE6"), "[credential] [credential]");
    }

    #[test]
    fn a_short_one_is_blanked_as_a_word_alone() {
        let track = secrets(&basic("site:key"));
        assert_eq!(
            track.blank("the site's monkey has no key: site:key"),
            "the [credential]'s monkey has no [credential]: [credential]"
        );
        assert_eq!(track.blank("ékey keyé key"), "ékey keyé [credential]");
    }

    #[test]
    fn without_a_credential_nothing_is_blanked() {
        for none in [Secrets::of(None), secrets(""), secrets("Bearer"), secrets("Bearer "), secrets("Basic !")] {
            assert_eq!(none.blank("Bearer, : and Basic"), "Bearer, : and Basic");
        }
    }

    #[test]
    fn each_key_is_named_by_what_gave_it_and_where_it_stands() {
        let told = |kind, origin| Key { kind, origin }.to_string();
        for (kind, variable, place) in [
            (KeyKind::Track, "CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY", "API Credentials > Track API Keys"),
            (KeyKind::App, "CUSTOMERIO_APP_API_KEY", "API Credentials > App API Keys"),
            (KeyKind::ServiceAccount, "CUSTOMERIO_APP_API_KEY", "Account Settings"),
            (KeyKind::Pipelines, "CUSTOMERIO_PIPELINES_API_KEY", "the Settings of its source"),
        ] {
            let (argument, variables) = (told(kind, KeyOrigin::Argument), told(kind, KeyOrigin::Variables));
            assert!(variables.contains(variable) && !argument.contains("CUSTOMERIO_"), "{argument}, {variables}");
            assert!(argument.contains(place) && variables.contains(place), "{argument}, {variables}");
        }
    }
}
