//! Follows one customer from sign-up to deletion, and prints every request with its response.

use customerio::{
    CustomerIo, Delivery, Device, DeviceAttributes, Error, Platform,
    app::{Attachment, DefaultAudience, SendEmail, SendPush, TriggerBroadcast, customers::Attributes},
    track::{AnonymousEvent, Identify},
};
use customerio_examples::from_env;
use serde_json::json;

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;

    heading("Ada looks around; nobody knows who she is yet");
    cio.track().track_anonymous("cookie-1", "viewed_pricing", json!({"plan": "pro"})).await?;

    heading("She signs up; her earlier events are hers from now on");
    let ada = Identify::new("42")
        .with_email("ada@example.com")
        .with_anonymous_id("cookie-1")
        .with_created_at(1_700_000_000)
        .with_attributes(json!({"first_name": "Ada", "plan": "pro"}));
    cio.track().call(ada).await?;

    heading("She buys something, and looks at pages and screens");
    cio.track().track("42", "purchase", json!({"price": 23.45, "product": "socks"})).await?;
    cio.track().page("42", "https://example.com/pricing", ()).await?;
    cio.track().screen("42", "orders", ()).await?;

    heading("She invites a friend, who is a stranger to Customer.io");
    cio.track().call(AnonymousEvent::invite("friend@example.com", "invited").with_data(json!({"by": "Ada"}))).await?;

    heading("She installs the app");
    let attributes = DeviceAttributes::new().with_device_os("iOS 18.2").with_app_version("2.1.0");
    let device = Device::new("device-token", Platform::Ios).with_attributes(attributes);
    cio.track().add_device("42", device).await?;

    heading("She had an account before: the two become one");
    cio.track().identify("41", json!({"company": "Analytical Engines"})).await?;
    cio.track().merge("42", "41").await?;

    heading("She joins a segment");
    cio.track().add_to_segment(7, ["42"]).await?;

    messages(&cio).await?;

    heading("What Customer.io knows about her now");
    let ada = cio.app().call(Attributes::of("42")).await?;
    println!("  = her plan is {}, and she has {} device", ada.attributes["plan"], ada.devices.len());

    heading("Errors say what is wrong, before anything is sent");
    mistakes(&cio).await;

    heading("She leaves");
    cio.track().delete_device("42", "device-token").await?;
    cio.track().delete("42").await?;
    Ok(())
}

async fn messages(cio: &CustomerIo) -> Result<(), Error> {
    heading("She gets an e-mail with her invoice");
    let order = json!({"order": 17});
    let invoice = Attachment::from_bytes("invoice.csv", "item,price\nsocks,23.45\n");
    let email = SendEmail::from_template("order_confirmation", "ada@example.com")
        .with_identifiers("42")
        .with_message_data(&order)
        .with_attachment(invoice);
    let sent = cio.app().send_email(email).await?;
    println!("  = sent as delivery {}", sent.delivery_id);

    heading("And a push notification");
    let sent = cio.app().send_push(SendPush::new("shipped", "42").with_title("Your order is on its way")).await?;
    println!("  = sent as delivery {}", sent.delivery_id);

    heading("A broadcast goes to her and to everybody else");
    let broadcast = TriggerBroadcast::new(12, DefaultAudience::new()).with_data(order);
    let triggered = cio.app().trigger_broadcast(broadcast).await?;
    println!("  = started as trigger {}", triggered.id);
    Ok(())
}

async fn mistakes(cio: &CustomerIo) {
    let too_long = "x".repeat(151);
    for person in ["", "..", too_long.as_str()] {
        if let Err(error) = cio.track().delete(person).await {
            assert_eq!(error.delivery(), Delivery::NotSent);
            println!("! {error}");
        }
    }
    // Customer.io takes a name of 100 bytes; the SDK counts them before it sends.
    if let Err(error) = cio.track().track("42", &too_long, ()).await {
        println!("! {error}");
    }
}

fn heading(text: &str) {
    println!("\n# {text}");
}
