//! The workspace that a request to the control API names.

use http::StatusCode;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    Emulator,
    control::{
        criteria::{place_to_wait, wait_of},
        problem::Problem,
        route::{Route, Taken},
        time::written,
    },
    workspaces::Workspaces,
};

/// The workspace with an id or a credential. What sets a workspace up makes it. What only reads or deletes does not: a
/// typing error would be an empty workspace. A list that waits for items waits for their workspace too, and `query` has what
/// is left of the time.
pub(crate) async fn named(
    workspaces: &Workspaces,
    name: &str,
    route: &Route,
    query: &mut [(String, String)],
) -> Result<Emulator, Problem> {
    if route.sets_up && workspaces.takes_any_credentials() {
        return workspaces.obtain(name).ok_or_else(|| {
            let text = format!("there is no workspace {name:.100}, and no room for one more; restart the emulator");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, text)
        });
    }
    let wait = query.iter_mut().find(|(parameter, _)| parameter == "wait").map(|(_, wait)| wait);
    let wait = wait.filter(|_| route.taken == Taken::OfLists && workspaces.takes_any_credentials());
    let found = match wait {
        None => workspaces.get(name),
        Some(wait) => {
            let end = Instant::now() + wait_of(wait)?;
            let found = appeared(workspaces, name, end).await?;
            *wait = written(end.saturating_duration_since(Instant::now()));
            found
        }
    };
    found.ok_or_else(|| unknown(workspaces, name))
}

/// The workspace, as soon as it is there.
async fn appeared(workspaces: &Workspaces, name: &str, end: Instant) -> Result<Option<Emulator>, Problem> {
    let mut bell = workspaces.first().bell.subscribe();
    let mut place = None;
    loop {
        bell.borrow_and_update();
        if let Some(found) = workspaces.get(name) {
            return Ok(Some(found));
        }
        if place.is_none() {
            place = Some(place_to_wait(workspaces)?);
        }
        let Ok(Ok(())) = timeout_at(end, bell.changed()).await else { return Ok(None) };
    }
}

/// A 404 that has the ids of the workspaces there are.
fn unknown(workspaces: &Workspaces, name: &str) -> Problem {
    let ids: Vec<_> = workspaces.all().into_iter().map(|(id, _)| id).collect();
    let text = format!(
        "there is no workspace {name:.100}; there are {}, which GET /_emulator/v1/info describes, and a credential makes \
         one when it is used first",
        ids.join(", ")
    );
    let text = if workspaces.takes_any_credentials() {
        text
    } else {
        format!("there is no workspace {name:.100}; there is {}, and its credentials name it too", ids.join(", "))
    };
    Problem::missing(text).with("workspaces", ids.into_iter().map(Value::from).collect())
}
