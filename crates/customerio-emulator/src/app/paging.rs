//! Pages of a list, as the App API gives them out: `start` is the `next` of the page before.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use crate::{
    contract::shape::{Field, Need::May, Shape},
    server::reply::Refusal,
};

pub(crate) const START: Field = ("start", May, Shape::Text);
pub(crate) const LIMIT: Field = ("limit", May, Shape::Text);
pub(crate) const SORT: Field = ("sort", May, Shape::OneOf(&["asc", "desc"]));
pub(crate) const FLAG: Shape = Shape::OneOf(&["true", "false"]);

/// How many rows are on a page of a list for which the contract says nothing: by default, and at most.
pub(crate) const UNSAID: (usize, usize) = (50, 1_000);

/// Which page is asked for.
pub(crate) struct Paging {
    /// The key of the last row of the page before.
    after: Option<String>,
    limit: usize,
}

pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    /// Where the next page starts. Empty where there is none.
    pub(crate) next: String,
}

impl Paging {
    /// From a query, with the number of rows by default and the most.
    pub(crate) fn of(query: &Map<String, Value>, (default, most): (usize, usize)) -> Result<Self, Refusal> {
        let after = text(query, "start").filter(|start| !start.is_empty()).map(|start| {
            let key = STANDARD.decode(start).ok().and_then(|key| String::from_utf8(key).ok());
            key.ok_or_else(|| Refusal::bad("start must be the next of another page"))
        });
        Ok(Self { after: after.transpose()?, limit: limit(query, (default, most))? })
    }

    /// The page of a list whose rows have keys that rise. A row that is added or removed between two pages moves no other:
    /// none comes twice, and none is left out.
    pub(crate) fn page<K: AsRef<str>, T>(&self, rows: impl Iterator<Item = (K, T)>) -> Page<T> {
        self.page_of(rows, |_| true)
    }

    /// [`page`](Self::page) of those rows that are chosen. Rows of earlier pages are not looked at again.
    pub(crate) fn page_of<K: AsRef<str>, T>(
        &self,
        rows: impl Iterator<Item = (K, T)>,
        chosen: impl Fn(&T) -> bool,
    ) -> Page<T> {
        let is_later = |key: &K| self.after.as_deref().is_none_or(|after| key.as_ref() > after);
        let mut rows = rows.skip_while(|(key, _)| !is_later(key)).filter(|(_, row)| chosen(row));
        let (mut page, mut last) = (Vec::new(), None);
        while page.len() < self.limit
            && let Some((key, row)) = rows.next()
        {
            page.push(row);
            last = Some(key);
        }
        let more = rows.next().and(last);
        let next = more.map(|key| STANDARD.encode(key.as_ref())).unwrap_or_default();
        Page { rows: page, next }
    }
}

/// The key of a row by its number, where the oldest is the first.
pub(crate) fn oldest_first(number: u64) -> String {
    format!("{number:016x}")
}

/// The key of a row by its number, where the newest is the first.
pub(crate) fn newest_first(number: u64) -> String {
    oldest_first(u64::MAX - number)
}

/// The parameter `limit`, from 1 on: what it is by default, and at most.
pub(crate) fn limit(query: &Map<String, Value>, (default, most): (usize, usize)) -> Result<usize, Refusal> {
    let limit = number(query, "limit")?.map_or(Some(default), |limit| usize::try_from(limit).ok());
    let limit = limit.filter(|limit| (1..=most).contains(limit));
    limit.ok_or_else(|| Refusal::bad(format!("limit must be from 1 to {most}")))
}

/// A parameter of a query.
pub(crate) fn text<'q>(query: &'q Map<String, Value>, name: &str) -> Option<&'q str> {
    query.get(name).and_then(Value::as_str)
}

/// A parameter of a query that is a number.
pub(crate) fn number(query: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    let number = text(query, name).map(str::parse::<i64>).transpose();
    number.map_err(|_| Refusal::bad(format!("{name} must be a number")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paging(query: &Value) -> Result<Paging, String> {
        Paging::of(query.as_object().unwrap(), (2, 3)).map_err(|refusal| refusal.text())
    }

    #[test]
    fn rows_come_once_whatever_is_added_or_removed_between_the_pages() {
        let mut rows: Vec<_> = (1..=5).map(oldest_first).collect();
        let page = |rows: &[String], start: &str| {
            let paging = paging(&json!({"start": start})).unwrap();
            let Page { rows, next } = paging.page(rows.iter().map(|key| (key, key)));
            (rows.into_iter().map(|key| u64::from_str_radix(key, 16).unwrap()).collect::<Vec<_>>(), next)
        };
        let (first, next) = page(&rows, "");
        assert_eq!(first, [1, 2]);
        rows.remove(1);
        rows.insert(0, oldest_first(0));
        let (second, next) = page(&rows, &next);
        assert_eq!(second, [3, 4]);
        assert_eq!(page(&rows, &next), (vec![5], String::new()));
        rows.pop();
        assert_eq!(page(&rows, &next), (vec![], String::new()));
        assert!(newest_first(2) < newest_first(1));
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for (query, reason) in [
            (json!({"limit": "0"}), "limit must be from 1 to 3"),
            (json!({"limit": "4"}), "limit must be from 1 to 3"),
            (json!({"limit": "-1"}), "limit must be from 1 to 3"),
            (json!({"limit": "x"}), "limit must be a number"),
            (json!({"start": "1"}), "start must be the next of another page"),
            (json!({"start": "/w=="}), "start must be the next of another page"),
        ] {
            assert_eq!(paging(&query).err().as_deref(), Some(reason), "{query}");
        }
        assert_eq!(paging(&json!({"limit": "3"})).unwrap().limit, 3);
    }
}
