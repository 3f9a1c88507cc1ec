//! Read lists page by page: a program of the guide `app_api`.

use customerio::{
    CustomerIo, Error,
    app::{
        Channel, messages,
        segments::{self, Membership},
    },
    ids::SegmentId,
    page::{Cursor, Paged},
};
use customerio_examples::from_env;

async fn lists(cio: &CustomerIo, segment: SegmentId, stored: &mut Option<Cursor>) -> Result<(), Error> {
    let app = cio.app();
    for segment in app.call(segments::List::new()).await? {
        println!("segment {}: {}", segment.id, segment.name.as_deref().unwrap_or("it has no name"));
    }

    // All people of the segment, 1,000 a page.
    let mut people = app.items(Membership::new(segment).with_limit(1000));
    while let Some(person) = people.next().await {
        println!("in the segment: person {}", person?.id.as_deref().unwrap_or("without an id"));
    }

    // Page by page: another process can continue from the stored cursor.
    let emails = messages::List::new().with_channel(Channel::Email);
    let mut pages = app.pages(match stored {
        Some(cursor) => emails.starting_at(cursor),
        None => emails,
    });
    while let Some(page) = pages.next().await {
        println!("e-mails in this page: {}", page?.items.len());
        *stored = pages.cursor().cloned();
    }
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    for id in ["42", "43"] {
        cio.track().identify(id, ()).await?;
    }
    cio.track().add_to_segment(7, ["42", "43"]).await?;
    cio.app().send_email(customerio::app::SendEmail::from_template("welcome", "ada@example.com")).await?;
    lists(&cio, SegmentId::from(7), &mut None).await?;
    Ok(())
}
