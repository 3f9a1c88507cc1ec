//! `replay`: recorded requests, sent to an emulator again, and what has become different.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use serde_json::Value;

use crate::{
    args::control::{Keys, Replay},
    control::{
        http::{Emulator, Response, Unreached},
        recording::{self, Content, Recorded},
    },
    count::counted,
    failure::{Code, Failure},
    item::{clean, verdict},
    programs,
};

/// The header of a response that has the verdict on its request.
const VERDICT: &str = "x-customerio-emulator-verdict";

pub(crate) async fn run(replay: Replay) -> Result<(), Failure> {
    let emulator = Emulator::new(&replay.target)?;
    let recording = recording::read(&replay.file)?;
    let info = emulator.call(Method::GET, "info", &[], None).await?;
    let credentials = Credentials::of(&replay.credentials, programs::credentials(&info, &replay.target));
    let (mut same, mut different, mut skipped) = (0, 0, 0);
    for recorded in recording {
        let (mark, result) = match &recorded.content {
            Err(why) => {
                skipped += 1;
                ("skipped", clean(why))
            }
            Ok(content) => {
                let now = send(&emulator, &recorded, content, &credentials).await?;
                let before = outcome(recorded.status, &recorded.verdict);
                if now.what == before {
                    same += 1;
                    ("same", before)
                } else {
                    different += 1;
                    ("differs", format!("{before} -> {}{}", now.what, now.why))
                }
            }
        };
        println!("{mark:<8} {:<6} {}  {result}", recorded.method.as_str(), clean(&recorded.path));
    }
    let total = counted(same + different + skipped, "requests");
    println!("{total}: {same} the same, {different} different, {skipped} skipped");
    if different > 0 { Err(Failure::general(String::new())) } else { Ok(()) }
}

/// The response to a request that was sent again.
struct Now {
    what: String,
    /// Why, for people.
    why: String,
}

/// `200 tolerated`.
fn outcome(status: u64, name: &str) -> String {
    format!("{status} {}", clean(verdict(name)))
}

async fn send(
    emulator: &Emulator,
    recorded: &Recorded,
    content: &Content,
    credentials: &Credentials,
) -> Result<Now, Failure> {
    let mut request = Request::new(content.body.clone());
    *request.method_mut() = recorded.method.clone();
    *request.uri_mut() = content.uri.clone();
    *request.headers_mut() = content.headers.clone();
    if recorded.status != u64::from(StatusCode::UNAUTHORIZED.as_u16()) {
        credentials.put_into(request.headers_mut(), &recorded.path)?;
    }
    match emulator.exchange(request).await {
        Ok(response) => Ok(now(&response)),
        Err(Unreached::Broken(why)) => Ok(Now { what: "no response".to_owned(), why: format!(": {}", clean(&why)) }),
        Err(refused) => Err(emulator.unreached(refused)),
    }
}

fn now(response: &Response) -> Now {
    let name = response.headers.get(VERDICT).and_then(|name| name.to_str().ok()).unwrap_or("no verdict");
    let mut why = String::new();
    if response.status.is_client_error() || response.status.is_server_error() {
        let text = String::from_utf8_lossy(&response.body);
        let _ = write!(why, ": {:.300}", clean(&text));
    }
    Now { what: outcome(response.status.as_u16().into(), name), why }
}

/// What a recording has not.
#[derive(Debug)]
struct Credentials {
    site_id: String,
    track_api_key: String,
    app_api_key: String,
    pipelines_key: String,
}

impl Credentials {
    /// Those that are given, or else those that the emulator shows.
    fn of(given: &Keys, shown: &Value) -> Self {
        let choose = |given: &Option<String>, name: &str| {
            given.clone().unwrap_or_else(|| shown[name].as_str().unwrap_or_default().to_owned())
        };
        Self {
            site_id: choose(&given.site_id, "site_id"),
            track_api_key: choose(&given.track_api_key, "track_api_key"),
            app_api_key: choose(&given.app_api_key, "app_api_key"),
            pipelines_key: choose(&given.pipelines_key, "pipelines_key"),
        }
    }

    /// Puts them in place of the ones that were recorded, of which there are a few characters. A request that had none gets none.
    fn put_into(&self, headers: &mut HeaderMap, path: &str) -> Result<(), Failure> {
        let Some(recorded) = headers.get(header::AUTHORIZATION) else { return Ok(()) };
        let scheme = recorded.as_bytes().split(|byte| *byte == b' ').next().unwrap_or_default();
        let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
        let value = if path.starts_with("/v1/") && scheme.eq_ignore_ascii_case(b"bearer") {
            format!("Bearer {}", known(&self.app_api_key, "--app-api-key")?)
        } else if path.starts_with("/v1/") {
            basic(format!("{}:", known(&self.pipelines_key, "--pipelines-key")?))
        } else {
            let site_id = known(&self.site_id, "--site-id")?;
            basic(format!("{site_id}:{}", known(&self.track_api_key, "--track-api-key")?))
        };
        let invalid = |_| Failure::new(Code::Usage, "a credential has a character that no header can have");
        headers.insert(header::AUTHORIZATION, HeaderValue::try_from(value).map_err(invalid)?);
        Ok(())
    }
}

/// A credential that is shown whole: one of somebody's own is not.
fn known<'c>(credential: &'c str, flag: &str) -> Result<&'c str, Failure> {
    if credential.starts_with('…') {
        return Err(Failure::new(
            Code::Usage,
            format!("the emulator has a key of its own ({credential}): give it by {flag}"),
        ));
    }
    Ok(credential)
}
