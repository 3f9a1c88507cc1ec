//! Dates that are written as text: ISO 8601, and what V8 takes besides.

use super::chars::is_space;
use crate::civil::{DAY, clipped, days};

/// Milliseconds since 1970 of a date as text, in UTC where it names no offset.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let mut reader = Reader { tokens: tokens(text), at: 0 };
    let mut date = Date::default();
    match iso(&mut reader, &mut date) {
        Iso::Whole => {}
        Iso::Broken => return None,
        Iso::Other(token) => loose(&mut reader, &mut date, token)?,
    }
    date.milliseconds()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    Number {
        value: i64,
        length: usize,
    },
    Symbol(char),
    Month(i64),
    /// The hours that it adds.
    HalfDay(i64),
    /// Its hours from UTC.
    Zone(i64, Letter),
    /// The `T` before a time.
    Time,
    Word,
    Space,
    Unknown,
    End,
}

/// Whether a zone is the letter `Z`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Letter {
    Z,
    Other,
}

/// Numbers of more digits are cut off, so that they stay numbers.
const MOST_DIGITS: usize = 9;

fn tokens(text: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = |is: &dyn Fn(char) -> bool| rest.find(|character| !is(character)).unwrap_or(rest.len());
        let (token, end) = if first.is_ascii_digit() {
            let end = length(&|character| character.is_ascii_digit());
            let digits = rest[..end].trim_start_matches('0');
            let value = digits[..digits.len().min(MOST_DIGITS)].parse().unwrap_or(0);
            (Token::Number { value, length: end }, end)
        } else if matches!(first, ':' | '-' | '+' | '.' | ')') {
            (Token::Symbol(first), 1)
        } else if first >= 'A' && !is_space(first) {
            let end = length(&|character| character >= 'A' && !is_space(character));
            (word(&rest[..end]), end)
        } else if is_space(first) {
            (Token::Space, length(&is_space))
        } else if first == '(' {
            (Token::Unknown, parentheses(rest))
        } else {
            (Token::Unknown, first.len_utf8())
        };
        tokens.push(token);
        rest = &rest[end..];
    }
    tokens
}

/// How long the parentheses at the start are, those in them included.
fn parentheses(text: &str) -> usize {
    let mut open = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at + 1;
        }
    }
    text.len()
}

fn word(word: &str) -> Token {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let small: String = word.chars().map(|character| character.to_ascii_lowercase()).collect();
    if let Some(month) = MONTHS.iter().position(|month| small.starts_with(month)) {
        return Token::Month(i64::try_from(month).unwrap_or(0) + 1);
    }
    match &*small {
        "am" => Token::HalfDay(0),
        "pm" => Token::HalfDay(12),
        "z" => Token::Zone(0, Letter::Z),
        "ut" | "utc" | "gmt" => Token::Zone(0, Letter::Other),
        "est" | "cdt" => Token::Zone(-5, Letter::Other),
        "edt" => Token::Zone(-4, Letter::Other),
        "cst" | "mdt" => Token::Zone(-6, Letter::Other),
        "mst" | "pdt" => Token::Zone(-7, Letter::Other),
        "pst" => Token::Zone(-8, Letter::Other),
        "t" => Token::Time,
        _ => Token::Word,
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Token {
        self.tokens.get(self.at).copied().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn skip(&mut self, symbol: char) -> bool {
        let here = self.peek() == Token::Symbol(symbol);
        self.at += usize::from(here);
        here
    }

    /// The number of this many digits that comes next, if it is in a range.
    fn fixed(&mut self, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        match self.peek() {
            Token::Number { value, length } if length == digits && range.contains(&value) => {
                self.at += 1;
                Some(value)
            }
            _ => None,
        }
    }
}

/// The parts of a date, as they are found.
#[derive(Debug, Default)]
struct Date {
    days: Vec<i64>,
    month: Option<i64>,
    iso: bool,
    times: Vec<i64>,
    half_day: Option<i64>,
    sign: Option<i64>,
    zone_hour: Option<i64>,
    zone_minute: Option<i64>,
}

impl Date {
    fn add_day(&mut self, number: i64) -> Option<()> {
        (self.days.len() < 3).then(|| self.days.push(number))
    }

    fn add_time(&mut self, number: i64) -> Option<()> {
        (self.times.len() < 4).then(|| self.times.push(number))
    }

    fn end_time(&mut self, number: i64) -> Option<()> {
        self.add_time(number)?;
        self.times.resize(4, 0);
        Some(())
    }

    /// Whether a number can be the next part of a time that has begun.
    fn expects_time(&self, number: i64) -> bool {
        match self.times.len() {
            1 | 2 => (0..60).contains(&number),
            3 => (0..1000).contains(&number),
            _ => false,
        }
    }

    fn expects_zone_minute(&self, number: i64) -> bool {
        self.zone_hour.is_some() && self.zone_minute.is_none() && (0..60).contains(&number)
    }

    fn set_zone(&mut self, hours: i64) {
        self.sign = Some(if hours < 0 { -1 } else { 1 });
        self.zone_hour = Some(hours.abs());
        self.zone_minute = Some(0);
    }

    fn milliseconds(&self) -> Option<i64> {
        let zone = self
            .sign
            .map_or(0, |sign| sign * (self.zone_hour.unwrap_or(0) * 3600 + self.zone_minute.unwrap_or(0) * 60));
        let total = self.day()? * DAY + self.time()? - zone * 1000;
        #[expect(clippy::cast_precision_loss, reason = "it is within 2^53, or no date")]
        clipped(total as f64)
    }

    /// The days since 1970. The order of the parts is guessed from which of them can be a day.
    fn day(&self) -> Option<i64> {
        let is_day = |number: i64| (1..=31).contains(&number);
        if self.days.is_empty() {
            return None;
        }
        let part = |at: usize| self.days.get(at).copied().unwrap_or(1);
        let (mut year, month, day) = match self.month {
            None if self.iso || !is_day(part(0)) => (part(0), part(1), part(2)),
            None => (part(2), part(0), part(1)),
            Some(month) if !is_day(part(0)) => (part(0), month, part(1)),
            Some(month) => (part(1), month, part(0)),
        };
        if !self.iso {
            year += match year {
                0..=49 => 2000,
                50..=99 => 1900,
                _ => 0,
            };
        }
        (year.abs() < 1 << 30 && (1..=12).contains(&month) && is_day(day)).then(|| days(year, month, day))
    }

    /// The milliseconds of the day.
    fn time(&self) -> Option<i64> {
        let part = |at: usize| self.times.get(at).copied().unwrap_or(0);
        let (mut hour, minute, second, millisecond) = (part(0), part(1), part(2), part(3));
        if let Some(half_day) = self.half_day {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half_day;
        }
        let in_day = (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second)
            && (0..1000).contains(&millisecond);
        let midnight = (hour, minute, second, millisecond) == (24, 0, 0, 0);
        (in_day || midnight).then_some(((hour * 60 + minute) * 60 + second) * 1000 + millisecond)
    }
}

/// The milliseconds of the digits behind a point.
fn milliseconds(value: i64, length: usize) -> i64 {
    match length {
        1 => value * 100,
        2 => value * 10,
        _ => value / 10_i64.pow(u32::try_from(length.min(MOST_DIGITS) - 3).unwrap_or(0)),
    }
}

/// How far a text is a date of ISO 8601.
enum Iso {
    Whole,
    /// It begins as one, and is none.
    Broken,
    /// It is another, from this token on.
    Other(Token),
}

fn iso(reader: &mut Reader, date: &mut Date) -> Iso {
    if let sign @ Token::Symbol('+' | '-') = reader.peek() {
        reader.at += 1;
        let Some(year) = reader.fixed(6, 0..=999_999) else { return Iso::Other(sign) };
        let negative = sign == Token::Symbol('-');
        if negative && year == 0 {
            return Iso::Other(sign);
        }
        date.days.push(if negative { -year } else { year });
    } else if let Some(year) = reader.fixed(4, 0..=9999) {
        date.days.push(year);
    } else {
        return Iso::Other(reader.next());
    }
    for range in [1..=12, 1..=31] {
        if !reader.skip('-') {
            break;
        }
        let Some(number) = reader.fixed(2, range) else { return Iso::Other(reader.next()) };
        date.days.push(number);
    }
    match reader.peek() {
        Token::Time => {
            if iso_time(reader, date).is_none() || reader.peek() != Token::End {
                return Iso::Broken;
            }
        }
        Token::End => {}
        _ => return Iso::Other(reader.next()),
    }
    date.iso = true;
    Iso::Whole
}

fn iso_time(reader: &mut Reader, date: &mut Date) -> Option<()> {
    reader.at += 1;
    let hour = reader.fixed(2, 0..=24)?;
    let most = if hour == 24 { 0 } else { 59 };
    date.times.push(hour);
    reader.skip(':').then_some(())?;
    date.times.push(reader.fixed(2, 0..=most)?);
    if reader.skip(':') {
        date.times.push(reader.fixed(2, 0..=most)?);
        if reader.skip('.') {
            let Token::Number { value, length } = reader.next() else { return None };
            if hour == 24 && value > 0 {
                return None;
            }
            date.times.push(milliseconds(value, length));
        }
    }
    match reader.peek() {
        Token::Zone(_, Letter::Z) => {
            reader.at += 1;
            date.set_zone(0);
        }
        Token::Symbol(sign @ ('+' | '-')) => {
            reader.at += 1;
            date.sign = Some(if sign == '-' { -1 } else { 1 });
            if let Some(both) = reader.fixed(4, 0..=2359) {
                (date.zone_hour, date.zone_minute) = (Some(both / 100), Some(both % 100));
                return (both % 100 < 60).then_some(());
            }
            date.zone_hour = Some(reader.fixed(2, 0..=23)?);
            reader.skip(':').then_some(())?;
            date.zone_minute = Some(reader.fixed(2, 0..=59)?);
        }
        _ => {}
    }
    Some(())
}

/// Reads a date of any other order. Words before the first number mean nothing, and neither does what is in parentheses.
fn loose(reader: &mut Reader, date: &mut Date, first: Token) -> Option<()> {
    let (mut token, mut numbers) = (first, !date.days.is_empty());
    loop {
        match token {
            Token::End => return Some(()),
            Token::Number { value, .. } => {
                numbers = true;
                loose_number(reader, date, value)?;
            }
            Token::HalfDay(hours) if !date.times.is_empty() => date.half_day = Some(hours),
            Token::Month(month) => {
                date.month = Some(month);
                reader.skip('-');
            }
            Token::Zone(hours, _) if numbers => date.set_zone(hours),
            Token::HalfDay(_) | Token::Zone(..) | Token::Time | Token::Word => {
                if numbers || matches!(reader.peek(), Token::Number { .. }) {
                    return None;
                }
            }
            Token::Symbol(sign @ ('+' | '-'))
                if !date.times.is_empty() || (date.zone_hour, date.zone_minute) == (Some(0), Some(0)) =>
            {
                date.sign = Some(if sign == '-' { -1 } else { 1 });
                numbers = true;
                loose_offset(reader, date)?;
            }
            Token::Symbol('+' | '-' | ')') if numbers => return None,
            Token::Symbol(_) | Token::Space | Token::Unknown => {}
        }
        token = reader.next();
    }
}

fn loose_number(reader: &mut Reader, date: &mut Date, number: i64) -> Option<()> {
    if reader.skip(':') {
        if reader.skip(':') {
            date.times.is_empty().then_some(())?;
            date.add_time(number)?;
            return date.add_time(0);
        }
        date.add_time(number)?;
        reader.skip('.');
        return Some(());
    }
    if reader.skip('.') && date.expects_time(number) {
        date.add_time(number)?;
        let Token::Number { value, length } = reader.next() else { return None };
        return date.end_time(milliseconds(value, length));
    }
    if date.expects_zone_minute(number) {
        date.zone_minute = Some(number);
        return Some(());
    }
    if date.expects_time(number) {
        date.end_time(number)?;
        let ends =
            matches!(reader.peek(), Token::End | Token::Space | Token::Zone(_, Letter::Z) | Token::Symbol('+' | '-'));
        return ends.then_some(());
    }
    date.add_day(number)?;
    reader.skip('-');
    Some(())
}

/// The hours and minutes behind a sign.
fn loose_offset(reader: &mut Reader, date: &mut Date) -> Option<()> {
    let (mut number, mut digits) = (0, 0);
    if let Token::Number { value, length } = reader.peek() {
        reader.at += 1;
        (number, digits) = (value, length);
    }
    (date.zone_hour, date.zone_minute) = if reader.peek() == Token::Symbol(':') {
        (Some(number), None)
    } else {
        match digits {
            1 | 2 => (Some(number), Some(0)),
            3 | 4 => (Some(number / 100), Some(number % 100)),
            _ => return None,
        }
    };
    Some(())
}
