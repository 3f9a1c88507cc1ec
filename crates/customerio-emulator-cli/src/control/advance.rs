//! `advance`: the clock.

use http::Method;
use serde_json::json;

use crate::{
    args::{control::Advance, value::duration_text},
    control::http::Emulator,
    failure::Failure,
};

pub(crate) async fn run(advance: Advance) -> Result<(), Failure> {
    let emulator = Emulator::new(&advance.target)?;
    let body = json!({"advance": duration_text(advance.duration)});
    let clock = emulator.call(Method::POST, "clock", &[], Some(&body)).await?;
    let stopped = if clock["stopped"] == true { " (stopped)" } else { "" };
    println!("{}{stopped}", clock["now"].as_str().unwrap_or_default());
    Ok(())
}
