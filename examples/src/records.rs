//! Reads the records of a CSV or JSON Lines file. A record that cannot be read is there too, with its line and the reason.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    str,
};

use serde_json::{Map, Value};

/// A record: its line, its text, and its fields or the reason why it has none.
#[derive(Debug, PartialEq)]
pub struct Record {
    /// The line in the file in which it begins, from 1.
    pub line: u64,
    /// The text of the file. Bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Its fields by name. Those of CSV are text.
    pub fields: Result<Map<String, Value>, String>,
}

/// Reads the records of a file one by one. It skips empty lines and a byte order mark.
#[derive(Debug)]
pub struct Records<R> {
    file: R,
    lines: u64,
    /// Of CSV.
    header: Option<Vec<String>>,
}

impl Records<BufReader<File>> {
    /// A file whose name ends in `.csv` has CSV with a header, any other JSON Lines.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or is CSV without a usable header.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = BufReader::new(File::open(path)?);
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_csv { Self::csv(file) } else { Ok(Self::json_lines(file)) }
    }
}

impl<R: BufRead> Records<R> {
    /// JSON Lines: an object in each line.
    pub fn json_lines(file: R) -> Self {
        Self { file, lines: 0, header: None }
    }

    /// CSV, as RFC 4180 has it, with names in the first line.
    ///
    /// # Errors
    ///
    /// Where there is no header, or it is not UTF-8 or names a field twice.
    pub fn csv(file: R) -> io::Result<Self> {
        let mut records = Self { file, lines: 0, header: Some(Vec::new()) };
        let invalid =
            |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("the header of the file: {why}"));
        let (_, header) = records.read()?.ok_or_else(|| invalid("it is missing".into()))?;
        let header = text(&header).and_then(csv_fields).map_err(invalid)?;
        if let Some(twice) =
            header.iter().enumerate().find_map(|(at, name)| header[..at].contains(name).then_some(name))
        {
            return Err(invalid(format!("`{twice}` is in it twice")));
        }
        records.header = Some(header);
        Ok(records)
    }

    /// The next record that is not empty: its first line, and its bytes without the end of its last line.
    fn read(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        loop {
            let (first, mut record, mut in_quotes) = (self.lines + 1, Vec::new(), false);
            loop {
                let start = record.len();
                if self.file.read_until(b'\n', &mut record)? == 0 {
                    break;
                }
                self.lines += 1;
                if self.lines == 1 && record.starts_with("\u{feff}".as_bytes()) {
                    record.drain(..3);
                }
                in_quotes = self.header.is_some() && ends_in_quotes(&record[start..], in_quotes);
                if !in_quotes {
                    break;
                }
            }
            if self.lines < first {
                return Ok(None);
            }
            let end =
                record.strip_suffix(b"\n").map_or(record.len(), |line| line.strip_suffix(b"\r").unwrap_or(line).len());
            record.truncate(end);
            if !record.trim_ascii().is_empty() {
                return Ok(Some((first, record)));
            }
        }
    }

    fn fields(&self, record: &[u8]) -> Result<Map<String, Value>, String> {
        let text = text(record)?;
        let Some(header) = &self.header else {
            return serde_json::from_str(text).map_err(|error| match error.column() {
                0 => "it is not a JSON object".into(),
                column => format!("it is not a JSON object: see column {column}"),
            });
        };
        let fields = csv_fields(text)?;
        if fields.len() != header.len() {
            let few_or_many = if fields.len() < header.len() { "few" } else { "many" };
            return Err(format!("it has too {few_or_many} fields: {} instead of {}", fields.len(), header.len()));
        }
        Ok(header.iter().cloned().zip(fields.into_iter().map(Value::String)).collect())
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<io::Result<Record>> {
        let record = self.read().transpose()?;
        Some(record.map(|(line, record)| {
            let fields = self.fields(&record);
            Record { line, text: String::from_utf8_lossy(&record).into_owned(), fields }
        }))
    }
}

/// Whether a line of CSV ends inside of a quoted field, if it begins so. A quote opens a field at its beginning alone; one
/// that is doubled closes it, and opens it again.
fn ends_in_quotes(line: &[u8], mut in_quotes: bool) -> bool {
    let mut may_open = true;
    for byte in line {
        let is_quote = *byte == b'"' && (in_quotes || may_open);
        in_quotes ^= is_quote;
        may_open = is_quote || *byte == b',';
    }
    in_quotes
}

fn text(record: &[u8]) -> Result<&str, String> {
    str::from_utf8(record).map_err(|error| format!("it is not UTF-8 after {} bytes", error.valid_up_to()))
}

fn csv_fields(text: &str) -> Result<Vec<String>, String> {
    if ends_in_quotes(text.as_bytes(), false) {
        return Err("a quoted field has no end".into());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    match (records.next(), records.next()) {
        (Some(Ok(record)), None) => Ok(record.iter().map(str::to_owned).collect()),
        (Some(Err(error)), _) => Err(error.to_string()),
        _ => Err("it has a carriage return without a line feed: lines must end in LF or CR LF".into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The line, the text and the fields or what is wrong, of each record.
    fn all(records: Records<&[u8]>) -> Vec<(u64, String, Result<Value, String>)> {
        records
            .map(|record| record.unwrap())
            .map(|Record { line, text, fields }| (line, text, fields.map(Value::Object)))
            .collect()
    }

    #[test]
    fn every_row_of_csv_is_a_record_or_says_why_not() {
        let file = b"\xef\xbb\xbfid,name\r\n\
            007,\"Bond, James\"\r\n\
            \r\n\
            8,\"of \"\"two\"\"\r\nlines\"\n\
            9,caf\xe9\n\
            10\n\
            11,a,b\n\
            \n\
            12,5\" pipe\n\
            ,nobody\n\
            13,one\rtwo\n\
            14,\"never closed\n\
            15,last";
        let found = all(Records::csv(&file[..]).unwrap());
        let error = |why: &str| Err(why.to_owned());
        let expected = [
            (2, "007,\"Bond, James\"", Ok(json!({"id": "007", "name": "Bond, James"}))),
            (4, "8,\"of \"\"two\"\"\r\nlines\"", Ok(json!({"id": "8", "name": "of \"two\"\r\nlines"}))),
            (6, "9,caf\u{fffd}", error("it is not UTF-8 after 5 bytes")),
            (7, "10", error("it has too few fields: 1 instead of 2")),
            (8, "11,a,b", error("it has too many fields: 3 instead of 2")),
            (10, "12,5\" pipe", Ok(json!({"id": "12", "name": "5\" pipe"}))),
            (11, ",nobody", Ok(json!({"id": "", "name": "nobody"}))),
            (12, "13,one\rtwo", error("it has a carriage return without a line feed: lines must end in LF or CR LF")),
            (13, "14,\"never closed\n15,last", error("a quoted field has no end")),
        ];
        assert_eq!(found, expected.map(|(line, text, fields)| (line, text.to_owned(), fields)));
    }

    #[test]
    fn every_line_of_json_is_a_record_or_says_why_not() {
        let file =
            b"\xef\xbb\xbf{\"id\": 1}\r\n\n{\"id\":\"\xff\"}\n[1]\nnot JSON\n{\"id\":\"4\"} {}\n \t\n{\"a\":\"\\\"\n{}";
        let found = all(Records::json_lines(&file[..]));
        let error = |why: &str| Err(why.to_owned());
        let expected = [
            (1, "{\"id\": 1}", Ok(json!({"id": 1}))),
            (3, "{\"id\":\"\u{fffd}\"}", error("it is not UTF-8 after 7 bytes")),
            (4, "[1]", error("it is not a JSON object")),
            (5, "not JSON", error("it is not a JSON object: see column 2")),
            (6, "{\"id\":\"4\"} {}", error("it is not a JSON object: see column 12")),
            (8, "{\"a\":\"\\\"", error("it is not a JSON object: see column 8")),
            (9, "{}", Ok(json!({}))),
        ];
        assert_eq!(found, expected.map(|(line, text, fields)| (line, text.to_owned(), fields)));
        assert_eq!(all(Records::json_lines(&b""[..])), []);
    }

    #[test]
    fn csv_without_a_usable_header_is_refused() {
        for (file, expected) in [
            (&b""[..], "it is missing"),
            (b"\n\n", "it is missing"),
            (b"id,caf\xe9\n1,2\n", "not UTF-8"),
            (b"id,name,name\n", "`name` is in it twice"),
            (b"id,\"name\n1,2\n", "no end"),
            (b"id,name\r1,2\r", "carriage return"),
        ] {
            let error = Records::csv(file).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(all(Records::csv(&b"id\n"[..]).unwrap()), []);
    }
}
