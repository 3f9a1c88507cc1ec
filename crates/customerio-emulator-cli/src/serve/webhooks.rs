//! Webhooks that must not leave: what is said of them.

use std::collections::HashSet;

use bytes::Bytes;
use customerio_emulator::{Emulator, Workspaces};
use http::Method;
use serde_json::Value;

use crate::serve::{inside::ask, log::Log};

/// Says of each webhook that is not sent why, for ever.
pub(crate) async fn follow(log: Log, workspaces: Workspaces, id: String, emulator: Emulator) {
    let (mut changes, mut said) = (emulator.changes(), HashSet::new());
    let path = format!("webhooks?workspace={id}&state=failed&limit=1000");
    loop {
        let page = ask(&workspaces, Method::GET, &path, Bytes::new()).await;
        let page: Value = page.ok().and_then(|page| serde_json::from_slice(&page).ok()).unwrap_or_default();
        let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
        let seq = |item: &Value| item["seq"].as_u64();
        // One that was attempted is said by who attempted it.
        let refused: Vec<_> = items.iter().filter(|item| item["attempts"] == 0).collect();
        for item in &refused {
            if !said.contains(&seq(item)) {
                log.unsent(item);
            }
        }
        said = refused.into_iter().map(seq).collect();
        changes.next().await;
    }
}
