//! Do in one call what takes several requests: a program of the guide `app_api`.

use std::path::Path;

use customerio::{
    CustomerIo, Timestamp,
    app::{DeliveryPosition, collections, messages, segments, snippets::read_folder},
    ids::SegmentId,
    now,
};
use customerio_examples::from_env;
use serde_json::json;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Finds the segment by its name, or creates it.
async fn vips(cio: &CustomerIo) -> Result<SegmentId, Error> {
    let vips = segments::Create::new("VIPs").with_description("They buy a lot");
    Ok(cio.app().find_or_create_segment(vips).await?.id)
}

/// One request for all, at startup. The error names those that are missing, and those that exist.
async fn check(cio: &CustomerIo) -> Result<(), Error> {
    cio.app().check_transactional(["welcome"]).await?;
    Ok(())
}

/// Any length of time, each message once. A list alone covers at most six months, and does not say so.
async fn sent_since(cio: &CustomerIo, from: Timestamp, stored: &mut Option<DeliveryPosition>) -> Result<(), Error> {
    let mut messages = messages::List::new().between(cio.app(), from, now());
    if let Some(position) = stored {
        messages = messages.resuming_at(position);
    }
    while let Some(message) = messages.next().await {
        println!("message {}", message?.id);
        // Another process can continue from here; it gets the items of this page again.
        *stored = messages.position();
    }
    Ok(())
}

/// Each file of the folder is a snippet. A plan that is not applied is a dry run.
async fn deploy_snippets(cio: &CustomerIo, folder: &Path) -> Result<(), Error> {
    let plan = cio.app().plan_snippets(read_folder(folder)?).await?;
    println!("{plan}");
    for failed in plan.apply().await.failed {
        println!("{failed}");
    }
    Ok(())
}

/// Finds the collection by its name and replaces its rows, or creates it.
async fn publish_events(cio: &CustomerIo) -> Result<(), Error> {
    let rows = json!([{"name": "Fair", "city": "Bonn"}, {"name": "Sale", "city": "Lyon"}]);
    let collection = cio.app().sync_collection(collections::Create::from_rows("events", rows)).await?;
    println!("rows in collection {}: {}", collection.id, collection.rows.unwrap_or_default());
    Ok(())
}

/// Reads all addresses before it changes any, because changes shift the pages. What is left can be done later.
async fn let_in_again(cio: &CustomerIo, domain: &str) -> Result<(), Error> {
    let suppressed = cio.app().suppressions().of_domain(domain).collect_addresses().await?;
    let report = cio.app().unsuppress_all(suppressed).finish().await;
    println!("unsuppressed: {}, failed: {}, left: {}", report.done, report.failed.len(), report.left.len());
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    println!("the VIPs are segment {}", vips(&cio).await?);
    cio.app().send_email(customerio::app::SendEmail::from_template("welcome", "ada@example.com")).await?;
    check(&cio).await?;
    sent_since(&cio, Timestamp::from(1_700_000_000), &mut None).await?;
    let folder = std::env::temp_dir().join(format!("customerio-snippets-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("address.liquid"), "1 Main Street\n")?;
    let deployed = deploy_snippets(&cio, &folder).await;
    std::fs::remove_dir_all(&folder)?;
    deployed?;
    publish_events(&cio).await?;
    let bounced = |address| (customerio::app::suppressions::SuppressionType::Bounces, address);
    let report = cio.app().suppress_all(["ada@mail.example.com", "bob@mail.example.com"].map(bounced)).finish().await;
    println!("suppressed: {}, failed: {}", report.done, report.failed.len());
    let_in_again(&cio, "mail.example.com").await
}
