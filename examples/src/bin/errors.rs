//! Errors, and what to do about each: a program of the guide `errors_and_retries`.

use customerio::{CustomerIo, Error, app::SendSms};
use customerio_examples::from_env;

async fn send_and_explain(cio: &CustomerIo, to: &str) -> String {
    match cio.app().send_sms(SendSms::new("login_code", "42", to)).await {
        Ok(sent) => format!("sent as delivery {}", sent.delivery_id),
        Err(Error::Build(error)) => format!("a bug in our code, or a missing key: {error}"),
        Err(error) if error.has_unknown_outcome() => format!("it may have been sent, so it is not sent again: {error}"),
        Err(Error::Api(error)) if error.status() == 401 => "the App API key is wrong".to_owned(),
        Err(Error::Api(error)) if error.status() != 429 => format!("it was rejected: {error}"),
        Err(error) => format!("nothing was done, so try again later: {error}"),
    }
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    for to in ["+15551234567", "", "not a number"] {
        println!("{}\n", send_and_explain(&cio, to).await);
    }
    Ok(())
}
