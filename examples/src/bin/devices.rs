//! Add and remove devices: the program of the README's guide of that name.

use customerio::{Client, Device, DeviceAttributes, Error, Platform, Track, track::AddDevice};
use customerio_examples::connect;

async fn devices(track: &Client<Track>) -> Result<(), Error> {
    track.add_device("42", "device-token", Platform::Ios).await?;

    let attributes = DeviceAttributes::new().with_app_version("2.1.0").with_push_enabled(true);
    let device =
        Device::new("device-token", Platform::Ios).with_last_used(1_700_000_000.into()).with_attributes(attributes);
    track.call(&AddDevice::new("42", device)).await?;

    track.delete_device("42", "device-token").await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    devices(&customerio.track).await?;
    Ok(())
}
