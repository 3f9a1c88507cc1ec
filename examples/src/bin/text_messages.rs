//! Send an SMS or a WhatsApp message: a program of the guide `messages`.

use customerio::{
    CustomerIo, Error,
    app::{SendSms, SendWhatsApp},
};
use customerio_examples::from_env;
use serde_json::json;

async fn text_messages(cio: &CustomerIo) -> Result<(), Error> {
    let sms = SendSms::new("login_code", "42", "+15551234567")
        .with_message_data(json!({"code": "123456"}))
        .with_tracked(false);
    cio.app().send_sms(sms).await?;

    let whatsapp =
        SendWhatsApp::new("login_code_whatsapp", "42", "+15551234567").with_message_data(json!({"code": "123456"}));
    cio.app().send_whatsapp(whatsapp).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    text_messages(&cio).await?;
    Ok(())
}
