//! CSV that comes in pieces.

use bytes::{Buf as _, Bytes};
use csv_core::ReadRecordResult;

/// The longest row that is kept, in bytes.
pub(super) const LONGEST: usize = 1024 * 1024;

/// What is before the first row, if a Windows program wrote the file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Takes rows out of pieces of a file, whatever the pieces are cut into.
pub(super) struct RowReader {
    reader: csv_core::Reader,
    /// The fields of a row without anything between them, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    /// How much of both there is.
    length: usize,
    count: usize,
    /// The line that is being read, and the one that the row began on.
    line: u64,
    began: u64,
    /// Where the file begins: how much of a byte order mark came.
    mark: Option<usize>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing of a row was read.
    Between,
    Within,
    /// A row was too long, and the rest of its line is left out.
    Leaving,
    Ended,
}

/// The result of a piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Another piece is needed.
    More,
    /// There is a row.
    Row,
    /// There is a row that is too long, of which the fields are the beginning.
    TooLong,
    /// That was all.
    End,
}

impl RowReader {
    pub(super) fn new() -> Self {
        Self {
            reader: csv_core::Reader::new(),
            text: vec![0; 1024],
            ends: vec![0; 32],
            length: 0,
            count: 0,
            line: 1,
            began: 1,
            mark: Some(0),
            stage: Stage::Between,
        }
    }

    /// Takes what it needs of `chunk`, which is used up when it asks for more. At the end of the file `chunk` is empty.
    pub(super) fn read(&mut self, chunk: &mut Bytes, is_at_end: bool) -> Progress {
        if let Some(read) = self.mark
            && !self.leave_mark(read, chunk, is_at_end)
        {
            return Progress::More;
        }
        if self.stage == Stage::Leaving && !self.leave_line(chunk, is_at_end) {
            return Progress::More;
        }
        if self.stage == Stage::Between && !self.skip_line_ends(chunk) && !is_at_end {
            return Progress::More;
        }
        if self.stage == Stage::Ended {
            return Progress::End;
        }
        loop {
            if chunk.is_empty() && !is_at_end {
                return Progress::More;
            }
            let (result, read) = self.feed(chunk);
            self.line += memchr::memchr_iter(b'\n', &chunk[..read]).count() as u64;
            chunk.advance(read);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.text.len() < LONGEST => {
                    self.text.resize((self.text.len() * 2).min(LONGEST), 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < LONGEST / size_of::<usize>() => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    self.reader.reset();
                    // The field that is too long has no end yet.
                    if let Some(end) = self.ends.get_mut(self.count) {
                        *end = self.length;
                        self.count += 1;
                    }
                    self.stage = Stage::Leaving;
                    return Progress::TooLong;
                }
                ReadRecordResult::Record => {
                    self.stage = Stage::Between;
                    return Progress::Row;
                }
                ReadRecordResult::End => {
                    self.stage = Stage::Ended;
                    return Progress::End;
                }
            }
        }
    }

    /// The fields of the last row.
    pub(super) fn fields(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let ends = &self.ends[..self.count];
        (0..self.count).map(move |at| {
            let start = if at == 0 { 0 } else { ends[at - 1] };
            &self.text[start..ends[at]]
        })
    }

    /// The line that the last row began on.
    pub(super) fn began(&self) -> u64 {
        self.began
    }

    fn feed(&mut self, input: &[u8]) -> (ReadRecordResult, usize) {
        let (text, ends) = (&mut self.text[self.length..], &mut self.ends[self.count..]);
        let (result, read, written, ended) = self.reader.read_record(input, text, ends);
        // Ends are counted from the beginning of the row, whatever is read of it at once.
        self.length += written;
        self.count += ended;
        (result, read)
    }

    /// Leaves a byte order mark out, of which this much came before. Whether it is known that there is one, or none.
    fn leave_mark(&mut self, mut read: usize, chunk: &mut Bytes, is_at_end: bool) -> bool {
        while read < BYTE_ORDER_MARK.len() {
            match chunk.first() {
                Some(byte) if *byte == BYTE_ORDER_MARK[read] => {
                    chunk.advance(1);
                    read += 1;
                }
                None if !is_at_end => {
                    self.mark = Some(read);
                    return false;
                }
                _ => break,
            }
        }
        self.mark = None;
        // What began as a mark was none.
        if (1..BYTE_ORDER_MARK.len()).contains(&read) {
            self.begin_row();
            self.feed(&BYTE_ORDER_MARK[..read]);
        }
        true
    }

    /// Line ends before a row are none of it. Whether anything is left.
    fn skip_line_ends(&mut self, chunk: &mut Bytes) -> bool {
        while let Some(byte @ (b'\r' | b'\n')) = chunk.first() {
            self.line += u64::from(*byte == b'\n');
            chunk.advance(1);
        }
        if !chunk.is_empty() {
            self.begin_row();
        }
        !chunk.is_empty()
    }

    fn begin_row(&mut self) {
        (self.length, self.count, self.began, self.stage) = (0, 0, self.line, Stage::Within);
    }

    /// Skips what is before the next line. Whether that is reached.
    fn leave_line(&mut self, chunk: &mut Bytes, is_at_end: bool) -> bool {
        let end = memchr::memchr(b'\n', chunk);
        match end {
            Some(_) => self.stage = Stage::Between,
            None if is_at_end => self.stage = Stage::Ended,
            None => {}
        }
        // The line end itself is counted before the next row.
        chunk.advance(end.unwrap_or(chunk.len()));
        self.stage != Stage::Leaving
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Rows = Vec<(u64, Vec<Vec<u8>>)>;

    /// All rows, of pieces of at most that many bytes.
    fn rows(file: &[u8], piece: usize) -> Rows {
        let mut reader = RowReader::new();
        let mut pieces = file.chunks(piece).map(Bytes::copy_from_slice);
        let (mut chunk, mut is_at_end, mut rows) = (Bytes::new(), false, Vec::new());
        loop {
            match reader.read(&mut chunk, is_at_end) {
                Progress::More => {
                    assert!(chunk.is_empty() && !is_at_end);
                    match pieces.next() {
                        Some(piece) => chunk = piece,
                        None => is_at_end = true,
                    }
                }
                Progress::Row | Progress::TooLong => {
                    rows.push((reader.began(), reader.fields().map(<[u8]>::to_vec).collect()));
                }
                Progress::End => return rows,
            }
        }
    }

    fn text(rows: &Rows) -> Vec<String> {
        let field = |field: &Vec<u8>| String::from_utf8_lossy(field).into_owned();
        rows.iter()
            .map(|(line, row)| format!("{line}: {}", row.iter().map(field).collect::<Vec<_>>().join("|")))
            .collect()
    }

    #[test]
    fn rows_are_the_same_whatever_pieces_they_come_in() {
        for (file, expected) in [
            ("a,b\r\n1,2\r\n3,4", vec!["1: a|b", "2: 1|2", "3: 3|4"]),
            ("a\n\n\n1\n", vec!["1: a", "4: 1"]),
            ("\u{feff}a,b\n1,2\n", vec!["1: a|b", "2: 1|2"]),
            ("\u{feff}\"a\",b\n", vec!["1: a|b"]),
            ("a\n\"1,\"\"2\"\"\r\n3\"\n4", vec!["1: a", "2: 1,\"2\"\r\n3", "4: 4"]),
            ("a,b\n,\n\"\",x\n", vec!["1: a|b", "2: |", "3: |x"]),
            ("a\n\u{f000}\u{2028}\n", vec!["1: a", "2: \u{f000}\u{2028}"]),
            ("\u{f000}a\n", vec!["1: \u{f000}a"]),
            ("a\n\"never closed\n1\n", vec!["1: a", "2: never closed\n1\n"]),
            ("", vec![]),
            ("\n\r\n", vec![]),
            ("\u{feff}", vec![]),
        ] {
            for piece in 1..=file.len().max(1) {
                assert_eq!(text(&rows(file.as_bytes(), piece)), expected, "{file:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_row_that_is_too_long_does_not_lose_those_after_the_line() {
        let long = "x".repeat(LONGEST + 9);
        let file = format!("a\n\"{long}\n1\n\"{long}\n2");
        for piece in [7_919, file.len()] {
            let rows = rows(file.as_bytes(), piece);
            assert_eq!(
                rows.iter().map(|(line, row)| (*line, row.len())).collect::<Vec<_>>(),
                [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]
            );
            assert_eq!((rows[1].1[0].len(), &rows[2].1[0][..], &rows[4].1[0][..]), (LONGEST, &b"1"[..], &b"2"[..]));
        }
        let file = ",".repeat(LONGEST) + "\n1";
        let rows = rows(file.as_bytes(), 65_536);
        assert_eq!((rows[0].1.len(), &rows[1]), (LONGEST / 8, &(2, vec![b"1".to_vec()])));
    }

    proptest! {
        #[test]
        fn any_bytes_are_the_rows_that_the_crate_csv_reads(file in "([a,\"\r\n\u{e9}]|\r\n){0,40}", piece in 1..9_usize) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
            let expected: Vec<Vec<Vec<u8>>> =
                reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
            let read: Vec<_> = rows(file.as_bytes(), piece).into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
