//! Filters of text.

use std::collections::HashSet;

use super::{
    super::{
        chars::{has_pairs, is_space, units},
        js::{count, join, number, plain, slice as part, string, truthy},
        problem::Problem,
        property::half,
        value::Value,
    },
    call::Call,
    lists::list,
};

pub(crate) fn append(call: &Call<'_>) -> Result<Value, Problem> {
    one_argument(call)?;
    call.made(format!("{}{}", call.text()?, call.text_of(0)?))
}

pub(crate) fn prepend(call: &Call<'_>) -> Result<Value, Problem> {
    one_argument(call)?;
    call.made(format!("{}{}", call.text_of(0)?, call.text()?))
}

fn one_argument(call: &Call<'_>) -> Result<(), Problem> {
    if call.arguments.len() == 1 { Ok(()) } else { Err(call.refused("takes one text: write it behind a colon")) }
}

pub(crate) fn downcase(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(call.text()?.to_lowercase())
}

pub(crate) fn upcase(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(call.text()?.to_uppercase())
}

/// The first letter large, the others small.
pub(crate) fn capitalize(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let first = text.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = text.split_at(first);
    // The service's engine changes units, and no character of two.
    let first = if has_pairs(first) { first.to_owned() } else { first.to_uppercase() };
    call.made(first + &rest.to_lowercase())
}

/// Strips one end or both of white space, or of the characters of an argument.
fn stripped(call: &Call<'_>, start: bool, end: bool) -> Result<Value, Problem> {
    let text = call.text()?;
    let set: Option<HashSet<char>> =
        if truthy(call.argument(0)) { Some(call.text_of(0)?.chars().collect()) } else { None };
    let goes = |character: char| set.as_ref().map_or_else(|| is_space(character), |set| set.contains(&character));
    let kept = if start { text.trim_start_matches(goes) } else { &text };
    call.made(if end { kept.trim_end_matches(goes) } else { kept })
}

pub(crate) fn strip(call: &Call<'_>) -> Result<Value, Problem> {
    stripped(call, true, true)
}

pub(crate) fn lstrip(call: &Call<'_>) -> Result<Value, Problem> {
    stripped(call, true, false)
}

pub(crate) fn rstrip(call: &Call<'_>) -> Result<Value, Problem> {
    stripped(call, false, true)
}

pub(crate) fn strip_newlines(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(call.text()?.replace("\r\n", "\n").replace('\n', ""))
}

/// A text with one space for each piece of white space.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars() {
        if !is_space(character) {
            squeezed.push(character);
        } else if !gap {
            squeezed.push(' ');
        }
        gap = is_space(character);
    }
    squeezed
}

pub(crate) fn normalize_whitespace(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(squeezed(&call.text()?))
}

pub(crate) fn squish(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(squeezed(&call.text()?).trim_matches(' '))
}

/// A text with another for every part that is like the first argument.
fn replaced(call: &Call<'_>, text: &str, part: &str, by: &str) -> Result<Value, Problem> {
    if part.is_empty() {
        if has_pairs(text) && !by.is_empty() {
            return Err(half());
        }
        call.budget.text(text.len().saturating_add(by.len().saturating_mul(units(text))))?;
        let between: Vec<String> = text.chars().map(String::from).collect();
        return call.made(between.join(by));
    }
    let times = text.matches(part).count();
    call.budget.text(text.len().saturating_add(by.len().saturating_mul(times)))?;
    call.made(text.replace(part, by))
}

pub(crate) fn replace(call: &Call<'_>) -> Result<Value, Problem> {
    replaced(call, &call.text()?, &call.text_of(0)?, &call.text_of(1)?)
}

pub(crate) fn remove(call: &Call<'_>) -> Result<Value, Problem> {
    replaced(call, &call.text()?, &call.text_of(0)?, "")
}

fn replaced_at(call: &Call<'_>, at: Option<usize>, text: &str, part: &str, by: &str) -> Result<Value, Problem> {
    match at {
        Some(at) => call.made(format!("{}{by}{}", &text[..at], &text[at + part.len()..])),
        None => call.made(text),
    }
}

pub(crate) fn replace_first(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, part) = (call.text()?, call.text_of(0)?);
    replaced_at(call, text.find(&*part), &text, &part, &call.text_of(1)?)
}

pub(crate) fn replace_last(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, part) = (call.text()?, call.text_of(0)?);
    replaced_at(call, text.rfind(&*part), &text, &part, &call.text_of(1)?)
}

pub(crate) fn remove_first(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, part) = (call.text()?, call.text_of(0)?);
    replaced_at(call, text.find(&*part), &text, &part, "")
}

pub(crate) fn remove_last(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, part) = (call.text()?, call.text_of(0)?);
    replaced_at(call, text.rfind(&*part), &text, &part, "")
}

/// The parts of a text between separators, less empty ones at its end.
pub(crate) fn split(call: &Call<'_>) -> Result<Value, Problem> {
    let (text, separator) = (call.text()?, call.text_of(0)?);
    let mut parts: Vec<Value> = if separator.is_empty() {
        if has_pairs(&text) {
            return Err(half());
        }
        call.budget.steps(text.len())?;
        text.chars().map(|character| Value::text(&character.to_string())).collect()
    } else {
        call.budget.steps(text.matches(&*separator).count())?;
        text.split(&*separator).map(Value::text).collect()
    };
    while matches!(parts.last(), Some(Value::Text(last)) if last.is_empty()) {
        parts.pop();
    }
    Value::array(parts)
}

/// The place after this many characters from a place on.
fn advanced(text: &str, from: usize, by: f64) -> usize {
    let mut passed = 0.0;
    let behind = text[from..].char_indices().find(|_| {
        let stop = passed >= by || by.is_nan();
        passed += 1.0;
        stop
    });
    behind.map_or(text.len(), |(at, _)| from + at)
}

/// At most this many characters of a text, an ellipsis included.
pub(crate) fn truncate(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let most = number(&call.argument_or(0, Value::Number(50.0)), call.budget)?;
    let ellipsis = super::super::js::stringify(&call.argument_or(1, Value::text("...")), call.budget)?;
    if count(units(&text)) <= most || advanced(&text, 0, most) >= text.len() {
        return Ok(call.value.clone());
    }
    let left = most - count(ellipsis.chars().count());
    let left = if left < 0.0 { 0.0 } else { left };
    call.made(format!("{}{ellipsis}", &text[..advanced(&text, 0, left)]))
}

/// At most this many words of a text, and an ellipsis where it has as many.
pub(crate) fn truncatewords(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let most = number(&call.argument_or(0, Value::Number(15.0)), call.budget)?;
    let most = if most <= 0.0 { 1.0 } else { most };
    let ellipsis = super::super::js::stringify(&call.argument_or(1, Value::text("...")), call.budget)?;
    let words = words(text.trim_start_matches(is_space));
    let mut short = words[part(words.len(), 0.0, most)].join(" ");
    if count(words.len()) >= most {
        short.push_str(&ellipsis);
    }
    call.made(short)
}

/// What is between white space; of an empty text, and behind white space at its end, one empty word.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(is_space) {
        words.push(&rest[..at]);
        rest = rest[at..].trim_start_matches(is_space);
    }
    words.push(rest);
    words
}

/// How many words a text has; with `cjk` or `auto`, how many characters of Chinese, Japanese and Korean beside them.
pub(crate) fn number_of_words(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let text = text.trim_matches(is_space);
    let mode = match call.argument(0) {
        Value::Text(mode) => &**mode,
        _ => "",
    };
    let each = text.chars().filter(|character| is_cjk(*character)).count();
    let number = if text.is_empty() {
        0
    } else if mode == "cjk" || (mode == "auto" && each > 0) {
        let others = text.split(|character| is_cjk(character) || is_space(character));
        each + others.filter(|word| !word.is_empty()).count()
    } else {
        words(text).len()
    };
    Ok(Value::Number(count(number)))
}

fn is_cjk(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
        || matches!(character, '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// A part of a text or a list: from a place, which may count from the end, with this length.
pub(crate) fn slice(call: &Call<'_>) -> Result<Value, Problem> {
    let budget = call.budget;
    let value = plain(call.value);
    if value.is_missing() {
        return Value::array(vec![]);
    }
    let length = call.argument_or(1, Value::Number(1.0));
    let text = if matches!(value, Value::Array(_)) { "".into() } else { call.text()? };
    let size = if let Value::Array(array) = &value { array.items.len() } else { text.chars().count() };
    let mut begin = call.argument(0).clone();
    if number(&begin, budget)? < 0.0 {
        begin = super::super::js::add(&Value::Number(count(size)), &begin, budget)?;
    }
    let none = number(&begin, budget)? < 0.0 || number(&length, budget)? < 0.0;
    match &value {
        Value::Array(_) if none => Value::array(vec![]),
        Value::Array(array) => {
            let end = super::super::js::add(&begin, &length, budget)?;
            let range = part(size, number(&begin, budget)?, number(&end, budget)?);
            budget.steps(range.len())?;
            Value::array(array.items[range].to_vec())
        }
        _ if none => call.made(""),
        _ => {
            let from = advanced(&text, 0, number(&begin, budget)?);
            call.made(&text[from..advanced(&text, from, number(&length, budget)?)])
        }
    }
}

/// The items of a list as a sentence: with commas, and a word before the last.
pub(crate) fn array_to_sentence_string(call: &Call<'_>) -> Result<Value, Problem> {
    let items = list(call.value);
    let connector = super::super::js::stringify(&call.argument_or(0, Value::text("and")), call.budget)?;
    match &*items {
        [] => call.made(""),
        [item] => Ok(item.clone()),
        [first, last] => {
            call.made(format!("{} {connector} {}", string(first, call.budget)?, string(last, call.budget)?))
        }
        [first @ .., last] => {
            call.made(format!("{}, {connector} {}", join(first, ", ", call.budget)?, string(last, call.budget)?))
        }
    }
}
