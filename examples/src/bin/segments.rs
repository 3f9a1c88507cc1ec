//! Add people to a manual segment, and remove them: the program of the README's guide of that name.

use customerio::{Client, Error, IdType, Track, ids::SegmentId, track::AddToSegment};
use customerio_examples::{connect, spawn};

async fn segments(track: &Client<Track>, segment: SegmentId) -> Result<(), Error> {
    track.add_to_segment(segment, ["42", "43"]).await?;
    track.remove_from_segment(segment, ["43"]).await?;

    let by_email = AddToSegment::new(segment, ["ada@example.com"]).with_id_type(IdType::Email);
    track.call(by_email).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        segments(&customerio.track, customerio.segment).await?;
        Ok(())
    })
    .await
}
