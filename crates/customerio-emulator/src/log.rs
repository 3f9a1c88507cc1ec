//! The log of a request: what arrived, the verdict on it, and its effects.

use std::time::{Duration, Instant};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};

use crate::{
    contract::{
        deviation::{Deviation, Deviations},
        fault::{Fault, MOST_FAULTS},
    },
    faults::kind::MetFault,
    route::Head,
    store::{
        changes::{Change, Effect},
        record::{LoggedRequest, Verdict},
    },
};

/// Most bytes of a path in the log.
const MOST_PATH: usize = 2_000;

/// Most bytes of the headers in the log, and of one value.
const MOST_HEAD: usize = 8 * 1024;

/// Most bytes of a body in the log.
const MOST_BODY: usize = 64 * 1024;

/// Most effects of a request in the log.
const MOST_EFFECTS: usize = 50;

/// A request that has come, and has no response yet.
#[derive(Debug)]
pub(crate) struct Arrival {
    logged: LoggedRequest,
    started: Instant,
}

impl Arrival {
    /// A request without its body, or with it.
    pub(crate) fn of(head: Head<'_>, route: Option<&'static str>, body: &Bytes) -> Self {
        let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let logged = LoggedRequest {
            method: head.method.clone(),
            path: path.get(..MOST_PATH).unwrap_or(path).to_owned(),
            route,
            status: StatusCode::OK,
            verdict: Verdict::Accepted,
            deviations: Vec::new(),
            problems: Vec::new(),
            effects: Vec::new(),
            fault: None,
            at: Duration::ZERO,
            took: Duration::ZERO,
            head: shown(head.headers),
            body: beginning(body),
            body_bytes: body.len(),
            response: Bytes::new(),
            response_bytes: 0,
        };
        Self { logged, started: Instant::now() }
    }

    /// With the fault that it meets, if any.
    pub(crate) const fn meets(mut self, fault: Option<MetFault>) -> Self {
        self.logged.fault = fault;
        self
    }

    pub(crate) const fn fault(&self) -> Option<MetFault> {
        self.logged.fault
    }

    /// With the response and what was made of the request, at a time of the emulator's.
    pub(crate) fn end(self, response: &Response<Bytes>, found: Found, at: Duration) -> LoggedRequest {
        let Found { mut verdict, deviations, mut problems, effects } = found;
        if let Some(fault) = self.logged.fault {
            verdict = Verdict::Fault;
            problems.truncate(MOST_FAULTS - 1);
            problems.insert(0, Deviation { pointer: String::new(), message: fault.to_string() });
        }
        LoggedRequest {
            status: response.status(),
            verdict,
            deviations,
            problems,
            effects,
            at,
            took: self.started.elapsed(),
            response: beginning(response.body()),
            response_bytes: response.body().len(),
            ..self.logged
        }
    }
}

/// The verdict on a request.
#[derive(Debug)]
pub(crate) struct Found {
    verdict: Verdict,
    deviations: Vec<Deviation>,
    problems: Vec<Deviation>,
    effects: Vec<Effect>,
}

impl Found {
    /// It got this verdict, for these reasons.
    pub(crate) fn of(verdict: Verdict, faults: Vec<Fault>) -> Self {
        let mut found = Deviations::default();
        found.drop_silently("", faults);
        Self { verdict, deviations: found.taken, problems: found.problems, effects: Vec::new() }
    }

    /// It is as it should be.
    pub(crate) fn accepted() -> Self {
        Self::of(Verdict::Accepted, Vec::new())
    }

    /// It was refused with a text.
    pub(crate) fn refused(response: &Response<Bytes>) -> Self {
        Self::of(Verdict::Refused, vec![Fault::of_all(String::from_utf8_lossy(response.body()))])
    }

    /// It was done, with what was noted meanwhile and ignored without a word.
    pub(crate) fn done(mut found: Deviations, ignored: Vec<String>, changes: Vec<Change>) -> Self {
        for text in ignored {
            found.drop_silently("", vec![Fault::of_all(text)]);
        }
        let verdict = match &found {
            Deviations { dropped: 1.., .. } => Verdict::Dropped,
            Deviations { refused: 1.., .. } => Verdict::Refused,
            Deviations { taken, .. } if !taken.is_empty() => Verdict::Tolerated,
            _ => Verdict::Accepted,
        };
        let effects = changes.into_iter().take(MOST_EFFECTS).map(|change| change.effect).collect();
        Self { verdict, deviations: found.taken, problems: found.problems, effects }
    }
}

/// A copy of a body's beginning: a part of the body itself would keep all of it.
fn beginning(body: &Bytes) -> Bytes {
    Bytes::copy_from_slice(&body[..MOST_BODY.min(body.len())])
}

/// The headers, a line each, without credentials.
fn shown(headers: &HeaderMap) -> String {
    let mut head = String::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let is_credential = [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE].contains(name);
        let value = if is_credential { masked(&value) } else { value.into_owned() };
        if head.len() + name.as_str().len() + value.len() + 3 > MOST_HEAD {
            break;
        }
        head.extend([name.as_str(), ": ", &value, "\n"]);
    }
    head
}

/// A credential as its scheme and its last four characters.
fn masked(credential: &str) -> String {
    let (scheme, secret) = credential.split_once(' ').unwrap_or(("", credential));
    let secret = secret.trim();
    let decoded = STANDARD.decode(secret).or_else(|_| URL_SAFE.decode(secret)).ok();
    let pair = decoded.filter(|_| scheme.eq_ignore_ascii_case("basic")).and_then(|pair| String::from_utf8(pair).ok());
    // The key is what follows the Site ID, or is alone before the colon.
    let key = pair.as_deref().map(|pair| match pair.split_once(':') {
        Some((key, "") | (_, key)) => key,
        None => pair,
    });
    let last = last_four(key.unwrap_or(secret));
    if scheme.is_empty() { last } else { format!("{scheme} {last}") }
}

/// The last four characters of a secret; of a short one, none.
pub(crate) fn last_four(secret: &str) -> String {
    const SHORT: usize = 8;
    let shown = if secret.chars().count() < SHORT { 0 } else { 4 };
    let start = secret.char_indices().rev().nth(shown.max(1) - 1).map_or(0, |(start, _)| start);
    format!("…{}", if shown == 0 { "" } else { &secret[start..] })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Action::{Changed, Created};
    use crate::testing::{accept, call, emulator, request};

    #[test]
    fn credentials_are_their_last_four_characters() {
        for (credential, shown) in [
            // `emulator-site:emulator-track-key`
            ("Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=", "Basic …-key"),
            // `emulator-pipelines-key:`
            ("basic ZW11bGF0b3ItcGlwZWxpbmVzLWtleTo=", "basic …-key"),
            // `site-of-ours:abc`: no part of a short key.
            ("Basic c2l0ZS1vZi1vdXJzOmFiYw==", "Basic …"),
            ("Bearer abcdefgh", "Bearer …efgh"),
            ("Bearer abcdefg", "Bearer …"),
            ("Basic !!!", "Basic …"),
            ("abcdefghé", "…fghé"),
            ("", "…"),
        ] {
            assert_eq!(masked(credential), shown, "{credential}");
        }
    }

    #[test]
    fn a_request_is_kept_with_what_was_made_of_it() {
        let emulator = emulator();
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"email": "ada@example.com"}));
        accept(&emulator, "POST /api/v1/customers/42/events", &json!({"name": "purchase"}));
        accept(&emulator, "POST /api/v1/customers/43/suppress", &json!(null));
        accept(&emulator, "PUT /api/v1/customers/43", &json!({}));
        call(&emulator, "PUT /api/v1/customers/42", &json!({"unsubscribed": "yes"}));
        call(&emulator, "PUT /api/v1/customer/42", &json!({}));
        call(&emulator, "POST /v1/batch", &json!({"batch": [{"type": "track", "event": "e", "userId": "42"}]}));
        let mut lax = request("POST /v1/track", &json!({"event": "", "userId": "42"}));
        lax.headers_mut().remove("x-strict-mode");
        assert_eq!(emulator.handle(&lax).status(), 200);

        let log = emulator.request_log();
        let verdicts: Vec<_> = log.iter().map(|logged| logged.verdict.name()).collect();
        let expected =
            ["accepted", "accepted", "accepted", "dropped", "refused", "unknown_route", "accepted", "dropped"];
        assert_eq!(verdicts, expected);
        let effects = |logged: &LoggedRequest| {
            let named = logged.effects.iter().map(|effect| (effect.kind, effect.action, effect.label.clone()));
            named.collect::<Vec<_>>()
        };
        let ada = "ada@example.com".to_owned();
        assert_eq!(effects(&log[0]), [("people", Created, ada)]);
        assert_eq!(effects(&log[1]), [("events", Created, "purchase".into())]);
        assert_eq!(effects(&log[3]), []);
        assert_eq!(log[3].why(), Some("the id 43 is suppressed"));
        assert_eq!(log[4].problems[0].pointer, "/unsubscribed");
        assert_eq!(log[4].why(), Some("unsubscribed must be true or false"));
        assert_eq!(log[0].route, Some("/api/v1/customers/{person}"));
        assert_eq!((&log[0].body[..], &log[0].response[..]), (&br#"{"email":"ada@example.com"}"#[..], &b"{}"[..]));
        assert!(log[0].head.contains("authorization: Basic …-key\n"), "{}", log[0].head);
        assert!(!log[5].why().unwrap().is_empty());
        accept(&emulator, "PUT /api/v1/customers/42", &json!({"plan": "pro"}));
        assert_eq!(effects(&emulator.request_log()[8])[0].1, Changed);
    }
}
