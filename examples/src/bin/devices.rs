//! Add and remove devices: a program of the guide `devices_and_segments`.

use customerio::{CustomerIo, Device, DeviceAttributes, Error, Platform};
use customerio_examples::from_env;

async fn devices(cio: &CustomerIo) -> Result<(), Error> {
    let attributes = DeviceAttributes::new().with_app_version("2.1.0").with_push_enabled(true);
    let device = Device::new("device-token", Platform::Ios).with_last_used(1_700_000_000).with_attributes(attributes);
    cio.track().add_device("42", device).await?;

    cio.track().delete_device("42", "device-token").await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    devices(&cio).await?;
    Ok(())
}
