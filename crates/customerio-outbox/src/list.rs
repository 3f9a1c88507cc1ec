//! `list`: calls in a table, or as JSON, one per line.

use customerio_delivery::CallFilter;

use crate::{
    args::calls::List,
    calls, document,
    failure::Failure,
    open::Opened,
    output::{print, print_json},
    table::{self, table},
    text::clean,
    time,
};

pub(crate) async fn run(opened: &Opened, list: &List, json: bool) -> Result<(), Failure> {
    let filter = match (list.waiting, list.dead) {
        (true, _) => CallFilter::waiting(),
        (_, true) => CallFilter::dead(),
        _ => CallFilter::new(),
    };
    // One more says whether there are more.
    let limit = list.limit.saturating_add(1);
    let mut found = opened.calls().list(&list.filters.of(filter), list.after, limit).await?;
    let has_more = found.len() > list.limit;
    found.truncate(list.limit);
    if json {
        for call in &found {
            print_json(&document::of(call).into())?;
        }
    } else {
        let now = time::now();
        let rows: Vec<_> = found
            .iter()
            .map(|call| {
                [
                    call.number.to_string(),
                    calls::age(call, now),
                    calls::operation(call).to_owned(),
                    clean(&call.stream.destination),
                    calls::state(call).to_owned(),
                    calls::message(call),
                ]
            })
            .collect();
        let header = ["NUMBER", "AGE", "OPERATION", "DESTINATION", "STATE", "MESSAGE"];
        print(&table(header, &rows, table::width()))?;
    }
    if let Some(last) = found.last().filter(|_| has_more) {
        eprintln!("there are more: --after {}", last.number);
    }
    Ok(())
}
