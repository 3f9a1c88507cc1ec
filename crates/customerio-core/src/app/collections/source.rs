//! What a collection is made of, as requests have it.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    BuildError, BuildErrorKind, Limits,
    json::{Writer, encode},
    limits::check_bytes,
    text::Text,
    unseen::check_visible,
};

/// JSON for a collection, encoded when it was given. What cannot be encoded is an error when the request is built.
#[derive(Clone)]
pub(super) struct Json(Result<Bytes, Box<BuildError>>);

impl Json {
    pub(super) fn new(value: &(impl Serialize + ?Sized)) -> Self {
        Self(encode(value).map(Bytes::from).map_err(Box::new))
    }

    /// A list of objects.
    pub(super) fn rows(self, limits: &Limits) -> Result<Bytes, BuildError> {
        let json = self.0.map_err(|error| *error)?;
        if !json.starts_with(b"[") {
            return Err(BuildError::new("the list of rows", BuildErrorKind::Encoding(not_but("a list", &json))));
        }
        check_rows(&json, limits, |at, row| {
            let problem = || BuildError::new(row_at(at), BuildErrorKind::Encoding(not_but("an object", row)));
            row.starts_with(b"{").then_some(()).ok_or_else(problem)
        })?;
        Ok(json)
    }

    /// A list of anything, or an object.
    pub(super) fn contents(self, limits: &Limits) -> Result<Bytes, BuildError> {
        let json = self.0.map_err(|error| *error)?;
        match json.first() {
            Some(b'[') => check_rows(&json, limits, |_, _| Ok(()))?,
            Some(b'{') => check_bytes(COLLECTION, json.len(), limits.collection)?,
            _ => {
                let problem = BuildErrorKind::Encoding(not_but("a list or an object", &json));
                return Err(BuildError::new("the contents", problem));
            }
        }
        Ok(json)
    }
}

const COLLECTION: &str = "the collection";

fn row_at(at: usize) -> String {
    format!("row `[{at}]` of the collection")
}

/// Checks the list that `json` is, and each of its rows with its place.
fn check_rows(
    json: &[u8],
    limits: &Limits,
    check: impl Fn(usize, &[u8]) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    check_bytes(COLLECTION, json.len(), limits.collection)?;
    // What the encoder has written can be read.
    let rows: Vec<&RawValue> = serde_json::from_slice(json).unwrap_or_default();
    rows.iter().enumerate().try_for_each(|(at, row)| {
        let row = row.get().as_bytes();
        check(at, row)?;
        if row.len() > limits.collection_row {
            check_bytes(row_at(at), row.len(), limits.collection_row)
        } else {
            Ok(())
        }
    })
}

/// What `json` must be, and what it is.
fn not_but(expected: &str, json: &[u8]) -> String {
    let found = match json.first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "text",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    };
    format!("must be {expected}, not {found}")
}

/// Where the rows of a collection come from.
#[derive(Clone)]
pub(super) enum Source {
    Rows(Json),
    Url(Text),
}

impl Source {
    pub(super) fn rows(rows: &(impl Serialize + ?Sized)) -> Self {
        Self::Rows(Json::new(rows))
    }

    pub(super) fn url(url: impl AsRef<str>) -> Self {
        Self::Url(Text::new(url))
    }

    /// Checks it, and writes it as a field.
    pub(super) fn write(self, body: &mut Writer, limits: &Limits) -> Result<(), BuildError> {
        match self {
            Self::Rows(rows) => body.field_of("data", &rows.rows(limits)?),
            Self::Url(url) => {
                check_visible("the URL of the collection's data", &url)?;
                body.field("url", &url)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn rows<T: Serialize>(value: T) -> Result<String, String> {
        read(Json::new(&value).rows(&Limits::default()))
    }

    fn contents<T: Serialize>(value: T) -> Result<String, String> {
        read(Json::new(&value).contents(&Limits::default()))
    }

    fn read(json: Result<Bytes, BuildError>) -> Result<String, String> {
        json.map(|json| String::from_utf8(json.to_vec()).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_are_a_list_of_objects() {
        #[derive(Serialize)]
        struct Event {
            name: &'static str,
            city: Option<&'static str>,
        }
        let events = [Event { name: "a", city: Some("b") }, Event { name: "c", city: None }];
        let written = r#"[{"name":"a","city":"b"},{"name":"c"}]"#;
        assert_eq!(rows(&events).as_deref(), Ok(written));
        assert_eq!(rows(events.iter().collect::<Vec<_>>()).as_deref(), Ok(written));
        assert_eq!(rows(json!([])).as_deref(), Ok("[]"));
        for (value, expected) in [
            (json!({}), "the list of rows must be a list, not an object"),
            (json!("a"), "the list of rows must be a list, not text"),
            (json!(null), "the list of rows must be a list, not null"),
            (json!(true), "the list of rows must be a list, not a boolean"),
            (json!([{}, 7]), "row `[1]` of the collection must be an object, not a number"),
            (json!([[]]), "row `[0]` of the collection must be an object, not a list"),
        ] {
            assert_eq!(rows(value).unwrap_err(), expected);
        }
        let nan = [std::collections::BTreeMap::from([("price", f64::NAN)])];
        let expected = "`[0].price` is NaN: as JSON it would be null, which erases an attribute";
        assert_eq!((rows(&nan).unwrap_err(), contents(&nan).unwrap_err()), (expected.to_owned(), expected.to_owned()));
    }

    #[test]
    fn contents_are_a_list_or_an_object() {
        for value in [json!({}), json!([]), json!([1, "a,]", null, [true]]), json!({"a": {"b": [1]}})] {
            assert_eq!(contents(&value), Ok(value.to_string()));
        }
        for (value, found) in [(json!(null), "null"), (json!("a"), "text"), (json!(1), "a number")] {
            assert_eq!(contents(value), Err(format!("the contents must be a list or an object, not {found}")));
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let row = |bytes: usize| json!({"a": "x".repeat(bytes - r#"{"a":""}"#.len())});
        let list = |rows: usize, bytes: usize| Value::from(vec![row(bytes); rows]);
        let too_long =
            |what: &str, bytes: usize, limit: usize| Err(format!("{what} has {bytes} bytes, and the limit is {limit}"));
        assert_eq!(rows(list(3, 10_000)).map(|json| json.len()), Ok(30_004));
        let mut one = list(2, 9);
        one[1] = row(10_001);
        for check in [rows::<Value>, contents::<Value>] {
            assert_eq!(check(one.clone()), too_long("row `[1]` of the collection", 10_001, 10_000));
            // Brackets and commas count too.
            assert_eq!(check(list(1_000, 9_999)), too_long("the collection", 10_000_001, 10_000_000));
            assert_eq!(check(list(1_000, 9_998)).map(|json| json.len()), Ok(9_999_001));
        }
        assert_eq!(contents(row(10_001)).map(|json| json.len()), Ok(10_001));
        assert_eq!(contents(row(10_000_001)), too_long("the collection", 10_000_001, 10_000_000));
        assert!(Json::new(&one).rows(&Limits::none()).is_ok());
        assert!(Json::new(&one).rows(&Limits::default().with_collection_row(10_001)).is_ok());
        assert!(Json::new(&one).contents(&Limits::default().with_collection(9_000)).is_err());
    }
}
