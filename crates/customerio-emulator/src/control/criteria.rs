//! What a list is asked for: which rows, from where on, and how long it may wait for them.

use std::time::Duration;

use http::StatusCode;
use tokio::sync::SemaphorePermit;

use crate::{
    control::{asked::Asked, problem::Problem, route::Parameter, time::duration, wanted::Wanted},
    store::kept::From,
    workspaces::{MOST_WAITS, Workspaces},
};

/// How many rows a page has by default, and at most.
const ROWS: (usize, usize) = (100, 1_000);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// What every list takes beside its own filters, with what it means.
pub(crate) const COMMON: &[(&str, &str)] = &[
    ("workspace", "the workspace: its id, or a credential of it"),
    ("limit", "how many items at most, from 1 to 1000; 100 by default"),
    ("after", "only what came after this number, the oldest first"),
    ("before", "only what came before this number, the newest first"),
    ("q", "a text that is contained anywhere, in any case"),
    (
        "wait",
        "how long to wait until there are `count` items, such as `5s`; 60 seconds at most, 256 requests at a time",
    ),
    ("count", "the number of items to wait for; 1 by default"),
];

/// Those of them that a deletion takes: it has no pages.
pub(crate) const OF_DELETION: [&str; 4] = ["workspace", "after", "before", "q"];

/// A place among the requests that wait, which is free again when it is dropped.
pub(crate) fn place_to_wait(workspaces: &Workspaces) -> Result<SemaphorePermit<'_>, Problem> {
    workspaces.waits.try_acquire().map_err(|_| {
        let text = format!("{MOST_WAITS} requests wait already, and no more can; ask again later, or without `wait`");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, text)
    })
}

/// How long to wait, as a query says it.
pub(crate) fn wait_of(text: &str) -> Result<Duration, Problem> {
    let wait = duration(text).filter(|wait| *wait <= LONGEST);
    wait.ok_or_else(|| Problem::bad("wait must be a duration up to 60s, such as 500ms or 5s"))
}

/// What a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Criteria {
    pub(crate) from: From,
    pub(crate) limit: usize,
    pub(crate) contained: Option<Wanted>,
    /// The list's own filters: name and value.
    pub(crate) filters: Vec<(&'static str, String)>,
    pub(crate) wait: Option<Duration>,
    pub(crate) count: usize,
}

impl Criteria {
    /// From the query of a list with these filters.
    pub(crate) fn of(asked: &Asked, own: &'static [Parameter]) -> Result<Self, Problem> {
        Self::read(asked, own, &|_| true)
    }

    /// From the query of a deletion of what these filters choose.
    pub(crate) fn of_deletion(asked: &Asked, own: &'static [Parameter]) -> Result<Self, Problem> {
        Self::read(asked, own, &|name| OF_DELETION.contains(&name))
    }

    fn read(asked: &Asked, own: &'static [Parameter], takes: &dyn Fn(&str) -> bool) -> Result<Self, Problem> {
        let common = || COMMON.iter().filter(|(name, _)| takes(name));
        let mut filters = Vec::new();
        for (name, value) in &asked.query {
            if let Some((own, _)) = own.iter().find(|(own, _)| own == name) {
                filters.push((*own, value.clone()));
            } else if !common().any(|(common, _)| common == name) {
                let all = own.iter().chain(common()).map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
                return Err(Problem::bad(format!("there is no parameter {name:.100}; there are {all}")));
            }
        }
        let number = |name: &str| {
            let number = asked.parameter(name).map(str::parse::<u64>).transpose();
            number.map_err(|_| Problem::bad(format!("{name} must be a whole number")))
        };
        let from = match (number("after")?, number("before")?) {
            (Some(_), Some(_)) => return Err(Problem::bad("give after or before, and not both")),
            (Some(after), None) => From::After(after),
            (None, before) => From::Before(before.unwrap_or(u64::MAX)),
        };
        let small = |name: &'static str, default: usize| {
            let given = number(name)?.map_or(Some(default), |given| usize::try_from(given).ok());
            let given = given.filter(|given| (1..=ROWS.1).contains(given));
            given.ok_or_else(|| Problem::bad(format!("{name} must be from 1 to {}", ROWS.1)))
        };
        let wait = asked.parameter("wait").map(wait_of).transpose()?;
        let count = small("count", 1)?;
        Ok(Self {
            from,
            limit: small("limit", ROWS.0)?.max(count),
            contained: asked.parameter("q").filter(|text| !text.is_empty()).map(Wanted::new),
            filters,
            wait,
            count,
        })
    }

    /// Everything, the newest first.
    pub(crate) fn all() -> Self {
        Self {
            from: From::Before(u64::MAX),
            limit: usize::MAX,
            contained: None,
            filters: Vec::new(),
            wait: None,
            count: 1,
        }
    }

    /// The value of a filter.
    pub(crate) fn filter(&self, name: &str) -> Option<&str> {
        self.filters.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }
}
