//! The rows of an export's file.

use std::{
    fmt,
    future::poll_fn,
    marker::PhantomData,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use csv::{DeserializeErrorKind, ErrorKind, StringRecord};
use serde::de::DeserializeOwned;

use super::{
    ExportFile, MalformedRow, MalformedRowKind, RowError,
    row_reader::{Progress, RowReader},
};
use crate::MaybeSend;

impl ExportFile {
    /// The rows of the file, which is CSV, from its beginning: as maps such as `HashMap<String, String>`, or as any type
    /// that reads itself with `serde`, whose fields are named like the columns.
    ///
    /// An empty field is an empty text, or `None` for an `Option`.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{App, Client, app::exports::RowError, ids::ExportId};
    /// #[derive(serde::Deserialize)]
    /// struct Person {
    ///     email: String,
    ///     visits: Option<u32>,
    /// }
    ///
    /// async fn visits(app: &Client<App>, id: ExportId) -> Result<u32, RowError> {
    ///     let mut people = app.export(id).rows::<Person>();
    ///     let mut visits = 0;
    ///     while let Some(person) = people.next().await {
    ///         match person {
    ///             Ok(person) => visits += person.visits.unwrap_or_default(),
    ///             // It is not lost: `malformed.fields()`. The next row comes all the same.
    ///             Err(RowError::Malformed(malformed)) => println!("{malformed}"),
    ///             Err(error) => return Err(error),
    ///         }
    ///     }
    ///     Ok(visits)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|request| match request.uri().path() {
    /// #     "/v1/exports/110/download" => (200, r#"{"url":"https://files.example.com/people.csv"}"#),
    /// #     path if path.starts_with("/v1/exports") => (200, r#"{"export":{"id":110,"status":"done"}}"#),
    /// #     _ => (200, "email,visits\nada@example.com,3\nbob@example.com,\ncy@example.com,often\n"),
    /// # });
    /// # let counted = canned::run(async move { visits(&app, 110.into()).await });
    /// # assert_eq!(counted?, 3);
    /// # Ok::<(), RowError>(())
    /// ```
    #[doc(alias = "csv")]
    pub fn rows<T: DeserializeOwned + MaybeSend + 'static>(self) -> Rows<T> {
        Rows {
            file: self.starting_at(0),
            reader: RowReader::new(),
            chunk: Bytes::new(),
            is_at_end: false,
            columns: None,
            row: StringRecord::new(),
            of: PhantomData,
        }
    }
}

/// The rows of an export's file: [`ExportFile::rows`].
///
/// It is a `Stream` with the feature `stream`.
///
/// After an error, the next call continues at the same place: no row is lost or returned twice.
#[must_use = "nothing is read before `next` is called"]
pub struct Rows<T> {
    file: ExportFile,
    reader: RowReader,
    /// What is not read yet of the last piece of the file.
    chunk: Bytes,
    is_at_end: bool,
    /// The names in the first row.
    columns: Option<StringRecord>,
    row: StringRecord,
    of: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Rows<T> {
    /// Returns the next row; `None` after the last.
    ///
    /// This method is cancel safe: dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// See [`RowError`]. After a row that cannot be read, the next call returns the one after it.
    pub async fn next(&mut self) -> Option<Result<T, RowError>> {
        poll_fn(|context| self.poll_row(context)).await
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, RowError>>> {
        loop {
            match self.reader.read(&mut self.chunk, self.is_at_end) {
                Progress::More => match ready!(self.file.poll_chunk(context)) {
                    Some(Ok(chunk)) => self.chunk = chunk,
                    Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                    None => self.is_at_end = true,
                },
                Progress::Row => {
                    if let Some(row) = self.row() {
                        return Poll::Ready(Some(row));
                    }
                }
                Progress::TooLong => {
                    self.named();
                    return Poll::Ready(Some(Err(self.malformed(MalformedRowKind::TooLong))));
                }
                Progress::End => return Poll::Ready(None),
            }
        }
    }

    /// The row that the reader has; `None` if it is that of the names.
    fn row(&mut self) -> Option<Result<T, RowError>> {
        if self.named() {
            return None;
        }
        self.row.clear();
        for field in self.reader.fields() {
            match std::str::from_utf8(field) {
                Ok(field) => self.row.push_field(field),
                Err(_) => return Some(Err(self.malformed(MalformedRowKind::NotUtf8))),
            }
        }
        let columns = self.columns.as_ref()?;
        if self.row.len() != columns.len() {
            let kind = MalformedRowKind::Count { fields: self.row.len(), columns: columns.len() };
            return Some(Err(self.malformed(kind)));
        }
        Some(
            self.row
                .deserialize(Some(columns))
                .map_err(|error| self.malformed(MalformedRowKind::Type { column: column(&error) })),
        )
    }

    /// Takes the row for that of the names, where it is the first.
    fn named(&mut self) -> bool {
        let is_first = self.columns.is_none();
        if is_first {
            self.columns = Some(self.reader.fields().map(String::from_utf8_lossy).collect());
        }
        is_first
    }

    fn malformed(&self, kind: MalformedRowKind) -> RowError {
        MalformedRow::new(self.reader.began(), kind, self.reader.fields().map(<[u8]>::to_vec).collect()).into()
    }
}

impl<T> Rows<T> {
    /// The file that the rows are in: how much of it was read, and how large it is.
    pub fn file(&self) -> &ExportFile {
        &self.file
    }

    /// The names of the columns; none before the first row was read.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().flatten()
    }
}

/// Which column it was, counted from 1. The error itself may show its value.
fn column(error: &csv::Error) -> Option<usize> {
    let ErrorKind::Deserialize { err, .. } = error.kind() else { return None };
    let is_of_column = !matches!(err.kind(), DeserializeErrorKind::UnexpectedEndOfRow);
    err.field().filter(|_| is_of_column).and_then(|column| usize::try_from(column).ok()).map(|column| column + 1)
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("file", &self.file).finish_non_exhaustive()
    }
}

#[cfg(feature = "stream")]
impl<T: DeserializeOwned> futures_core::Stream for Rows<T> {
    type Item = Result<T, RowError>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(context)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, sync::Arc};

    use super::*;
    use crate::{App, Client, Endpoint, Region, app::exports::ExportError, testing::Scripted};

    /// Rows of a file that has come whole.
    fn rows<T: DeserializeOwned + Send + 'static>(file: &'static [u8]) -> Rows<T> {
        let client = Client::<App>::new(Endpoint::app(Region::Us, "key").unwrap(), Arc::new(Scripted::new(Vec::new())));
        let mut rows = client.export(110).rows();
        (rows.chunk, rows.is_at_end) = (file.into(), true);
        rows
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Person {
        email: String,
        visits: Option<u32>,
    }

    async fn read<T: DeserializeOwned + Send + 'static>(mut rows: Rows<T>) -> Vec<Result<T, MalformedRow>> {
        let mut read = Vec::new();
        while let Some(row) = rows.next().await {
            read.push(row.map_err(|error| match error {
                RowError::Malformed(malformed) => malformed,
                RowError::Export(error) => panic!("{error}"),
            }));
        }
        read
    }

    #[tokio::test]
    async fn rows_are_maps_or_types() {
        let file = b"email,visits,note\r\nada@example.com,3,\"a, \"\"b\"\"\"\r\n,,\r\n";
        let people: Vec<_> = read::<Person>(rows(file)).await.into_iter().map(Result::unwrap).collect();
        let ada = Person { email: "ada@example.com".to_owned(), visits: Some(3) };
        assert_eq!(people, [ada, Person { email: String::new(), visits: None }]);
        let maps: Vec<_> = read::<HashMap<String, String>>(rows(file)).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            (maps[0]["note"].as_str(), maps[0]["visits"].as_str(), maps[1]["note"].as_str()),
            ("a, \"b\"", "3", "")
        );
        let mut rows = rows::<(String, Option<u8>, String)>(file);
        assert_eq!(rows.columns().count(), 0);
        assert_eq!(rows.next().await.unwrap().unwrap().1, Some(3));
        assert_eq!(rows.columns().collect::<Vec<_>>(), ["email", "visits", "note"]);
        assert_eq!(rows.file().position(), 0);
    }

    #[tokio::test]
    async fn an_odd_row_says_its_line_and_is_not_lost_and_those_after_it_come() {
        let file = b"email,visits\na,1\nb\nc,SECRET\n\xff,1\n\"d\nSECRET\",2,3\ne,5\n";
        let read = read::<Person>(rows(file)).await;
        assert_eq!(read[0].as_ref().unwrap().visits, Some(1));
        assert_eq!(read[5].as_ref().unwrap(), &Person { email: "e".to_owned(), visits: Some(5) });
        let malformed: Vec<_> = read[1..5].iter().map(|row| row.as_ref().unwrap_err()).collect();
        let texts: Vec<_> = malformed.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "line 3 of the export has 1 fields, and there are 2 columns",
                "line 4 of the export has another value in column 2 than expected",
                "line 5 of the export is not UTF-8",
                "line 6 of the export has 3 fields, and there are 2 columns",
            ]
        );
        assert_eq!((malformed[0].fields(), malformed[1].line()), (&[b"b".to_vec()][..], 4));
        assert_eq!(malformed[2].fields(), [b"\xff".to_vec(), b"1".to_vec()]);
        assert_eq!(malformed[3].fields()[0], b"d\nSECRET");
        assert!(!format!("{malformed:?}").contains("SECRET"));
        assert_eq!(read.len(), 6);
    }

    #[tokio::test]
    async fn a_type_whose_columns_are_not_there_fits_no_row() {
        let read = read::<Person>(rows(b"mail,visits\na,1\n")).await;
        let malformed = read[0].as_ref().unwrap_err();
        assert_eq!(
            malformed.to_string(),
            "line 2 of the export does not have the columns or values that were expected"
        );
    }

    #[tokio::test]
    async fn an_error_of_the_file_keeps_its_place() {
        let (file, client) = (&b"email\na\nb"[..], Arc::new(Scripted::new(vec![(401, String::new())])));
        let client = Client::<App>::new(Endpoint::app(Region::Us, "key").unwrap(), client);
        let mut rows = client.export(110).rows::<(String,)>();
        rows.chunk = file.into();
        assert_eq!(rows.next().await.unwrap().unwrap().0, "a");
        assert!(matches!(rows.next().await, Some(Err(RowError::Export(ExportError::Wait(_))))));
        // The rest of the row, as if it had come then.
        rows.chunk = "c".into();
        rows.is_at_end = true;
        assert_eq!(rows.next().await.unwrap().unwrap().0, "bc");
        assert!(rows.next().await.is_none());
    }
}
