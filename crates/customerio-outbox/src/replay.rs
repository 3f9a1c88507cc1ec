//! `replay`: dead letters wait again.

use customerio_delivery::{CallFilter, CallKind, ParkedCalls, Replayed};
use serde_json::json;

use crate::{
    args::calls::Replay,
    confirm::confirm,
    count,
    failure::Failure,
    open::Opened,
    output::{print, print_json},
    select::{self, PAGE},
};

pub(crate) async fn run(opened: &Opened, replay: &Replay, json: bool) -> Result<(), Failure> {
    let numbers = if replay.chosen.all { all(opened, replay).await? } else { replay.chosen.numbers.clone() };
    let parked = if replay.even_if_it_was_sent { ParkedCalls::ReplayEvenIfSent } else { ParkedCalls::Leave };
    let (mut replayed, mut left) = (0, 0);
    for numbers in numbers.chunks(PAGE) {
        let outcomes = opened.calls().replay(numbers, parked).await?;
        for (number, outcome) in numbers.iter().zip(outcomes) {
            if let Replayed::Waits { .. } = outcome {
                replayed += 1;
            } else {
                left += 1;
            }
            say(*number, outcome, json)?;
        }
    }
    if !json {
        print(&format!("replayed {}\n", count::calls(replayed, CallKind::Dead)))?;
    }
    if left == 0 { Ok(()) } else { Err(Failure::not_all(format!("{} left", were(left)))) }
}

fn were(count: u64) -> String {
    format!("{} {}", count::calls(count, CallKind::Dead), if count == 1 { "was" } else { "were" })
}

/// The dead letters that the filters take; without those that are parked, unless that is wanted.
async fn all(opened: &Opened, replay: &Replay) -> Result<Vec<u64>, Failure> {
    let found = select::all(opened.calls(), &replay.filters.of(CallFilter::dead())).await?;
    let parked = found.iter().filter(|found| found.is_parked).count() as u64;
    let chosen: Vec<_> = found.iter().filter(|found| replay.even_if_it_was_sent || !found.is_parked).collect();
    let (parked_text, count) = (count::counted(parked, "parked call"), chosen.len() as u64);
    let mut what = format!("replay {}", count::calls(count, CallKind::Dead));
    if parked > 0 && replay.even_if_it_was_sent {
        what = format!("{what}, with {parked_text} that may have been sent already");
    } else if parked > 0 {
        eprintln!("{parked_text} will be left: --even-if-it-was-sent would replay them");
    }
    if count > 0 {
        confirm(&what, replay.chosen.yes)?;
    }
    Ok(chosen.into_iter().map(|found| found.number).collect())
}

fn say(number: u64, outcome: Replayed, json: bool) -> Result<(), Failure> {
    let (name, new, sentence) = match outcome {
        Replayed::Waits { number: new } => ("waits", Some(new), format!("{number} waits again as {new}")),
        Replayed::Parked => ("parked", None, format!("{number} is parked: --even-if-it-was-sent would replay it")),
        Replayed::Damaged => ("damaged", None, format!("{number} is damaged: it can only be discarded")),
        _ => ("unknown", None, format!("{number} is no dead letter")),
    };
    if json {
        return print_json(&json!({ "number": number, "outcome": name, "new_number": new }));
    }
    print(&format!("{sentence}\n"))
}
