//! `purge`: all calls that name a person are deleted.

use customerio_delivery::CallKind;
use serde_json::json;

use crate::{
    args::calls::Purge,
    count,
    failure::Failure,
    open::Opened,
    output::{print, print_json},
    time,
};

pub(crate) async fn run(opened: &Opened, purge: &Purge, json: bool) -> Result<(), Failure> {
    let purged = opened.calls().purge(&purge.identifier).await?;
    if json {
        let (waiting, dead, damaged) = (purged.waiting, purged.dead, purged.damaged);
        return print_json(&json!({ "waiting": waiting, "dead": dead, "damaged": damaged }));
    }
    let mut text = format!(
        "purged {} and {}",
        count::calls(purged.waiting, CallKind::Waiting),
        count::calls(purged.dead, CallKind::Dead)
    );
    if purged.damaged > 0 {
        text = format!("{text}, and {}", count::counted(purged.damaged, "damaged row"));
    }
    print(&format!("{text}\n"))?;
    if opened.statistics().await?.leased_until.is_some_and(|until| until > time::now()) {
        eprintln!("a process has the right to send: what it has loaded already may still arrive");
    }
    Ok(())
}
