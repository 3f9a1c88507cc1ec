//! The pages of a database that SQLite refuses, and the rows on them.
//!
//! A row is taken for one only where the checksum that it has is right, which is for who asks to see.

use std::collections::BTreeMap;

/// The size of a page, in databases that this crate creates.
pub(super) const PAGE: usize = 4096;

/// The pages of a database, as its last transaction left them, as far as that can be read.
#[derive(Debug, Default)]
pub(super) struct Pages {
    images: BTreeMap<u32, Vec<u8>>,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

/// A row of a table: its key, and its columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TableRow {
    pub(super) key: i64,
    pub(super) columns: Vec<Value>,
}

impl Pages {
    /// Reads the pages of a database and of its write-ahead log, which is empty where there is none.
    ///
    /// SQLite stops at the first damaged frame of the log. Here the frames behind it are read as well.
    pub(super) fn read(database: &[u8], log: &[u8]) -> Self {
        let numbered = (1..).zip(database.chunks(PAGE));
        let mut pages = Self { images: numbered.map(|(number, image)| (number, padded(image))).collect() };
        let frames = log.get(32..).unwrap_or_default().chunks_exact(24 + PAGE);
        // The salts say which frames are of this generation; those of the header, unless it is what is damaged.
        let Some(salts) = frames.clone().next().map(|frame| &frame[8..16]) else { return pages };
        let header = &log[16..24];
        let salts = if frames.clone().any(|frame| &frame[8..16] == header) { header } else { salts };
        let mut open = Vec::new();
        for frame in frames.filter(|frame| &frame[8..16] == salts) {
            open.push((integer(&frame[..4]), frame[24..].to_vec()));
            // The last frame of a transaction has the size of the database. What follows the last of them is of none.
            if integer(&frame[4..8]) != 0 {
                pages.images.extend(open.drain(..));
            }
        }
        pages
    }

    /// The rows of tables, on pages that are as SQLite wrote them.
    pub(super) fn rows(&self) -> impl Iterator<Item = TableRow> {
        self.images.iter().flat_map(|(number, page)| self.rows_of(*number, page))
    }

    fn rows_of<'a>(&'a self, number: u32, page: &'a [u8]) -> impl Iterator<Item = TableRow> + 'a {
        let head = if number == 1 { 100 } else { 0 };
        let cells = if page[head] == 13 { usize::from(short(&page[head + 3..])) } else { 0 };
        let pointers = page[head + 8..].chunks_exact(2).take(cells).map(short);
        pointers.filter_map(move |pointer| Some(self.cell(page, usize::from(pointer))?.0))
    }

    /// Whatever looks like a row and has `begin` as the beginning of its last column, on any page. What was deleted is
    /// overwritten with zeros, but a copy of a row that SQLite moved within a page may still be there.
    pub(super) fn remains(&self, begin: &'static [u8]) -> impl Iterator<Item = TableRow> {
        /// The longest that stands before the last column: two lengths and a header, and the other columns.
        const BEFORE: usize = 200;
        self.images.values().flat_map(move |page| {
            let places = page.windows(begin.len()).enumerate().filter(move |(_, window)| *window == begin);
            places.flat_map(move |(place, _)| {
                let starts = place.saturating_sub(BEFORE)..place;
                starts.filter_map(move |start| match self.cell(page, start) {
                    Some((row, last)) if last == place => Some(row),
                    _ => None,
                })
            })
        })
    }

    /// The cell that begins there, and where its last column begins.
    fn cell(&self, page: &[u8], start: usize) -> Option<(TableRow, usize)> {
        let (length, at) = varint(page, start)?;
        let (key, at) = varint(page, at)?;
        let payload = self.payload(page, at, usize::try_from(length).ok()?)?;
        let (columns, last) = record(&payload)?;
        Some((TableRow { key, columns }, at + last))
    }

    /// The bytes of a row, which go on on other pages where they are many.
    fn payload(&self, page: &[u8], at: usize, length: usize) -> Option<Vec<u8>> {
        const MOST: usize = PAGE - 35;
        const LEAST: usize = (PAGE - 12) * 32 / 255 - 23;
        if length <= MOST {
            return page.get(at..at.checked_add(length)?).map(<[u8]>::to_vec);
        }
        if length > self.images.len().checked_mul(PAGE)? {
            return None;
        }
        let wanted = LEAST + (length - LEAST) % (PAGE - 4);
        let local = if wanted <= MOST { wanted } else { LEAST };
        let mut payload = page.get(at..at + local)?.to_vec();
        let mut next = integer(page.get(at + local..at + local + 4)?);
        while payload.len() < length {
            let page = self.images.get(&next)?;
            next = integer(&page[..4]);
            payload.extend_from_slice(&page[4..PAGE.min(4 + length - payload.len())]);
        }
        Some(payload)
    }
}

/// Whether the header of a file says of it what is true of those that this crate creates.
pub(super) fn is_own_header(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..100) else { return false };
    header.starts_with(b"SQLite format 3\0")
        && usize::from(short(&header[16..])) == PAGE
        && header[18..20].iter().all(|version| (1..=2).contains(version))
        && header[20..24] == [0, 64, 32, 32]
        // The format of the schema, which is 0 before there is any; and UTF-8.
        && matches!((integer(&header[44..48]), integer(&header[56..60])), (0, 0 | 1) | (4, 1))
}

/// The columns of a record, and where the last begins.
fn record(payload: &[u8]) -> Option<(Vec<Value>, usize)> {
    let (end, mut at) = varint(payload, 0)?;
    let end = usize::try_from(end).ok().filter(|end| *end <= payload.len() && *end < 100)?;
    let (mut columns, mut place, mut last) = (Vec::new(), end, end);
    while at < end {
        let (kind, next) = varint(payload, at)?;
        let kind = usize::try_from(kind).ok()?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let bytes = payload.get(place..place.checked_add(length)?)?;
        columns.push(match kind {
            0 | 7 => Value::Null,
            1..=6 => Value::Integer(signed(bytes)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            _ if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
            _ => Value::Text(bytes.to_vec()),
        });
        (at, last, place) = (next, place, place + length);
    }
    (place == payload.len() && !columns.is_empty()).then_some((columns, last))
}

/// A number of one to nine bytes, and where it ends.
fn varint(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let mut value = 0_u64;
    for index in 0..9 {
        let byte = *bytes.get(at + index)?;
        if index == 8 {
            return Some((((value << 8) | u64::from(byte)).cast_signed(), at + 9));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte < 0x80 {
            return Some((value.cast_signed(), at + index + 1));
        }
    }
    None
}

fn short(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

fn integer(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn signed(bytes: &[u8]) -> i64 {
    let first = if bytes[0] >= 0x80 { -1 } else { 0 };
    bytes.iter().fold(first, |value, byte| (value << 8) | i64::from(*byte))
}

/// The last page of a file that was cut is made whole.
fn padded(image: &[u8]) -> Vec<u8> {
    let mut page = image.to_vec();
    page.resize(PAGE, 0);
    page
}
