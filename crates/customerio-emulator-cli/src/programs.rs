//! `env`: settings for an SDK, and a first program of it, as a shell script that can be pasted.

use std::fmt::Write as _;

use bytes::Bytes;
use clap::ValueEnum as _;
use customerio_emulator::{Emulator, Surroundings, Workspaces};
use http::{Method, Request, header};
use serde_json::Value;

use crate::{
    args::{
        control::{Env, Sdk, Target},
        serve::CaFolder,
    },
    authority,
    control::Emulator as Remote,
    failure::Failure,
};

pub(crate) async fn run(env: Env) -> Result<(), Failure> {
    let remote = Remote::new(&env.target)?;
    let is_reached = remote.send(Method::GET, "/readyz", None).await.is_ok();
    let planned = (!is_reached).then(planned);
    let get = async |path| match &planned {
        None => remote.call(Method::GET, path, &[], None).await,
        Some(planned) => asked(planned, remote.url(), path).await,
    };
    let mut script = String::new();
    if !is_reached {
        let url = remote.url();
        let _ = writeln!(script, "# Nothing listens at {url} yet: these are the settings that it starts with.");
    }
    write_settings(&mut script, &get("info").await?, &env.target);
    if let Some(sdk) = env.sdk {
        write_program(&mut script, &get("programs").await?, sdk)?;
    }
    print!("{script}");
    Ok(())
}

/// The emulator that is started without flags.
fn planned() -> Workspaces {
    let mut surroundings = Surroundings::default();
    surroundings.https_url = Some("https://127.0.0.1:8247".to_owned());
    surroundings.ca = authority::folder(&CaFolder { ca_dir: None }).ok().map(|folder| folder.join("ca.pem"));
    Workspaces::of(Emulator::new()).with_surroundings(surroundings)
}

/// What it responds, once it listens at the URL.
async fn asked(planned: &Workspaces, url: &str, path: &str) -> Result<Value, Failure> {
    let host = url.trim_start_matches("http://");
    let request = Request::get(format!("/_emulator/v1/{path}")).header(header::HOST, host).body(Bytes::new());
    let request = request.map_err(|error| Failure::general(format!("{url} is no URL of an emulator: {error}")))?;
    let response = planned.control(request).await;
    serde_json::from_slice(response.body()).map_err(|error| Failure::general(error.to_string()))
}

/// What a program finds in its environment.
fn write_settings(script: &mut String, info: &Value, target: &Target) {
    let credentials = credentials(info, target);
    // What `CustomerIo::from_env` of the crate `customerio` reads has its names.
    let region = Value::from("us");
    for (name, value) in [
        ("CUSTOMERIO_URL", &info["url"]),
        ("CUSTOMERIO_BASE_URL", &info["url"]),
        ("CUSTOMERIO_REGION", &region),
        ("CUSTOMERIO_HTTPS_URL", &info["https_url"]),
        ("CUSTOMERIO_SITE_ID", &credentials["site_id"]),
        ("CUSTOMERIO_TRACK_API_KEY", &credentials["track_api_key"]),
        ("CUSTOMERIO_APP_API_KEY", &credentials["app_api_key"]),
        ("CUSTOMERIO_PIPELINES_API_KEY", &credentials["pipelines_key"]),
        ("CUSTOMERIO_WEBHOOK_SIGNING_KEY", &credentials["webhook_signing_key"]),
        ("CUSTOMERIO_CA", &info["ca"]),
        // It adds to what is trusted. What stands in place of that is for single programs.
        ("NODE_EXTRA_CA_CERTS", &info["ca"]),
    ] {
        if let Some(value) = value.as_str() {
            let _ = writeln!(script, "export {name}={}", quoted(value));
        }
    }
}

/// The credentials of the workspace, as the control API shows them.
pub(crate) fn credentials<'i>(info: &'i Value, target: &Target) -> &'i Value {
    let workspaces = info["workspaces"].as_array().map_or(&[][..], Vec::as_slice);
    let named = target.workspace.as_deref().and_then(|name| {
        let is_it = |known: &&Value| known["id"] == name || has_credential(known, name);
        workspaces.iter().find(is_it)
    });
    named.or(workspaces.first()).map_or(&Value::Null, |workspace| &workspace["credentials"])
}

fn has_credential(workspace: &Value, name: &str) -> bool {
    workspace["credentials"].as_object().is_some_and(|all| all.values().any(|credential| credential == name))
}

/// A folder with the program of an SDK, which is run there.
fn write_program(script: &mut String, programs: &Value, sdk: Sdk) -> Result<(), Failure> {
    let sdk = sdk.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    let mut programs = programs["items"].as_array().into_iter().flatten();
    let program = programs.find(|program| program["id"] == sdk).ok_or_else(|| {
        Failure::general(format!("the emulator that runs has no program for {sdk}: start this version of it"))
    })?;
    let part = |name: &str| program[name].as_str().unwrap_or_default();
    let _ = writeln!(script);
    for note in program["notes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = writeln!(script, "# {note}");
    }
    let _ = writeln!(script, "mkdir -p customerio-{sdk} && cd customerio-{sdk}");
    if let Some(install) = program["install"].as_str() {
        let _ = writeln!(script, "{install}");
    }
    let (file, text, run) = (part("file"), part("text"), part("run"));
    let _ = writeln!(script, "cat >{file} <<'END'\n{text}END\n{run}");
    Ok(())
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
