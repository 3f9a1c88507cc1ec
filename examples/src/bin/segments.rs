//! Add people to a manual segment, and remove them: a program of the guide `devices_and_segments`.

use customerio::{CustomerIo, Error, IdType, ids::SegmentId, track::AddToSegment};
use customerio_examples::from_env;

async fn segments(cio: &CustomerIo, segment: SegmentId) -> Result<(), Error> {
    cio.track().add_to_segment(segment, ["42", "43"]).await?;
    cio.track().remove_from_segment(segment, ["43"]).await?;

    let by_email = AddToSegment::new(segment, ["ada@example.com"]).with_id_type(IdType::Email);
    cio.track().call(by_email).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    segments(&cio, SegmentId::from(7)).await?;
    Ok(())
}
