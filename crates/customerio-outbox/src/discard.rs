//! `discard`: calls are deleted.

use customerio_delivery::{CallFilter, CallKind};
use serde_json::json;

use crate::{
    args::calls::Discard,
    confirm::confirm,
    count,
    failure::Failure,
    open::Opened,
    output::{print, print_json},
    select::{self, PAGE},
};

pub(crate) async fn run(opened: &Opened, discard: &Discard, json: bool) -> Result<(), Failure> {
    let (discarded, not_found) =
        if discard.chosen.all { (all(opened, discard).await?, Vec::new()) } else { named(opened, discard).await? };
    if json {
        print_json(&json!({ "discarded": discarded, "not_found": not_found }))?;
    } else {
        print(&format!("discarded {}\n", count::counted(discarded, "call")))?;
    }
    if not_found.is_empty() {
        return Ok(());
    }
    let numbers: Vec<_> = not_found.iter().map(u64::to_string).collect();
    Err(Failure::not_all(format!("there is no call {}", numbers.join(", "))))
}

/// Each alone, so that it is known which was there.
async fn named(opened: &Opened, discard: &Discard) -> Result<(u64, Vec<u64>), Failure> {
    let (mut discarded, mut not_found) = (0, Vec::new());
    for number in &discard.chosen.numbers {
        match opened.calls().discard(&[*number]).await? {
            0 => not_found.push(*number),
            count => discarded += count,
        }
    }
    Ok((discarded, not_found))
}

async fn all(opened: &Opened, discard: &Discard) -> Result<u64, Failure> {
    let kind = if discard.waiting { CallKind::Waiting } else { CallKind::Dead };
    let filter = if discard.waiting { CallFilter::waiting() } else { CallFilter::dead() };
    let found = select::all(opened.calls(), &discard.filters.of(filter)).await?;
    if !found.is_empty() {
        confirm(&format!("discard {}", count::calls(found.len() as u64, kind)), discard.chosen.yes)?;
    }
    let numbers: Vec<_> = found.into_iter().map(|found| found.number).collect();
    let mut discarded = 0;
    for numbers in numbers.chunks(PAGE) {
        discarded += opened.calls().discard(numbers).await?;
    }
    Ok(discarded)
}
