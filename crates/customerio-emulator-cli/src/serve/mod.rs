//! The command `serve`: an emulator on its sockets, from the first line to the last.

mod banner;
mod courier;
mod listen;
mod stop;
mod webhooks;

use std::{
    fs,
    io::{self, Write as _},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use customerio_emulator::{
    APP_API_KEY, Authority, Emulator, Listeners, PIPELINES_KEY, SITE_ID, Server, TRACK_API_KEY, WEBHOOK_SIGNING_KEY,
};

use crate::{
    args::serve::{LogFormat, Serve},
    authority,
    failure::{Code, Failure, io_failure},
    file::{Readers, write_whole},
    serve::{banner::Ready, courier::Courier, listen::reachable},
};

/// More threads would only wait for the one lock.
const MOST_THREADS: usize = 4;

pub(crate) fn run(serve: Serve) -> Result<(), Failure> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    runtime.map_err(io_failure("the runtime"))?.block_on(until_stopped(serve))
}

async fn until_stopped(serve: Serve) -> Result<(), Failure> {
    listen::check(&serve.listen)?;
    if let Some(path) = &serve.output.ready_file {
        remove(path)?;
    }
    // A port that is taken is said at once, and who connects meanwhile waits.
    let http = listen::bind(&serve.listen, serve.listen.port, "--port")?;
    let https = if serve.listen.no_https {
        Vec::new()
    } else {
        listen::bind(&serve.listen, serve.listen.https_port, "--https-port")?
    };
    let emulator = emulator(&serve)?;
    let (server, authority) = start(&serve, &emulator, http, https).await?;
    let ready = ready(&serve, &server, authority.as_ref());
    announce(&serve, &ready)?;

    let webhooks = tokio::spawn(webhooks::send(emulator, Courier::new(&serve.webhooks.allow_webhook_host)));
    stop::asked().await.map_err(io_failure("signals"))?;
    server.shutdown().await;
    webhooks.abort();
    serve.output.ready_file.as_deref().map_or(Ok(()), remove)
}

fn emulator(serve: &Serve) -> Result<Emulator, Failure> {
    let credentials = &serve.credentials;
    let or = |given: &Option<String>, own: &str| given.clone().unwrap_or_else(|| own.to_owned());
    let mut builder = Emulator::builder()
        .with_track_credentials(or(&credentials.site_id, SITE_ID), or(&credentials.track_api_key, TRACK_API_KEY))
        .with_app_api_key(or(&credentials.app_api_key, APP_API_KEY))
        .with_pipelines_key(or(&credentials.pipelines_key, PIPELINES_KEY))
        .with_webhook_signing_key(or(&credentials.webhook_signing_key, WEBHOOK_SIGNING_KEY))
        .with_hosts(&serve.listen.names.allow_host)
        .with_memory_limit(serve.content.max_memory);
    if let Some(region) = serve.content.region {
        builder = builder.with_region(region);
    }
    if let Some(clock) = serve.content.clock {
        builder = builder.with_clock_at(clock);
    }
    if serve.listen.with_cors {
        builder = builder.with_cors();
    }
    let emulator = builder.build();
    if let Some(outcomes) = &serve.content.outcomes {
        emulator.set_outcomes(outcomes.iter().map(|planned| (planned.after, planned.outcome.clone())));
    }
    if let Some(url) = &serve.webhooks.webhook_url {
        emulator.report_to(url).map_err(|error| Failure::new(Code::Usage, format!("--webhook-url {url}: {error}")))?;
    }
    Ok(emulator)
}

async fn start(
    serve: &Serve,
    emulator: &Emulator,
    http: Vec<TcpListener>,
    https: Vec<TcpListener>,
) -> Result<(Server, Option<Authority>), Failure> {
    let mut http = http.into_iter();
    let Some(first) = http.next() else { return Err(Failure::new(Code::Usage, "--listen names no address")) };
    let mut listeners = http.fold(Listeners::http(first), Listeners::and_http);
    let mut authority = None;
    if !https.is_empty() {
        let names = &serve.listen.names.allow_host;
        let own = authority::open(&authority::folder(&serve.listen.ca)?, names)?;
        let tls = own.server(names).map_err(|error| {
            Failure::general(format!("{error}: `customerio-emulator ca --renew` with the same --allow-host makes another, which clients must trust then"))
        })?;
        listeners = https.into_iter().fold(listeners, |listeners, listener| listeners.and_https(listener, &tls));
        authority = Some(own);
    }
    let server = emulator.serve_on(listeners).await.map_err(io_failure("the sockets"))?;
    Ok((server, authority))
}

fn ready(serve: &Serve, server: &Server, authority: Option<&Authority>) -> Ready {
    let outside = serve.listen.listen.iter().find(|address| !address.is_loopback());
    let warn =
        |address| format!("it listens on {address}: whoever reaches this machine can read and change what is in it");
    let path = |path: &Path| path.display().to_string();
    Ready {
        url: format!("http://{}", reachable(server.address())),
        https_url: server.https_address().map(|address| format!("https://{}", reachable(address))),
        ca: authority.map(|authority| path(authority.certificate_path())),
        seed: serve.content.seed.as_deref().map(path),
        state: serve.content.state.as_deref().map(path),
        webhook_url: serve.webhooks.webhook_url.clone(),
        warnings: outside.map(warn).into_iter().collect(),
    }
}

fn announce(serve: &Serve, ready: &Ready) -> Result<(), Failure> {
    if let Some(path) = &serve.output.ready_file {
        let text = ready.json().to_string() + "\n";
        write_whole(path, text.as_bytes(), Readers::All).map_err(io_failure(path.display()))?;
    }
    match serve.output.log_format {
        LogFormat::Json => say(&(ready.json().to_string() + "\n")),
        LogFormat::Text => say(&ready.text(&serve.credentials)),
    }
    if serve.output.open
        && let Err(error) = open(&ready.page())
    {
        eprintln!("warning: the browser does not open ({error}): the page is {}", ready.page());
    }
    Ok(())
}

/// Prints. Nobody may read it any more, which is no reason to stop.
fn say(text: &str) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

fn open(url: &str) -> io::Result<()> {
    let (program, arguments): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let quiet = Stdio::null;
    let mut child =
        Command::new(program).args(arguments).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn()?;
    // It must be waited for, and that must not take long here.
    thread::spawn(move || child.wait());
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_failure(path.display())(error)),
        _ => Ok(()),
    }
}
