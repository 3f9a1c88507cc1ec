//! The pieces of a template: text, outputs and tags, with the white space between them that dashes take away.

use super::{chars::is_blank, cursor::Cursor, problem::Problem};

/// A piece of a template.
#[derive(Debug)]
pub(crate) struct Token<'s> {
    /// Where it begins in the template, for its line.
    pub(crate) begin: usize,
    /// All of it.
    pub(crate) whole: &'s str,
    pub(crate) piece: Piece<'s>,
}

#[derive(Debug)]
pub(crate) enum Piece<'s> {
    /// Text as it is to be written.
    Text(&'s str),
    /// What is in `{{ }}`.
    Output(Cursor<'s>),
    Tag(Tag<'s>),
}

/// A tag, its name read.
#[derive(Debug)]
pub(crate) struct Tag<'s> {
    pub(crate) name: &'s str,
    pub(crate) cursor: Cursor<'s>,
}

impl Tag<'_> {
    /// Whether nothing follows the name.
    pub(crate) fn is_bare(&self) -> bool {
        self.cursor.rest().is_empty()
    }
}

/// Whether a delimited piece takes away the white space on each side.
#[derive(Clone, Copy, Debug, Default)]
struct Trim {
    left: bool,
    right: bool,
}

/// The pieces of a template.
///
/// # Errors
///
/// An output, a tag or `raw` is not closed, or a tag has no name; with the place of it.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token<'_>>, (usize, Problem)> {
    let mut tokens: Vec<(Token<'_>, Trim)> = Vec::new();
    let mut at = 0;
    let mut raw = None;
    while at < source.len() {
        let (token, trim, end) = match raw {
            Some(begin) => raw_piece(source, at)
                .ok_or_else(|| (begin, Problem::syntax("the tag `raw` is not closed: write {% endraw %}")))?,
            None if source[at..].starts_with("{%") => tag(source, at)?,
            None if source[at..].starts_with("{{") => output(source, at)?,
            None => {
                let end = text_end(source, at);
                (text(source, at, end), Trim::default(), end)
            }
        };
        if let Piece::Tag(tag) = &token.piece {
            raw = (tag.name == "raw" && raw.is_none()).then_some(at);
        }
        tokens.push((token, trim));
        at = end;
    }
    trim(&mut tokens);
    Ok(tokens.into_iter().map(|(token, _)| token).collect())
}

/// The tags of a `liquid` tag, one a line.
///
/// # Errors
///
/// A line has no name; with its place.
pub(crate) fn lines<'s>(source: &'s str, mut cursor: Cursor<'s>) -> Result<Vec<Token<'s>>, (usize, Problem)> {
    let mut tokens = Vec::new();
    loop {
        cursor.skip_blank();
        if cursor.is_done() {
            return Ok(tokens);
        }
        let begin = cursor.at;
        cursor.read_to("\n");
        let (content, _) = content(source, begin, cursor.at);
        tokens.push(named(source, begin, cursor.at, content)?);
    }
}

fn text(source: &str, begin: usize, end: usize) -> Token<'_> {
    let whole = &source[begin..end];
    Token { begin, whole, piece: Piece::Text(whole) }
}

fn text_end(source: &str, at: usize) -> usize {
    let bytes = source.as_bytes();
    let opens = |at: usize| bytes[at] == b'{' && matches!(bytes.get(at + 1), Some(b'{' | b'%'));
    (at..bytes.len()).find(|at| opens(*at)).unwrap_or(bytes.len())
}

fn output(source: &str, begin: usize) -> Result<(Token<'_>, Trim, usize), (usize, Problem)> {
    let mut cursor = Cursor::new(source, begin, source.len());
    loop {
        if cursor.is_done() {
            return Err((begin, Problem::syntax("an output is not closed: write }}")));
        }
        if matches!(cursor.rest().as_bytes().first(), Some(b'"' | b'\'')) {
            cursor.skip_quoted();
            continue;
        }
        // Whole characters, so that what is left stays text.
        cursor.at += cursor.peek().map_or(1, char::len_utf8);
        if source.as_bytes()[..cursor.at].ends_with(b"}}") {
            break;
        }
    }
    let (content, trim) = content(source, begin + 2, cursor.at - 2);
    Ok((Token { begin, whole: cursor.since(begin), piece: Piece::Output(content) }, trim, cursor.at))
}

fn tag(source: &str, begin: usize) -> Result<(Token<'_>, Trim, usize), (usize, Problem)> {
    let mut cursor = Cursor::new(source, begin, source.len());
    if !cursor.read_to("%}") {
        return Err((begin, Problem::syntax("a tag is not closed: write %}")));
    }
    let (content, trim) = content(source, begin + 2, cursor.at - 2);
    Ok((named(source, begin, cursor.at, content)?, trim, cursor.at))
}

/// A tag whose name is read.
fn named<'s>(source: &'s str, begin: usize, end: usize, mut cursor: Cursor<'s>) -> Result<Token<'s>, (usize, Problem)> {
    cursor.skip_blank();
    let name = if cursor.peek() == Some('#') {
        cursor.at += 1;
        "#"
    } else {
        cursor.read_name()
    };
    if name.is_empty() {
        return Err((begin, Problem::syntax("a tag has no name: write one")));
    }
    cursor.skip_blank();
    Ok(Token { begin, whole: &source[begin..end], piece: Piece::Tag(Tag { name, cursor }) })
}

/// What is between delimiters, without dashes and the white space at its ends.
fn content(source: &str, begin: usize, end: usize) -> (Cursor<'_>, Trim) {
    let bytes = source.as_bytes();
    let trim = Trim { left: bytes.get(begin) == Some(&b'-'), right: bytes[..end].ends_with(b"-") };
    let (from, to) = (begin + usize::from(trim.left), end - usize::from(trim.right));
    let inside = source.get(from..to).unwrap_or("");
    let right = inside.trim_start_matches(is_blank);
    let from = from + inside.len() - right.len();
    (Cursor::new(source, from, from + right.trim_end_matches(is_blank).len()), trim)
}

/// The text of `raw` up to its end, or `endraw` itself; nothing if it is not closed.
fn raw_piece(source: &str, begin: usize) -> Option<(Token<'_>, Trim, usize)> {
    let bytes = source.as_bytes();
    let mut cursor = Cursor::new(source, begin, source.len());
    let mut open = cursor.read_to("{%").then(|| cursor.at - 2)?;
    while !cursor.is_done() {
        if cursor.read_name() != "endraw" {
            open = cursor.read_to("{%").then(|| cursor.at - 2)?;
            continue;
        }
        // To its end, if no other tag begins before.
        while !bytes[..cursor.at].ends_with(b"{%") {
            if bytes[..cursor.at].ends_with(b"%}") {
                return Some(if open == begin {
                    let (content, trim) = content(source, begin + 2, cursor.at - 2);
                    (named(source, begin, cursor.at, content).ok()?, trim, cursor.at)
                } else {
                    (text(source, begin, open), Trim::default(), open)
                });
            }
            if cursor.is_done() {
                return None;
            }
            cursor.at += 1;
        }
    }
    None
}

/// Takes the white space away that dashes say.
fn trim(tokens: &mut [(Token<'_>, Trim)]) {
    let mut raw = false;
    for at in 0..tokens.len() {
        let trim = tokens[at].1;
        if trim.left
            && !raw
            && let Some(Piece::Text(text)) = at.checked_sub(1).map(|before| &mut tokens[before].0.piece)
        {
            *text = text.trim_end_matches(is_blank);
        }
        if let Piece::Tag(tag) = &tokens[at].0.piece {
            raw = (raw || tag.name == "raw") && tag.name != "endraw";
        }
        if trim.right
            && !raw
            && let Some((Token { piece: Piece::Text(text), .. }, _)) = tokens.get_mut(at + 1)
        {
            *text = text.trim_start_matches(is_blank);
        }
    }
}
