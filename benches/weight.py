#!/usr/bin/env python3
"""What a dependency weighs: a small program with it, built from nothing in a folder of its own.

Prints a line for each program: its name, the crates that are linked into it (itself not counted), seconds of the
processor for a debug build without anything built before, and bytes of the stripped release build.

Ours are the README's first program, over each transport, with TLS; the example `quickstart` has both transports in it and
a server to talk to, and so weighs neither. Those of the others do as little: a client with TLS, and a call.

    weight.py core hyper reqwest
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

TOKIO = 'tokio = { version = "1", features = ["macros", "rt"] }\n'


def customerio(features):
    path = REPOSITORY / "crates/customerio"
    return f'customerio = {{ path = "{path}", default-features = false, features = {features} }}\n'.replace("'", '"')


CALL = """
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    %s
    Ok(())
}
"""

CUSTOMERIO = CALL % """
    let builder = customerio::CustomerIo::builder(customerio::Region::Eu).track("site-id", "track-api-key");
    let cio = builder.%s?;
    cio.track().identify("42", serde_json::json!({"email": "ada@example.com", "plan": "pro"})).await?;
    cio.track().track("42", "purchase", serde_json::json!({"price": 23.45})).await?;
"""

CORE = """
use customerio_core::{Endpoint, Region, build, http::Response, parse, track::Identify};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let attributes = serde_json::json!({"plan": "pro"});
    let identify = Identify::new("42").with_email("ada@example.com").with_attributes(&attributes);
    let request = build(&Endpoint::track(Region::Eu, "site-id", "track-api-key")?, identify)?;
    println!("{} {:?}", request.uri(), request.body());
    Ok(parse::<Identify>(Response::new("{}".into()))?)
}
"""

# Name: dependencies, program.
PROGRAMS = {
    "core": (f'customerio-core = {{ path = "{REPOSITORY}/crates/customerio-core" }}\nserde_json = "1"\n', CORE),
    "hyper": (
        customerio(["hyper-rustls"]) + 'serde_json = "1"\n' + TOKIO,
        CUSTOMERIO % "build()",
    ),
    "reqwest": (
        customerio(["reqwest-rustls"]) + 'serde_json = "1"\n' + TOKIO,
        CUSTOMERIO % "build_over(customerio::ReqwestTransport::new()?)",
    ),
    "octocrab": (
        'octocrab = "=0.54.9"\n' + TOKIO,
        CALL
        % """
    let octocrab = octocrab::Octocrab::builder().personal_token("token".to_owned()).build()?;
    println!("{:?}", octocrab.repos("rust-lang", "rust").get().await?.id);
""",
    ),
    "async-stripe": (
        'async-stripe = { version = "=0.41.0", default-features = false, '
        'features = ["runtime-tokio-hyper-rustls"] }\n' + TOKIO,
        CALL
        % """
    let client = stripe::Client::new("sk_test_key");
    println!("{:?}", stripe::Balance::retrieve(&client, None).await.is_ok());
""",
    ),
    "aws-sdk-sts": (
        'aws-config = "=1.8.13"\naws-sdk-sts = "=1.97.0"\n' + TOKIO,
        CALL
        % """
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    println!("{:?}", aws_sdk_sts::Client::new(&config).get_caller_identity().send().await?.account());
""",
    ),
}


def processor():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def weigh(name):
    dependencies, program = PROGRAMS[name]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "src").mkdir()
        (folder / "src/main.rs").write_text(program)
        (folder / "Cargo.toml").write_text(
            '[package]\nname = "program"\nversion = "0.0.0"\nedition = "2024"\n\n'
            f"[dependencies]\n{dependencies}\n[profile.release]\nstrip = true\n\n[workspace]\n"
        )
        # The versions of the repository, where it has them.
        if name in ("core", "hyper", "reqwest"):
            (folder / "Cargo.lock").write_bytes((REPOSITORY / "Cargo.lock").read_bytes())
        environment = {**os.environ, "CARGO_TARGET_DIR": str(folder / "target"), "CARGO_INCREMENTAL": "0"}

        def cargo(*arguments):
            command = ["cargo", *arguments]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{name}: {' '.join(command)}\n{done.stderr}")
            return done.stdout

        cargo("fetch")
        tree = cargo("tree", "-e", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}")
        crates = {line.split(" (")[0] for line in tree.splitlines() if line} - {"program v0.0.0"}
        before = processor()
        cargo("build")
        seconds = processor() - before
        cargo("build", "--release")
        size = (folder / "target/release/program").stat().st_size
        return f"{name}\t{len(crates)}\t{seconds:.0f}\t{size}"


for argument in sys.argv[1:]:
    print(weigh(argument), flush=True)
