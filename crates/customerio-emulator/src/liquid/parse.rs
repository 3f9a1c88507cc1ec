//! From the pieces of a template to its nodes.

use super::{
    ast::{Branch, Cycle, Filtered, For, Kind, Literal, Node, Nodes, Operand, Tablerow, When},
    cursor::Cursor,
    problem::Problem,
    tokens::{Piece, Tag, Token, lines, tokens},
};

/// Most levels of blocks within blocks.
const MOST_BLOCKS: usize = 100;

/// Tags of the service whose address the one who renders knows.
const URLS: [&str; 5] = [
    "unsubscribe_url",
    "view_in_browser_url",
    "manage_subscription_preferences_url",
    "tracking_consent_url",
    "cio_link_id",
];

/// Tags that are only allowed within a block.
const INNER: [&str; 13] = [
    "else",
    "elsif",
    "when",
    "endif",
    "endunless",
    "endcase",
    "endfor",
    "endtablerow",
    "endcapture",
    "endcomment",
    "endraw",
    "in",
    "endliquid",
];

/// The nodes of a template.
///
/// # Errors
///
/// It is not Liquid, or has what is not supported, or nests too deep.
pub(crate) fn parse(source: &str) -> Result<Nodes, Problem> {
    let starts: Vec<usize> = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let mut parser = Parser { source, newlines: starts, depth: 0 };
    let tokens = tokens(source).map_err(|(at, problem)| problem.at(parser.line(at)))?;
    parser.nodes(tokens)
}

type Tokens<'s> = std::vec::IntoIter<Token<'s>>;

struct Parser<'s> {
    source: &'s str,
    newlines: Vec<usize>,
    depth: usize,
}

/// What the end of a part of a block is.
enum Stop<'s> {
    Tag(Tag<'s>, usize),
    End,
}

impl<'s> Parser<'s> {
    fn line(&self, at: usize) -> usize {
        1 + self.newlines.partition_point(|newline| *newline < at)
    }

    fn nodes(&mut self, tokens: Vec<Token<'s>>) -> Result<Nodes, Problem> {
        let mut tokens = tokens.into_iter();
        match self.until(&mut tokens, &[])? {
            (nodes, Stop::End) => Ok(nodes),
            (_, Stop::Tag(..)) => Err(Problem::syntax("a tag ends what has not begun: remove it")),
        }
    }

    /// The nodes up to a tag of these names.
    fn until(&mut self, tokens: &mut Tokens<'s>, names: &[&str]) -> Result<(Nodes, Stop<'s>), Problem> {
        self.depth += 1;
        if self.depth > MOST_BLOCKS {
            return Err(Problem::budget(format!("blocks nest deeper than {MOST_BLOCKS} levels: nest them less")));
        }
        let mut nodes = Nodes::new();
        let stop = loop {
            let Some(token) = tokens.next() else { break Stop::End };
            let line = self.line(token.begin);
            let kind = match token.piece {
                Piece::Text(text) => Ok(Kind::Text(text.into())),
                Piece::Output(mut cursor) => cursor.read_filtered().map(Kind::Output),
                Piece::Tag(tag) if names.contains(&tag.name) => break Stop::Tag(tag, line),
                Piece::Tag(tag) => self.tag(tag, tokens),
            };
            nodes.push(Node { line, kind: kind.map_err(|problem| problem.at(line))? });
        };
        self.depth -= 1;
        Ok((nodes, stop))
    }

    /// The node of a tag.
    fn tag(&mut self, mut tag: Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let cursor = &mut tag.cursor;
        Ok(match tag.name {
            "if" => self.if_block(&mut tag, tokens)?,
            "unless" => self.unless_block(&mut tag, tokens)?,
            "case" => self.case_block(&mut tag, tokens)?,
            "for" => self.for_block(&mut tag, tokens)?,
            "tablerow" => self.tablerow_block(&mut tag, tokens)?,
            "capture" => self.capture_block(&mut tag, tokens)?,
            "raw" => Kind::Text(skipped("endraw", tokens)?),
            "comment" => {
                skipped("endcomment", tokens)?;
                Kind::Nothing
            }
            "#" => {
                inline_comment(cursor.rest())?;
                Kind::Nothing
            }
            "assign" => assign(cursor)?,
            "cycle" => cycle(cursor)?,
            "increment" => Kind::Increment(cursor.read_name().into()),
            "decrement" => Kind::Decrement(cursor.read_name().into()),
            "break" => Kind::Break,
            "continue" => Kind::Continue,
            "echo" if cursor.is_done() => Kind::Echo(None),
            "echo" => Kind::Echo(Some(cursor.read_filtered()?)),
            "liquid" => {
                let lines = lines(self.source, tag.cursor).map_err(|(at, problem)| problem.at(self.line(at)))?;
                Kind::Group(self.nodes(lines)?)
            }
            "cio_link" => link(cursor)?,
            "random" => Kind::Random(cursor.expect_value()?),
            "generate_uuid" => Kind::Uuid,
            "render_liquid" => Kind::RenderLiquid(cursor.expect_value()?),
            name => match URLS.iter().find(|url| **url == name) {
                Some(url) => Kind::Url(url),
                None if INNER.contains(&name) => return Err(stray(name)),
                None => {
                    return Err(Problem::unsupported(format!("the tag `{name}` is not supported here: use another")));
                }
            },
        })
    }

    fn if_block(&mut self, tag: &mut Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let (mut branches, mut otherwise) = (Vec::new(), None);
        let mut condition = Some(tag.cursor.read_filtered()?);
        loop {
            let (body, stop) = self.until(tokens, &["elsif", "else", "endif"])?;
            match condition.take() {
                Some(condition) => branches.push(Branch { condition, wanted: true, body }),
                None => otherwise = Some(body),
            }
            let Stop::Tag(mut tag, line) = stop else { return Err(not_closed("endif")) };
            match tag.name {
                "endif" => {
                    bare(&tag, line)?;
                    return Ok(Kind::If(branches, otherwise.unwrap_or_default()));
                }
                _ if otherwise.is_some() => {
                    return Err(Problem::syntax(format!("`{}` comes after `else`: move it before", tag.name)).at(line));
                }
                "elsif" => condition = Some(tag.cursor.read_filtered().map_err(|problem| problem.at(line))?),
                _ => bare(&tag, line)?,
            }
        }
    }

    /// `unless`, which drops what is after a second `else`, and an `elsif` behind the first.
    fn unless_block(&mut self, tag: &mut Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let (mut branches, mut otherwise) = (Vec::new(), Nodes::new());
        let mut next = Some((tag.cursor.read_filtered()?, false));
        let (mut elses, mut dropped) = (0, false);
        loop {
            let (body, stop) = self.until(tokens, &["elsif", "else", "endunless"])?;
            match next.take() {
                Some((condition, wanted)) => branches.push(Branch { condition, wanted, body }),
                None if elses == 1 && !dropped => otherwise.extend(body),
                None => {}
            }
            let Stop::Tag(mut tag, line) = stop else { return Err(not_closed("endunless")) };
            match tag.name {
                "endunless" => return Ok(Kind::If(branches, otherwise)),
                "elsif" if elses > 0 => dropped = true,
                "elsif" => next = Some((tag.cursor.read_filtered().map_err(|problem| problem.at(line))?, true)),
                _ => {
                    elses += 1;
                    dropped = false;
                }
            }
        }
    }

    /// `case`, which drops what is before the first `when`, and behind a second `else`.
    fn case_block(&mut self, tag: &mut Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let value = tag.cursor.read_filtered()?;
        let (mut branches, mut otherwise) = (Vec::new(), Nodes::new());
        let (mut values, mut elses) = (None, 0);
        loop {
            let (body, stop) = self.until(tokens, &["when", "else", "endcase"])?;
            match values.take() {
                Some(values) => branches.push(When { values, body }),
                None if elses == 1 => otherwise.extend(body),
                None => {}
            }
            let Stop::Tag(mut tag, line) = stop else { return Err(not_closed("endcase")) };
            match tag.name {
                "endcase" => return Ok(Kind::Case(value, branches, otherwise)),
                "when" if elses > 0 => {}
                "when" => values = Some(when_values(&mut tag.cursor).map_err(|problem| problem.at(line))?),
                _ => elses += 1,
            }
        }
    }

    fn for_block(&mut self, tag: &mut Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let cursor = &mut tag.cursor;
        let variable = cursor.read_name().to_owned();
        let (collection, written) = in_collection(cursor)?;
        if variable.is_empty() {
            return Err(Problem::syntax("`for` has no variable: write {% for item in items %}"));
        }
        let arguments = cursor.read_named()?;
        let (mut body, mut otherwise, mut behind) = (Nodes::new(), Nodes::new(), false);
        loop {
            let (nodes, stop) = self.until(tokens, &["else", "endfor"])?;
            if behind {
                otherwise.extend(nodes);
            } else {
                body = nodes;
            }
            let Stop::Tag(tag, line) = stop else { return Err(not_closed("endfor")) };
            bare(&tag, line)?;
            if tag.name == "endfor" {
                return Ok(Kind::For(Box::new(For { variable, collection, written, arguments, body, otherwise })));
            }
            behind = true;
        }
    }

    fn tablerow_block(&mut self, tag: &mut Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let cursor = &mut tag.cursor;
        let variable = cursor.read_name().to_owned();
        let (collection, written) = in_collection(cursor)?;
        let arguments = cursor.read_named()?;
        let (body, stop) = self.until(tokens, &["endtablerow"])?;
        let Stop::Tag(..) = stop else { return Err(not_closed("endtablerow")) };
        Ok(Kind::Tablerow(Box::new(Tablerow { variable, collection, written, arguments, body })))
    }

    fn capture_block(&mut self, tag: &mut Tag<'s>, tokens: &mut Tokens<'s>) -> Result<Kind, Problem> {
        let cursor = &mut tag.cursor;
        let name = match cursor.read_name() {
            "" if matches!(cursor.peek(), Some('"' | '\'')) => cursor.read_quoted()?,
            "" => return Err(Problem::syntax("`capture` has no variable: write its name")),
            name => name.into(),
        };
        let (body, stop) = self.until(tokens, &["endcapture"])?;
        let Stop::Tag(..) = stop else { return Err(not_closed("endcapture")) };
        Ok(Kind::Capture(name, body))
    }
}

/// All up to the end of a block, as it is written.
fn skipped(end: &str, tokens: &mut Tokens<'_>) -> Result<String, Problem> {
    let mut text = String::new();
    for token in tokens {
        match token.piece {
            Piece::Tag(tag) if tag.name == end => return Ok(text),
            _ => text.push_str(token.whole),
        }
    }
    Err(not_closed(end))
}

fn stray(name: &str) -> Problem {
    Problem::syntax(format!("the tag `{name}` does not belong here: remove it, or begin its block"))
}

fn not_closed(end: &str) -> Problem {
    Problem::syntax(format!("a block is not closed: write {{% {end} %}}"))
}

fn bare(tag: &Tag<'_>, line: usize) -> Result<(), Problem> {
    if tag.is_bare() {
        return Ok(());
    }
    Err(Problem::syntax(format!("`{}` has something behind it: remove it", tag.name)).at(line))
}

/// The collection of a loop, and how it is written.
fn in_collection(cursor: &mut Cursor<'_>) -> Result<(Operand, String), Problem> {
    let begins_with_in = cursor.read_name() == "in";
    cursor.skip_blank();
    let begin = cursor.at;
    match cursor.read_value()? {
        Some(collection) if begins_with_in => Ok((collection, cursor.since(begin).into())),
        _ => Err(Problem::syntax("a loop says nothing to go through: write `in` and a list")),
    }
}

fn when_values(cursor: &mut Cursor<'_>) -> Result<Vec<Operand>, Problem> {
    let mut values = Vec::new();
    while !cursor.is_done() {
        values.push(cursor.expect_value()?);
        cursor.skip_blank();
        let separator = if cursor.peek() == Some(',') { "," } else { "or" };
        cursor.read_to(separator);
    }
    Ok(values)
}

fn assign(cursor: &mut Cursor<'_>) -> Result<Kind, Problem> {
    let name = cursor.read_name().to_owned();
    cursor.skip_blank();
    if name.is_empty() || cursor.peek() != Some('=') {
        return Err(Problem::syntax("`assign` sets nothing: write {% assign name = value %}"));
    }
    cursor.at += 1;
    Ok(Kind::Assign(name, cursor.read_filtered()?))
}

fn cycle(cursor: &mut Cursor<'_>) -> Result<Kind, Problem> {
    let begin = cursor.at;
    let mut group = cursor.read_value()?;
    cursor.skip_blank();
    if group.is_some() && cursor.peek() == Some(':') {
        cursor.at += 1;
    } else {
        cursor.at = begin;
        group = None;
    }
    let (mut candidates, mut written): (Vec<Filtered>, Vec<&str>) = Default::default();
    while !cursor.is_done() {
        let begin = cursor.at;
        candidates.push(cursor.read_filtered()?);
        written.push(cursor.since(begin));
        cursor.read_to(",");
    }
    if candidates.is_empty() {
        return Err(Problem::syntax("`cycle` has nothing to go through: write its values"));
    }
    Ok(Kind::Cycle(Cycle { group, candidates, written: written.join(",") }))
}

/// Refuses a comment whose second line does not begin as a comment does.
fn inline_comment(text: &str) -> Result<(), Problem> {
    let mut later = text.split('\n').skip(1).map(|line| line.trim_start_matches(super::chars::is_space));
    if later.all(|line| line.is_empty() || line.starts_with('#')) {
        return Ok(());
    }
    Err(Problem::syntax("a line of a comment does not begin with #: write one"))
}

/// `cio_link url:https://example.com track:true`: the address, which may have no quotes.
fn link(cursor: &mut Cursor<'_>) -> Result<Kind, Problem> {
    let missing = || Problem::syntax("`cio_link` has no address: write {% cio_link url:https://example.com %}");
    let (mut address, arguments) = (None, cursor.rest());
    while !cursor.is_done() {
        let name = cursor.read_name();
        cursor.skip_blank();
        if name.is_empty() || cursor.peek() != Some(':') {
            return Err(missing());
        }
        cursor.at += 1;
        cursor.skip_blank();
        let value = if matches!(cursor.peek(), Some('"' | '\'')) {
            cursor.read_quoted()?
        } else {
            let begin = cursor.at;
            while cursor.peek().is_some_and(|character| !super::chars::is_blank(character)) {
                cursor.at += cursor.peek().map_or(1, char::len_utf8);
            }
            cursor.since(begin).to_owned()
        };
        match name {
            "url" => address = Some(value),
            "track" | "url_params" if matches!(&*value, "true" | "false") => {}
            _ => {
                return Err(Problem::unsupported(format!(
                    "`cio_link {arguments}` is not supported here: use url, track and url_params"
                )));
            }
        }
        cursor.skip_blank();
    }
    let address = address.filter(|address| !address.is_empty()).ok_or_else(missing)?;
    if address.contains("{{") {
        return Err(Problem::unsupported("an output within `cio_link` is not supported here: write the address out"));
    }
    Ok(Kind::Link(Operand::Literal(Literal::Text(address))))
}
