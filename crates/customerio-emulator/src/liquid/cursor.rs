//! A place in a template, and the words, values and expressions that can be read there.

use super::{
    ast::{Argument, Arguments, FilterCall, Filtered, Item, Literal, Operand, Operator, Path},
    chars::{is_blank, is_word},
    filters::table,
    problem::Problem,
};

/// Most levels of brackets in an expression.
const MOST_BRACKETS: usize = 64;

/// Most named arguments of a tag.
const MOST_NAMED: usize = 100;

/// A place in a template, and the end of what is read from there.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'s> {
    source: &'s str,
    pub(crate) at: usize,
    end: usize,
    brackets: usize,
}

const OPERATORS: [(&str, Operator); 10] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("contains", Operator::Contains),
    ("not", Operator::Not),
    ("and", Operator::And),
    ("or", Operator::Or),
];

impl Operator {
    fn precedence(self) -> u8 {
        match self {
            Self::And | Self::Or => 0,
            Self::Not => 1,
            _ => 2,
        }
    }
}

impl<'s> Cursor<'s> {
    pub(crate) fn new(source: &'s str, at: usize, end: usize) -> Self {
        Self { source, at, end, brackets: 0 }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.end
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.source.get(self.at..self.end).and_then(|rest| rest.chars().next())
    }

    fn peek_byte(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        if at < self.end { self.source.as_bytes().get(at).copied() } else { None }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'s str {
        self.source.get(self.at..self.end).unwrap_or("")
    }

    /// What is between a place and here.
    pub(crate) fn since(&self, begin: usize) -> &'s str {
        self.source.get(begin..self.at).unwrap_or("")
    }

    /// The start of what is left, for messages.
    fn shown(&self) -> String {
        let rest = self.rest();
        let short: String = rest.chars().take(30).collect();
        if short.len() < rest.len() { format!("`{short}...`") } else { format!("`{rest}`") }
    }

    pub(crate) fn skip_blank(&mut self) {
        while let Some(character) = self.peek().filter(|character| is_blank(*character)) {
            self.at += character.len_utf8();
        }
    }

    /// Moves behind a text, or to the end; whether it was there. One character is passed in any case.
    pub(crate) fn read_to(&mut self, text: &str) -> bool {
        let bytes = &self.source.as_bytes()[..self.end.max(self.at)];
        while self.at < self.end {
            self.at += 1;
            if bytes[..self.at].ends_with(text.as_bytes()) {
                return true;
            }
        }
        false
    }

    /// The name here, which may be empty.
    pub(crate) fn read_name(&mut self) -> &'s str {
        self.skip_blank();
        let begin = self.at;
        while let Some(character) = self.peek().filter(|character| is_word(*character)) {
            self.at += character.len_utf8();
        }
        self.since(begin)
    }

    /// Whether a word is here and no longer name.
    fn is_whole(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.starts_with(word) && !rest[word.len()..].chars().next().is_some_and(is_word)
    }

    fn read_operator(&mut self) -> Option<Operator> {
        self.skip_blank();
        let (text, operator) = OPERATORS.iter().find(|(text, _)| {
            if text.starts_with(|first: char| first.is_alphabetic()) {
                self.is_whole(text)
            } else {
                self.rest().starts_with(text)
            }
        })?;
        self.at += text.len();
        Some(*operator)
    }

    /// An expression and its filters.
    ///
    /// # Errors
    ///
    /// There is none, or something behind it is no filter.
    pub(crate) fn read_filtered(&mut self) -> Result<Filtered, Problem> {
        let expression = self.read_expression()?;
        if expression.is_empty() {
            return Err(Problem::syntax(format!("there is no value at {}: write one", self.shown())));
        }
        Ok(Filtered { expression, filters: self.read_filters()? })
    }

    /// Operands, and operators behind theirs. Operators of the same sort take what is right of them first.
    fn read_expression(&mut self) -> Result<Vec<Item>, Problem> {
        let (mut items, mut waiting): (Vec<Item>, Vec<Operator>) = Default::default();
        loop {
            if let Some(operator) = self.read_operator() {
                while let Some(before) = waiting.pop_if(|before| before.precedence() > operator.precedence()) {
                    items.push(Item::Operator(before));
                }
                waiting.push(operator);
            } else if let Some(operand) = self.read_value()? {
                items.push(Item::Operand(operand));
            } else {
                break;
            }
        }
        items.extend(waiting.into_iter().rev().map(Item::Operator));
        Ok(items)
    }

    fn read_filters(&mut self) -> Result<Vec<FilterCall>, Problem> {
        let mut filters = Vec::new();
        loop {
            self.skip_blank();
            match self.peek() {
                None | Some(')' | ',') => return Ok(filters),
                Some('|') => self.at += 1,
                Some(_) => {
                    return Err(Problem::syntax(format!(
                        "{} is not expected here: write `|` before a filter",
                        self.shown()
                    )));
                }
            }
            let name = self.read_name();
            if name.is_empty() {
                if self.is_done() {
                    return Ok(filters);
                }
                return Err(Problem::syntax(format!("there is no filter at {}: write its name", self.shown())));
            }
            self.skip_blank();
            let arguments = match self.peek() {
                Some(':') => self.read_arguments()?,
                None | Some('|' | ')' | ',') => Vec::new(),
                Some(_) => {
                    return Err(Problem::syntax(format!("write `:` between the filter `{name}` and {}", self.shown())));
                }
            };
            let filter = table::find(name).ok_or_else(|| {
                Problem::unsupported(format!("the filter `{name}` is not supported here: use another"))
            })?;
            filters.push(FilterCall { name: name.into(), filter, arguments });
        }
    }

    fn read_arguments(&mut self) -> Result<Vec<Argument>, Problem> {
        let mut arguments = Vec::new();
        loop {
            // The colon, or a comma.
            self.at += 1;
            self.skip_blank();
            let begin = self.at;
            if let Some(value) = self.read_value()? {
                let written = self.since(begin);
                self.skip_blank();
                if self.peek() == Some(':') {
                    self.at += 1;
                    arguments.push(Argument::Named(written.into(), self.read_value()?));
                } else {
                    arguments.push(Argument::Plain(value));
                }
            }
            self.skip_blank();
            match self.peek() {
                Some(',') => {}
                None | Some('|' | ')') => return Ok(arguments),
                Some(_) => return Err(Problem::syntax(format!("{} is not expected among arguments", self.shown()))),
            }
        }
    }

    /// Named arguments, as of `for`: `name: value` or `name`, up to what is neither.
    ///
    /// # Errors
    ///
    /// A value is none.
    pub(crate) fn read_named(&mut self) -> Result<Arguments, Problem> {
        let mut arguments = Arguments::new();
        loop {
            self.skip_blank();
            if self.peek() == Some(',') {
                self.at += 1;
            }
            let name = self.read_name();
            if name.is_empty() {
                return Ok(arguments);
            }
            self.skip_blank();
            let value = if self.peek() == Some(':') {
                self.at += 1;
                self.read_value()?
            } else {
                None
            };
            if arguments.len() == MOST_NAMED {
                return Err(Problem::budget(format!("a tag has more than {MOST_NAMED} arguments: write fewer")));
            }
            match arguments.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = value,
                None => arguments.push((name.into(), value)),
            }
        }
    }

    /// A value, or nothing.
    ///
    /// # Errors
    ///
    /// A bracket is not closed, or a range is none.
    pub(crate) fn read_value(&mut self) -> Result<Option<Operand>, Problem> {
        self.skip_blank();
        self.brackets += 1;
        if self.brackets > MOST_BRACKETS {
            return Err(Problem::budget(format!("brackets nest deeper than {MOST_BRACKETS} levels: nest them less")));
        }
        let root = match self.read_literal()? {
            Some(literal) => Some(Operand::Literal(literal)),
            None if self.peek() == Some('(') => Some(self.read_range()?),
            None => None,
        };
        let steps = self.read_steps(root.is_none())?;
        self.brackets -= 1;
        Ok(if steps.is_empty() { root } else { Some(Operand::Path(Box::new(Path { root, steps }))) })
    }

    /// A variable, and nothing else that is a value.
    ///
    /// # Errors
    ///
    /// A bracket is not closed.
    pub(crate) fn read_variable(&mut self) -> Result<Option<Path>, Problem> {
        self.skip_blank();
        let steps = self.read_steps(true)?;
        Ok(if steps.is_empty() { None } else { Some(Path { root: None, steps }) })
    }

    fn read_literal(&mut self) -> Result<Option<Literal>, Problem> {
        const WORDS: [(&str, Literal); 6] = [
            ("true", Literal::Bool(true)),
            ("false", Literal::Bool(false)),
            ("nil", Literal::Nil),
            ("null", Literal::Nil),
            ("empty", Literal::Empty),
            ("blank", Literal::Blank),
        ];
        for (word, literal) in WORDS {
            if self.is_whole(word) {
                self.at += word.len();
                return Ok(Some(literal));
            }
        }
        if matches!(self.peek(), Some('"' | '\'')) {
            return self.read_quoted().map(|text| Some(Literal::Text(text)));
        }
        Ok(self.read_number().map(Literal::Number))
    }

    fn read_number(&mut self) -> Option<f64> {
        let mut length = usize::from(self.peek_byte(0) == Some(b'-'));
        let (mut digits, mut point) = (false, false);
        loop {
            match self.peek_byte(length) {
                Some(b'0'..=b'9') => digits = true,
                Some(b'.') if self.peek_byte(length + 1) != Some(b'.') => {
                    if point || !digits {
                        return None;
                    }
                    point = true;
                }
                _ => break,
            }
            length += 1;
        }
        let text = &self.rest()[..length];
        if !digits || self.rest()[length..].chars().next().is_some_and(is_word) {
            return None;
        }
        self.at += length;
        text.parse().ok()
    }

    /// Moves behind a text in quotes, or to the end where the quote is not closed.
    pub(crate) fn skip_quoted(&mut self) {
        let quote = self.peek_byte(0);
        self.at += 1;
        let mut escaped = false;
        while self.at < self.end {
            let byte = self.peek_byte(0);
            self.at += 1;
            if byte == quote && !escaped {
                break;
            }
            escaped = !escaped && byte == Some(b'\\');
        }
    }

    /// A text in quotes. One that is not closed lacks its last character, as it does for the service.
    ///
    /// # Errors
    ///
    /// An escape is broken off, or is half of a character.
    pub(crate) fn read_quoted(&mut self) -> Result<String, Problem> {
        let begin = self.at;
        self.skip_quoted();
        unescape(self.since(begin))
    }

    fn read_range(&mut self) -> Result<Operand, Problem> {
        self.at += 1;
        let from = self.expect_value()?;
        self.skip_blank();
        if self.peek_byte(0) == Some(b'.') && self.peek_byte(1) == Some(b'.') {
            self.at += 2;
            let to = self.expect_value()?;
            self.skip_blank();
            if self.peek() == Some(')') {
                self.at += 1;
                return Ok(Operand::Range(Box::new((from, to))));
            }
        }
        Err(Problem::syntax(format!("brackets hold a range such as (1..5), which {} is not", self.shown())))
    }

    /// A value.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(crate) fn expect_value(&mut self) -> Result<Operand, Problem> {
        self.read_value()?.ok_or_else(|| Problem::syntax(format!("there is no value at {}: write one", self.shown())))
    }

    /// The steps of a path; `first` is whether a name can begin it.
    fn read_steps(&mut self, first: bool) -> Result<Vec<Operand>, Problem> {
        let mut steps = Vec::new();
        let named = |name: &str| Operand::Literal(Literal::Text(name.into()));
        loop {
            if self.peek() == Some('[') {
                self.at += 1;
                let step = self.read_value()?.unwrap_or_else(|| named(""));
                if !self.read_to("]") {
                    return Err(Problem::syntax("a `[` is not closed: write `]`"));
                }
                steps.push(step);
            } else if first && steps.is_empty() {
                match self.read_name() {
                    "" => return Ok(steps),
                    name => steps.push(named(name)),
                }
            } else if self.peek() == Some('.') && self.peek_byte(1) != Some(b'.') {
                self.at += 1;
                match self.read_name() {
                    "" => return Ok(steps),
                    name => steps.push(named(name)),
                }
            } else {
                return Ok(steps);
            }
        }
    }
}

/// What a text in quotes means.
fn unescape(quoted: &str) -> Result<String, Problem> {
    let characters: Vec<char> = quoted.chars().collect();
    let half = || Problem::unsupported("a text has half of a character: write whole ones");
    let closed = characters.len() > 1 && characters.first() == characters.last();
    if !closed && characters.len() > 1 && characters.last().is_some_and(|last| last.len_utf16() == 2) {
        return Err(half());
    }
    let mut units: Vec<u16> = Vec::with_capacity(quoted.len());
    let mut at = 1;
    while at + 1 < characters.len() {
        let next = characters[at + 1];
        if characters[at] != '\\' {
            units.extend_from_slice(characters[at].encode_utf16(&mut [0; 2]));
            at += 1;
            continue;
        }
        at += 2;
        match next {
            'b' => units.push(8),
            'f' => units.push(12),
            'n' => units.push(10),
            'r' => units.push(13),
            't' => units.push(9),
            'v' => units.push(11),
            'u' => {
                let digits = digits(&characters[at..], 16, 4);
                if at + digits.1 >= characters.len() && digits.1 < 4 {
                    return Err(Problem::syntax("a text is broken off in an escape: close its quote"));
                }
                at += digits.1;
                units.push(digits.0);
            }
            '0'..='7' => {
                let digits = digits(&characters[at - 1..], 8, 3);
                at += digits.1 - 1;
                units.push(digits.0);
            }
            other => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
        }
    }
    String::from_utf16(&units).map_err(|_| half())
}

/// The number that digits at the start are, and how many they are.
fn digits(characters: &[char], radix: u32, most: usize) -> (u16, usize) {
    let digits = characters.iter().take(most).map_while(|character| character.to_digit(radix));
    digits.fold((0, 0), |(number, count), digit| {
        (u16::try_from(u32::from(number) * radix + digit).unwrap_or(u16::MAX), count + 1)
    })
}
