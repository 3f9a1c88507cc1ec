//! Filters of HTML.

use super::{
    super::{problem::Problem, value::Value},
    call::Call,
};

const ESCAPES: [(char, &str); 5] = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&#34;"), ('\'', "&#39;")];

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match ESCAPES.iter().find(|(plain, _)| *plain == character) {
            Some((_, escape)) => escaped.push_str(escape),
            None => escaped.push(character),
        }
    }
    escaped
}

fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, escape) =
            ESCAPES.into_iter().find(|(_, escape)| rest.starts_with(escape)).unwrap_or(('&', "&"));
        plain.push(character);
        rest = &rest[escape.len()..];
    }
    plain + rest
}

pub(crate) fn escape(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(escaped(&call.text()?))
}

pub(crate) fn escape_once(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(escaped(&unescaped(&call.text()?)))
}

pub(crate) fn newline_to_br(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(call.text()?.replace("\r\n", "\n").replace('\n', "<br />\n"))
}

/// A text without tags, comments, scripts and styles.
pub(crate) fn strip_html(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let mut kinds = vec![("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->"), ("<", ">")];
    let (mut plain, mut rest) = (String::new(), &*text);
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut end = None;
        // What is not closed here is closed nowhere later, so it is not looked for again.
        kinds.retain(|(open, close)| {
            if end.is_some() || !rest.starts_with(open) {
                return true;
            }
            end = rest[open.len()..].find(close).map(|close_at| open.len() + close_at + close.len());
            end.is_some()
        });
        let Some(end) = end else { break };
        rest = &rest[end..];
    }
    call.made(plain + rest)
}
