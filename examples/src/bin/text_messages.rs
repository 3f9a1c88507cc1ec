//! Send an SMS or a WhatsApp message: the program of the README's guide of that name.

use customerio::{
    App, Client, Error,
    app::{SendSms, SendWhatsApp},
};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn text_messages(app: &Client<App>) -> Result<(), Error> {
    let sms = SendSms::new("login_code", "42", "+15551234567")
        .with_message_data(json!({"code": "123456"}))
        .with_tracked(false);
    app.send_sms(sms).await?;

    let whatsapp =
        SendWhatsApp::new("login_code_whatsapp", "42", "+15551234567").with_message_data(json!({"code": "123456"}));
    app.send_whatsapp(whatsapp).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        text_messages(&customerio.app).await?;
        Ok(())
    })
    .await
}
