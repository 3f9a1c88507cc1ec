//! Test your own program: a program of the guide `testing`.

use customerio::{CustomerIo, Error, Region};
use customerio_emulator::{Emulator, SITE_ID, TRACK_API_KEY};
use customerio_testing::Recorder;
use serde_json::json;

async fn with_a_recorder() -> Result<(), Error> {
    let recorder = Recorder::new().responding(503, "");
    let cio = CustomerIo::builder(Region::Us).track("site-id", "key").build_over(recorder.clone())?;
    cio.track().identify("42", json!({"plan": "pro"})).await?;
    assert_eq!(recorder.requests().len(), 2, "a 503, and a retry");
    assert_eq!(recorder.requests()[1].body(), r#"{"plan":"pro"}"#);
    Ok(())
}

async fn with_the_emulator() -> Result<(), Error> {
    let emulator = Emulator::new();
    let cio = CustomerIo::builder(Region::Us).track(SITE_ID, TRACK_API_KEY).build_over(emulator.clone())?;
    cio.track().identify("42", json!({"plan": "pro"})).await?;
    let ada = emulator.person("42").expect("she was just added");
    assert_eq!(ada.attributes["plan"], "pro");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    with_a_recorder().await?;
    with_the_emulator().await?;
    println!("both tests passed");
    Ok(())
}
