//! `stats`: what is in the store, in numbers, and whether a bound is passed.

use customerio_core::Timestamp;
use customerio_delivery::Statistics;
use serde_json::{Map, Value, json};

use crate::{
    args::Stats,
    count,
    failure::Failure,
    open::Opened,
    output::{print, print_json},
    table::fields,
    time,
};

pub(crate) async fn run(opened: &Opened, stats: &Stats, json: bool) -> Result<(), Failure> {
    let found = opened.statistics().await?;
    let now = time::now();
    let passed = passed(stats, &found, now);
    if json {
        let mut document = document(&found, now);
        let names: Vec<_> = passed.iter().map(|(name, _)| *name).collect();
        document.insert("passed".to_owned(), json!(names));
        print_json(&document.into())?;
    } else {
        print(&text(&found, now))?;
    }
    if passed.is_empty() {
        return Ok(());
    }
    let sentences: Vec<_> = passed.into_iter().map(|(_, sentence)| sentence).collect();
    Err(Failure::not_all(sentences.join("; ")))
}

/// The bounds that are passed, and what is to be said.
fn passed(stats: &Stats, found: &Statistics, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut passed = Vec::new();
    if let (Some(max), Some(age)) = (stats.max_age, found.age_of_oldest(now))
        && age > max
    {
        let (age, max) = (time::short(age), time::short(max));
        passed.push(("max_age", format!("a call has been waiting for {age}, and {max} is the bound")));
    }
    if let Some(max) = stats.max_dead
        && found.dead_letters() > max
    {
        let sentence = if found.dead_letters() == 1 { "there is" } else { "there are" };
        let (dead, max) = (count::counted(found.dead_letters(), "dead letter"), count::number(max));
        passed.push(("max_dead", format!("{sentence} {dead}, and {max} is the bound")));
    }
    passed
}

fn text(found: &Statistics, now: Timestamp) -> String {
    let mut lines =
        vec![("waiting", format!("{}, {}", count::counted(found.waiting, "call"), count::bytes(found.bytes)))];
    if let Some(age) = found.age_of_oldest(now) {
        lines.push(("oldest", format!("{} ago", time::short(age))));
    }
    lines.push(("dead letters", count::number(found.dead_letters())));
    lines.extend(
        found.dead.iter().map(|(reason, dead)| ("", format!("{:<16}  {}", reason.as_str(), count::number(*dead)))),
    );
    let sender = found.leased_until.map_or_else(
        || "none".to_owned(),
        |until| format!("until {}, for {}", time::text(until), time::short(time::since(now, until))),
    );
    lines.push(("sender", sender));
    fields(&lines)
}

fn document(found: &Statistics, now: Timestamp) -> Map<String, Value> {
    let dead: Map<String, Value> =
        found.dead.iter().map(|(reason, count)| (reason.as_str().to_owned(), json!(count))).collect();
    let mut document = Map::new();
    for (name, value) in [
        ("waiting", json!(found.waiting)),
        ("bytes", json!(found.bytes)),
        ("oldest_at", found.oldest.map_or(Value::Null, time::json)),
        ("oldest_age_seconds", json!(found.age_of_oldest(now).map(|age| age.as_secs_f64()))),
        ("dead_letters", json!(found.dead_letters())),
        ("dead", dead.into()),
        ("leased_until", found.leased_until.map_or(Value::Null, time::json)),
    ] {
        document.insert(name.to_owned(), value);
    }
    document
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customerio_delivery::Reason;

    use super::*;

    fn found() -> Statistics {
        let mut found = Statistics::default();
        (found.waiting, found.bytes) = (1_204, 3_250_000);
        found.oldest = Some(Timestamp::from(1_700_000_000));
        found.dead = vec![(Reason::Rejected, 2), (Reason::UnknownOutcome, 1)];
        found.leased_until = Some(Timestamp::from(1_700_000_261));
        found
    }

    const NOW: i64 = 1_700_000_250;

    #[test]
    fn numbers_stand_below_each_other() {
        let expected = "\
waiting       1,204 calls, 3.2 MB
oldest        4m10s ago
dead letters  3
              rejected          2
              unknown_outcome   1
sender        until 2023-11-14T22:17:41.000Z, for 11s
";
        assert_eq!(text(&found(), NOW.into()), expected);
        let nothing = "waiting       0 calls, 0 bytes\ndead letters  0\nsender        none\n";
        assert_eq!(text(&Statistics::default(), NOW.into()), nothing);
    }

    #[test]
    fn what_is_at_a_bound_has_not_passed_it() {
        let bounds = |age, dead| Stats { max_age: Some(Duration::from_secs(age)), max_dead: Some(dead) };
        let names = |stats| passed(&stats, &found(), NOW.into()).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(bounds(250, 3)), Vec::<&str>::new());
        assert_eq!(names(bounds(249, 3)), ["max_age"]);
        assert_eq!(names(bounds(249, 2)), ["max_age", "max_dead"]);
        assert!(passed(&bounds(0, 0), &Statistics::default(), NOW.into()).is_empty());
    }
}
