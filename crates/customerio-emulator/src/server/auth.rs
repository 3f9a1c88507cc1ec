//! Who may call what.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use http::{HeaderMap, header};

use crate::{config::Config, server::reply::Refusal};

/// The credentials that a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// None.
    Open,
    /// Basic, of Site ID and Track API key.
    Track,
    /// Basic, of the Pipelines API key and no password; or Bearer, of a key that begins with `pk_` or `sk_`.
    Pipelines,
    /// Bearer, of the App API key.
    App,
    /// As [`App`](Self::App), or the service-account token with the workspace's number.
    Send,
}

impl Access {
    /// Refuses a request that has not the credentials.
    pub(crate) fn check(self, headers: &HeaderMap, config: &Config) -> Result<(), Refusal> {
        let token = |scheme: &str| {
            let (given, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
            given.eq_ignore_ascii_case(scheme).then_some(token.trim())
        };
        // The standard has one alphabet for it; go-customerio writes the other.
        let basic = |pair: String| {
            token("Basic").is_some_and(|given| given == STANDARD.encode(&pair) || given == URL_SAFE.encode(&pair))
        };
        let known = match self {
            Self::Open => true,
            Self::Track => match &config.track_api_key {
                Some(key) => basic(format!("{}:{key}", config.site_id)),
                // Whoever came here was chosen by the Site ID.
                None => token("Basic").is_some(),
            },
            Self::Pipelines => {
                let key = &config.pipelines_key;
                let is_token = ["pk_", "sk_"].iter().any(|prefix| key.starts_with(prefix));
                basic(format!("{key}:")) || token("Bearer").is_some_and(|given| is_token && given == key)
            }
            Self::App | Self::Send => match token("Bearer") {
                Some(given) if given == config.app_api_key => true,
                Some(given) if self == Self::Send && given == config.service_account_token => {
                    return check_workspace(headers, config);
                }
                _ => false,
            },
        };
        if known { Ok(()) } else { Err(Refusal::unauthorized()) }
    }
}

fn check_workspace(headers: &HeaderMap, config: &Config) -> Result<(), Refusal> {
    let Some(given) = headers.get("x-workspace-id") else {
        return Err(Refusal::bad("X-Workspace-Id is needed with a service-account token"));
    };
    match given.to_str().ok().and_then(|text| text.parse::<u64>().ok()) {
        Some(id) if id == config.workspace_id => Ok(()),
        Some(_) => Err(Refusal::unauthorized()),
        None => Err(Refusal::bad("X-Workspace-Id must be an integer")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        Emulator,
        testing::{parts, request},
    };

    /// The response to a call with these headers, from an emulator with its own credentials.
    fn respond(line: &str, headers: &[(&'static str, &str)]) -> (u16, serde_json::Value) {
        let emulator = Emulator::builder()
            .with_track_credentials("site", "key")
            .with_app_api_key("app")
            .with_service_account_token("sa_live_x")
            .with_workspace_id(12)
            .build();
        emulator.create_broadcast(1);
        let body = if line.contains("/send/") {
            json!({"transactional_message_id": 1, "identifiers": {"id": "42"}})
        } else {
            json!({})
        };
        let mut request = request(line, &body);
        request.headers_mut().remove("authorization");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        parts(&emulator.handle(&request))
    }

    #[test]
    fn track_takes_the_pair_alone() {
        let line = "PUT /api/v1/customers/42";
        for (authorization, status) in [
            ("Basic c2l0ZTprZXk=", 200),
            ("basic c2l0ZTprZXk=", 200),
            ("Basic c2l0ZTprZXl=", 401),
            ("Basic site:key", 401),
            ("Bearer app", 401),
            ("Basic", 401),
        ] {
            let (given, body) = respond(line, &[("authorization", authorization)]);
            assert_eq!(given, status, "{authorization}");
            if status == 401 {
                assert_eq!(body, json!({"meta": {"error": "Unauthorized request"}}));
            }
        }
        assert_eq!(respond(line, &[]).0, 401);
    }

    #[test]
    fn basic_credentials_are_in_either_alphabet() {
        let emulator = Emulator::builder().with_track_credentials("~~~", "~~~").build();
        for authorization in ["Basic fn5+On5+fg==", "Basic fn5-On5-fg=="] {
            let mut request = request("PUT /api/v1/customers/42", &json!({}));
            request.headers_mut().insert("authorization", authorization.parse().unwrap());
            assert_eq!(parts(&emulator.handle(&request)), (200, json!({})), "{authorization}");
        }
    }

    #[test]
    fn app_takes_the_key_and_sends_take_a_service_account_too() {
        let (send, trigger) = ("POST /v1/send/in_app", "POST /v1/campaigns/1/triggers");
        for (line, token, workspace, status) in [
            (send, "Bearer app", None, 200),
            (trigger, "Bearer app", None, 200),
            (send, "Bearer sa_live_x", Some("12"), 200),
            (send, "Bearer sa_live_x", None, 400),
            (send, "Bearer sa_live_x", Some("x"), 400),
            (send, "Bearer sa_live_x", Some("13"), 401),
            (trigger, "Bearer sa_live_x", Some("12"), 401),
            (send, "Bearer other", Some("12"), 401),
            (send, "Basic c2l0ZTprZXk=", None, 401),
        ] {
            let mut headers = vec![("authorization", token)];
            headers.extend(workspace.map(|id| ("x-workspace-id", id)));
            let (given, body) = respond(line, &headers);
            assert_eq!(given, status, "{line} {token} {workspace:?}");
            if status == 401 {
                let error = json!({"status": "401", "detail": "Unauthorized request", "code": "invalid_credentials"});
                assert_eq!(body, json!({"errors": [error]}));
            }
        }
    }
}
