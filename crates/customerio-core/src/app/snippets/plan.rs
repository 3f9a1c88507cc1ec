//! Makes snippets match a wanted state.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
};

use http::StatusCode;

use super::{Delete, List, Update, snippet::Contents};
use crate::{App, BoxFuture, BuildError, BuildErrorKind, Client, Error, error::Bounded};

impl Client<App> {
    /// Compares the snippets of the workspace with those that are wanted, by name and value, with one request. Inspect
    /// the plan before you [apply](SnippetPlan::apply) it, or instead.
    ///
    /// `snippets::read_folder` reads snippets from a folder, with the feature `fs`.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{App, Client, Error, app::snippets::SnippetReport};
    ///
    /// async fn sync(app: &Client<App>, is_dry: bool) -> Result<SnippetReport, Error> {
    ///     let wanted = [("address", "1 Main St"), ("phone", "+1 555 1234567")];
    ///     let plan = app.plan_snippets(wanted).await?.deleting_others();
    ///     println!("{plan}");
    ///     if is_dry { Ok(SnippetReport::default()) } else { Ok(plan.apply().await) }
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|request| match request.method().as_str() {
    /// #     "GET" => (200, r#"{"snippets":[{"name":"address","value":"2 Side St"},{"name":"old"}]}"#),
    /// #     _ => (200, r#"{"snippet":{"name":"x"}}"#),
    /// # });
    /// # let synced = canned::run(async move { sync(&app, false).await });
    /// let report = synced.unwrap();
    /// assert_eq!(
    ///     (report.made, report.changed),
    ///     (vec!["phone".to_owned()], vec!["address".to_owned()])
    /// );
    /// assert_eq!((report.deleted, report.failed.len()), (vec!["old".to_owned()], 0));
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if a wanted snippet is not valid, or a name is wanted twice: then nothing is sent. Otherwise see
    /// [`Error`].
    #[doc(alias = "sync")]
    pub fn plan_snippets<N: AsRef<str>, V: AsRef<str>>(
        &self,
        wanted: impl IntoIterator<Item = (N, V)>,
    ) -> BoxFuture<'static, Result<SnippetPlan, Error>> {
        let wanted = checked(wanted);
        let client = self.clone();
        Box::pin(async move {
            let wanted = wanted?;
            let snippets = client.call(List::new()).await?.items;
            let there: BTreeMap<_, _> = snippets.into_iter().map(|snippet| (snippet.name, snippet.value)).collect();
            let mut plan = SnippetPlan { client, steps: BTreeMap::new(), deletes: false };
            for name in there.keys().filter(|name| !wanted.contains_key(*name)) {
                plan.steps.insert(name.clone(), SnippetStep::Unmanaged);
            }
            for (name, value) in wanted {
                let step = match there.get(&name) {
                    None => SnippetStep::Create(value),
                    Some(Some(same)) if *same == value => SnippetStep::Keep,
                    Some(_) => SnippetStep::Update(value),
                };
                plan.steps.insert(name, step);
            }
            Ok(plan)
        })
    }
}

/// What is wanted, by name.
fn checked<N: AsRef<str>, V: AsRef<str>>(
    wanted: impl IntoIterator<Item = (N, V)>,
) -> Result<BTreeMap<String, String>, BuildError> {
    let mut checked = BTreeMap::new();
    for (name, value) in wanted {
        Contents::new(&name, &value).check()?;
        match checked.entry(name.as_ref().to_owned()) {
            Entry::Vacant(entry) => entry.insert(value.as_ref().to_owned()),
            Entry::Occupied(_) => return Err(BuildError::new("the snippet's name", BuildErrorKind::Duplicate)),
        };
    }
    Ok(checked)
}

/// How the snippets of the workspace differ from those that are wanted: [`Client::plan_snippets`].
///
/// Its `Display` has a line for each that is created (`+`), changed (`~`) or deleted (`-`).
#[derive(Clone)]
#[must_use = "nothing is changed before `apply` is called"]
pub struct SnippetPlan {
    client: Client<App>,
    steps: BTreeMap<String, SnippetStep>,
    deletes: bool,
}

/// A step of a plan, for one snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnippetStep {
    /// Creates it with this value.
    Create(String),
    /// Changes it to this value.
    Update(String),
    /// Leaves it unchanged.
    Keep,
    /// Deletes it, because it is not wanted.
    Delete,
    /// Leaves it, although it is not wanted: the plan does not [delete](SnippetPlan::deleting_others).
    Unmanaged,
}

impl SnippetPlan {
    /// Deletes the snippets that are not wanted, too. The service refuses to delete one that a message uses.
    pub fn deleting_others(mut self) -> Self {
        self.deletes = true;
        self
    }

    /// Returns the step for each snippet, by name: for the wanted ones and for the existing ones.
    pub fn steps(&self) -> impl Iterator<Item = (&str, SnippetStep)> {
        let step = |step: &SnippetStep| match step {
            SnippetStep::Unmanaged if self.deletes => SnippetStep::Delete,
            step => step.clone(),
        };
        self.steps.iter().map(move |(name, it)| (name.as_str(), step(it)))
    }

    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps().all(|(_, step)| matches!(step, SnippetStep::Keep | SnippetStep::Unmanaged))
    }

    /// Creates, changes and deletes, in this order, and reports what was done. After a failure it continues with the
    /// others, unless the credentials were refused (401 or 403).
    ///
    /// A snippet that somebody else changes meanwhile is overwritten. To continue after failures, plan again: what is
    /// done is not repeated.
    pub async fn apply(self) -> SnippetReport {
        let mut report = SnippetReport::default();
        let mut steps: Vec<_> = self.steps().map(|(name, step)| (name.to_owned(), step)).collect();
        steps.sort_by_key(|(_, step)| match step {
            SnippetStep::Create(_) => 0,
            SnippetStep::Update(_) => 1,
            _ => 2,
        });
        let mut has_stopped = false;
        for (name, step) in steps {
            if has_stopped && !matches!(step, SnippetStep::Keep | SnippetStep::Unmanaged) {
                report.left.push(name);
                continue;
            }
            let (result, done) = match step {
                SnippetStep::Create(value) => (self.write(&name, &value).await, &mut report.made),
                SnippetStep::Update(value) => (self.write(&name, &value).await, &mut report.changed),
                SnippetStep::Delete => (self.delete(&name).await, &mut report.deleted),
                SnippetStep::Keep => (Ok(()), &mut report.unchanged),
                SnippetStep::Unmanaged => continue,
            };
            match result {
                Ok(()) => done.push(name),
                Err(error) => {
                    has_stopped = matches!(error.status(), Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN));
                    report.failed.push(FailedSnippet { name, error });
                }
            }
        }
        report
    }

    async fn write(&self, name: &str, value: &str) -> Result<(), Error> {
        self.client.call(Update::new(name, value)).await.map(drop)
    }

    /// One that is no longer there counts as deleted.
    async fn delete(&self, name: &str) -> Result<(), Error> {
        let deleted = self.client.call(Delete::new(name)).await;
        deleted.or_else(|error| if error.status() == Some(StatusCode::NOT_FOUND) { Ok(()) } else { Err(error) })
    }
}

impl fmt::Display for SnippetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        for (name, step) in self.steps() {
            let sign = match step {
                SnippetStep::Create(_) => '+',
                SnippetStep::Update(_) => '~',
                SnippetStep::Delete => '-',
                SnippetStep::Keep | SnippetStep::Unmanaged => continue,
            };
            lines.push((name, sign));
        }
        for (index, (name, sign)) in lines.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{sign} {}", Bounded(name))?;
        }
        if lines.is_empty() { f.write_str("no snippet differs") } else { Ok(()) }
    }
}

impl fmt::Debug for SnippetPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnippetPlan")
            .field("steps", &self.steps)
            .field("deletes", &self.deletes)
            .finish_non_exhaustive()
    }
}

/// The results of the snippets, by name: [`SnippetPlan::apply`].
#[derive(Debug, Default)]
#[must_use = "some may have failed, or be left"]
#[non_exhaustive]
pub struct SnippetReport {
    /// The snippets that were created.
    pub made: Vec<String>,
    /// The snippets that were changed.
    pub changed: Vec<String>,
    /// The snippets that were deleted.
    pub deleted: Vec<String>,
    /// The snippets that were unchanged.
    pub unchanged: Vec<String>,
    /// The snippets that failed.
    pub failed: Vec<FailedSnippet>,
    /// The snippets that were not tried, because the credentials were refused.
    pub left: Vec<String>,
}

/// A snippet that could not be created, changed or deleted.
#[derive(Debug, thiserror::Error)]
#[error("the snippet \"{}\": {error}", Bounded(.name))]
#[non_exhaustive]
pub struct FailedSnippet {
    /// The name.
    pub name: String,
    /// Why.
    pub error: Error,
}
