//! The command `serve`: an emulator on its sockets, from the first line to the last.

mod banner;
mod content;
mod courier;
mod inside;
mod keep;
mod listen;
mod log;
mod printer;
mod stop;
mod webhooks;

use std::{
    collections::HashSet,
    fs,
    future::pending,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use bytes::Bytes;
use customerio_emulator::{Authority, Listeners, Server, Surroundings, Workspaces};
use http::Method;
use serde_json::Value;
use tokio::{task::JoinSet, time::sleep};

use crate::{
    args::serve::{Listen, LogFormat, Serve},
    authority,
    failure::{Code, Failure, io_failure},
    file::{Readers, write_whole},
    lock::Lock,
    serve::{
        banner::Ready,
        courier::Courier,
        inside::ask,
        keep::Keeper,
        listen::{Sockets, reachable},
        log::Log,
        printer::say,
        stop::Signals,
    },
};

/// More would only wait for the one lock.
const THREADS: std::ops::RangeInclusive<usize> = 2..=4;

/// How soon a new workspace is noticed.
const NEW_WORKSPACES: Duration = Duration::from_millis(50);

pub(crate) fn run(serve: Serve) -> Result<(), Failure> {
    let threads = thread::available_parallelism().map_or(1, usize::from).clamp(*THREADS.start(), *THREADS.end());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let outcome = runtime.map_err(io_failure("the runtime"))?.block_on(until_stopped(serve));
    printer::finish();
    outcome
}

async fn until_stopped(serve: Serve) -> Result<(), Failure> {
    listen::check(&serve.listen)?;
    if let Some(path) = &serve.output.ready_file {
        remove(path)?;
    }
    // A port that is taken is said at once, and who connects meanwhile waits.
    let sockets = Sockets::bind(&serve.listen)?;
    let authority = authority(&serve.listen)?;
    let surroundings = surroundings(&serve, &sockets, authority.as_ref())?;
    // Before it is read: another program may be about to write it.
    let _lock = serve.content.state.as_deref().map(Lock::of).transpose()?;
    let workspaces = content::workspaces(&serve).await?.with_surroundings(surroundings.clone());
    let mut keeper = match &serve.content.state {
        Some(path) => Some(Keeper::begin(path, &workspaces).await?),
        None => None,
    };
    let signals = Signals::new().map_err(io_failure("signals"))?;
    let server = start(&serve, &workspaces, sockets, authority.as_ref())?;
    announce(&serve, &ready(&serve, &server, &surroundings, &workspaces).await?)?;

    let log = Log::of(&serve.output);
    workspaces.set_webhook_transport(Arc::new(Courier::new(log)));
    let said = tokio::spawn(each_workspace(workspaces.clone(), log));
    tokio::select! {
        () = signals.asked() => {}
        () = workspaces.run_webhooks() => {}
        () = follow(keeper.as_mut(), log) => {}
    }
    server.shutdown().await;
    said.abort();
    if let Some(keeper) = &mut keeper {
        keeper.end().await?;
    }
    serve.output.ready_file.as_deref().map_or(Ok(()), remove)
}

fn authority(listen: &Listen) -> Result<Option<Authority>, Failure> {
    if listen.no_https {
        return Ok(None);
    }
    authority::open(&authority::folder(&listen.ca)?, &listen.names.allow_host).map(Some)
}

fn surroundings(serve: &Serve, sockets: &Sockets, authority: Option<&Authority>) -> Result<Surroundings, Failure> {
    let mut surroundings = Surroundings::default();
    if let Some(https) = sockets.https.first() {
        let address = https.local_addr().map_err(io_failure("the socket for https"))?;
        surroundings.https_url = Some(format!("https://{}", reachable(address)));
    }
    surroundings.ca = authority.map(|authority| authority.certificate_path().to_owned());
    surroundings.state.clone_from(&serve.content.state);
    Ok(surroundings)
}

fn start(
    serve: &Serve,
    workspaces: &Workspaces,
    sockets: Sockets,
    authority: Option<&Authority>,
) -> Result<Server, Failure> {
    let mut http = sockets.http.into_iter();
    let Some(first) = http.next() else { return Err(Failure::new(Code::Usage, "--listen names no address")) };
    let mut listeners = http.fold(Listeners::http(first), Listeners::and_http);
    if let Some(authority) = authority {
        let tls = authority.server(&serve.listen.names.allow_host).map_err(|error| {
            let renew = "`customerio-emulator ca --renew` with the same --allow-host makes another, which clients must trust then";
            Failure::general(format!("{error}: {renew}"))
        })?;
        let and_https = |listeners: Listeners, socket| listeners.and_https(socket, &tls);
        listeners = sockets.https.into_iter().fold(listeners, and_https);
    }
    workspaces.serve_on(listeners).map_err(io_failure("the sockets"))
}

async fn ready(
    serve: &Serve,
    server: &Server,
    surroundings: &Surroundings,
    workspaces: &Workspaces,
) -> Result<Ready, Failure> {
    let info = ask(workspaces, Method::GET, "info", Bytes::new()).await.map_err(Failure::general)?;
    let mut info: Value = serde_json::from_slice(&info).map_err(|error| Failure::general(error.to_string()))?;
    let path = |path: &PathBuf| path.display().to_string();
    Ok(Ready {
        url: format!("http://{}", reachable(server.address())),
        https_url: surroundings.https_url.clone(),
        ca: surroundings.ca.as_ref().map(path),
        seed: serve.content.seed.as_ref().map(path),
        state: surroundings.state.as_ref().map(path),
        webhook_url: serve.webhooks.webhook_url.clone(),
        credentials: info["workspaces"][0]["credentials"].take(),
        is_strict: info["settings"]["contract"] == "strict",
        has_rate_limits: info["settings"]["rate_limits"] == true,
        warnings: warnings(serve, workspaces).await,
    })
}

/// What is allowed and dangerous, and what cannot work.
async fn warnings(serve: &Serve, workspaces: &Workspaces) -> Vec<String> {
    let outside = serve.listen.addresses.iter().find(|address| !address.is_loopback());
    let outside = outside.map(|address| {
        format!("it listens on {address}: whoever reaches this machine can read and change what is in it")
    });
    let problem = match &serve.webhooks.webhook_url {
        Some(url) => workspaces.first().webhook_problem().await.map(|why| format!("no webhook goes to {url}: {why}")),
        None => None,
    };
    outside.into_iter().chain(problem).collect()
}

/// Says what happens in each workspace, as soon as it is there.
async fn each_workspace(workspaces: Workspaces, log: Log) {
    let (mut tasks, mut known) = (JoinSet::new(), HashSet::new());
    loop {
        for (id, emulator) in workspaces.all() {
            if known.insert(id.clone()) {
                tasks.spawn(webhooks::follow(log, workspaces.clone(), id.clone(), emulator.clone()));
                tasks.spawn(log.follow(workspaces.clone(), id, emulator));
            }
        }
        if workspaces.takes_any_credentials() { sleep(NEW_WORKSPACES).await } else { pending::<()>().await }
    }
}

/// Keeps what changes, if it is to be kept.
async fn follow(keeper: Option<&mut Keeper>, log: Log) {
    match keeper {
        Some(keeper) => keeper.follow(log).await,
        None => pending().await,
    }
}

fn announce(serve: &Serve, ready: &Ready) -> Result<(), Failure> {
    if let Some(path) = &serve.output.ready_file {
        let text = ready.json().to_string() + "\n";
        write_whole(path, text.as_bytes(), Readers::All).map_err(io_failure(path.display()))?;
    }
    match serve.output.log_format {
        LogFormat::Json => say(ready.json().to_string() + "\n"),
        LogFormat::Text => say(ready.text()),
    }
    if serve.output.open
        && let Err(error) = open(&ready.page())
    {
        eprintln!("warning: the browser does not open ({error}): the page is {}", ready.page());
    }
    Ok(())
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
