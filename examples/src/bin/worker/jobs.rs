//! The table of the jobs.

use std::path::Path;

use customerio::{
    delivery::sqlite::rusqlite::{Connection, Result, Row},
    ids::EventId,
    track::v2::person::Event,
};
use serde_json::Value;

/// A row of the table: an event that Customer.io must get.
pub(crate) struct Job {
    pub(crate) number: i64,
    pub(crate) attempts: u32,
    created_at_ms: i64,
    person: String,
    event: String,
    data: Value,
}

impl Job {
    fn read(row: &Row<'_>) -> Result<Self> {
        let data: String = row.get("data")?;
        Ok(Self {
            number: row.get("number")?,
            attempts: row.get("attempts")?,
            created_at_ms: row.get("created_at_ms")?,
            person: row.get("person")?,
            event: row.get("event")?,
            // Text that is not JSON is rejected as event data, with a reason.
            data: serde_json::from_str(&data).unwrap_or(Value::String(data)),
        })
    }

    /// The event. Its id depends on the job alone, so Customer.io drops it if it is sent a second time.
    pub(crate) fn event(&self) -> Event {
        let milliseconds = u64::try_from(self.created_at_ms).unwrap_or_default();
        Event::new(&self.person, &self.event)
            .with_id(EventId::from_parts(milliseconds, u128::from(self.number.unsigned_abs())))
            .with_timestamp(self.created_at_ms / 1_000)
            .with_attributes(&self.data)
    }
}

/// How a job ended, or when it is due again.
pub(crate) enum Outcome {
    Done,
    Failed { why: String },
    Retry { not_before_ms: i64, why: String },
}

pub(crate) struct Jobs(Connection);

impl Jobs {
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let database = Connection::open(file)?;
        database.pragma_update(None, "journal_mode", "wal")?;
        database.busy_timeout(std::time::Duration::from_secs(5))?;
        database.execute_batch(include_str!("jobs.sql"))?;
        Ok(Self(database))
    }

    /// The jobs that are due, oldest first.
    pub(crate) fn due(&self, now_ms: i64, most: u32) -> Result<Vec<Job>> {
        let mut due = self
            .0
            .prepare("select * from job where state = 'waiting' and not_before_ms <= ?1 order by number limit ?2")?;
        due.query_map((now_ms, most), Job::read)?.collect()
    }

    /// Writes the outcomes of jobs, all or none.
    pub(crate) fn finish(&mut self, outcomes: &[(i64, Outcome)]) -> Result<()> {
        let transaction = self.0.transaction()?;
        let mut update = transaction.prepare(
            "update job set state = ?2, not_before_ms = ?3, why = ?4, attempts = attempts + 1 where number = ?1",
        )?;
        for (number, outcome) in outcomes {
            let (state, not_before_ms, why) = match outcome {
                Outcome::Done => ("done", 0, None),
                Outcome::Failed { why } => ("failed", 0, Some(why)),
                Outcome::Retry { not_before_ms, why } => ("waiting", *not_before_ms, Some(why)),
            };
            update.execute((number, state, not_before_ms, why))?;
        }
        drop(update);
        transaction.commit()
    }

    /// How many jobs wait, whether they are due or not.
    pub(crate) fn waiting(&self) -> Result<u32> {
        self.0.query_row("select count(*) from job where state = 'waiting'", [], |row| row.get(0))
    }

    /// Adds a sample: 5,000 jobs, 50 of which are not valid.
    pub(crate) fn add_sample(&mut self, now_ms: i64) -> Result<()> {
        let transaction = self.0.transaction()?;
        for number in 1..=5_000 {
            let person = if number % 100 == 0 { String::new() } else { format!("person-{number}") };
            transaction.execute(
                "insert into job (number, created_at_ms, person, event, data) values (?1, ?2, ?3, 'purchase', ?4)",
                (number, now_ms, person, format!(r#"{{"price":{number}.5}}"#)),
            )?;
        }
        transaction.commit()
    }
}
