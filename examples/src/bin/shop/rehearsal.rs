//! A rehearsal: 10,000 people sign up while the shop is killed with SIGKILL and started again, and an emulator counts who
//! arrived.

use std::{collections::BTreeSet, env, ops::Range, path::Path, process::Stdio, time::Instant};

use customerio::{
    DefaultTransport,
    http::{Request, StatusCode},
    transport::Transport as _,
};
use customerio_emulator::Emulator;
use customerio_examples::{Result, variables_of_emulator};
use indicatif::HumanCount;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinSet,
};

const PEOPLE: u64 = 10_000;

/// The number of people who sign up at the same time.
const AT_ONCE: u64 = 100;

pub(crate) async fn run() -> Result {
    let folder = env::temp_dir().join(format!("customerio-shop-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = rehearse(&folder.join("shop.db")).await;
    std::fs::remove_dir_all(&folder)?;
    result
}

async fn rehearse(file: &Path) -> Result {
    let server = Emulator::new().serve_on_loopback().await?;
    let customerio = server.emulator();
    eprintln!("No CUSTOMERIO_… keys are set: using an emulator at {}", server.url());

    let begun = Instant::now();
    let mut shop = Running::start(&server.url(), file).await?;
    shop.sign_up(0..PEOPLE / 2).await?;
    shop.process.kill().await?;
    println!(
        "the shop was killed after {} sign-ups, {} of which had arrived at Customer.io",
        HumanCount(PEOPLE / 2),
        HumanCount(customerio.people_count() as u64)
    );

    let shop = Running::start(&server.url(), file).await?;
    shop.sign_up(PEOPLE / 2..PEOPLE).await?;
    println!("{} people signed up in {:.1} seconds", HumanCount(PEOPLE), begun.elapsed().as_secs_f64());
    shop.stop().await?;

    let people: BTreeSet<_> = customerio.people().into_iter().filter_map(|person| person.id).collect();
    let missing = (0..PEOPLE).filter(|id| !people.contains(&id.to_string())).count();
    println!(
        "people at Customer.io: {}, missing: {missing}, requests: {}",
        HumanCount(people.len() as u64),
        customerio.requests()
    );
    if missing == 0 { Ok(()) } else { Err("some people did not arrive".into()) }
}

/// The shop, in a process of its own.
struct Running {
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    url: String,
    client: DefaultTransport,
}

impl Running {
    async fn start(customerio: &str, file: &Path) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.envs(variables_of_emulator(customerio)).env("SHOP_ADDRESS", "127.0.0.1:0").env("SHOP_DATABASE", file);
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut output = BufReader::new(process.stdout.take().ok_or("the shop has no output")?).lines();
        let line = output.next_line().await?.ok_or("the shop did not start")?;
        println!("{line}");
        let url = line.split_whitespace().last().unwrap_or_default().to_owned();
        Ok(Self { process, output, url, client: DefaultTransport::new()? })
    }

    async fn sign_up(&self, people: Range<u64>) -> Result {
        let mut requests = JoinSet::new();
        for id in people {
            let (client, url) = (self.client.clone(), format!("{}/people/{id}", self.url));
            let email = format!("person-{id}@example.com");
            requests.spawn(async move {
                let request = Request::post(url).header("content-length", email.len()).body(email.into())?;
                let response = client.send(request).await?;
                if response.status() == StatusCode::CREATED {
                    Ok(())
                } else {
                    Err(response.status().to_string().into())
                }
            });
            if requests.len() as u64 == AT_ONCE {
                finish_one(&mut requests).await?;
            }
        }
        while !requests.is_empty() {
            finish_one(&mut requests).await?;
        }
        Ok(())
    }

    /// Stops it as a service manager does, and prints what it says.
    async fn stop(mut self) -> Result {
        let id = self.process.id().ok_or("the shop has ended")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        while let Some(line) = self.output.next_line().await? {
            println!("{line}");
        }
        let status = self.process.wait().await?;
        if status.success() { Ok(()) } else { Err(format!("the shop failed: {status}").into()) }
    }
}

async fn finish_one(requests: &mut JoinSet<Result>) -> Result {
    requests.join_next().await.unwrap_or(Ok(Ok(())))?
}
