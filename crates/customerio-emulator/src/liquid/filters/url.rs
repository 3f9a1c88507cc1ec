//! Filters of addresses.

use std::fmt::Write;

use super::{
    super::{
        chars::is_space,
        js::{stringify, truthy},
        letters::{is_letter, without_accents},
        problem::Problem,
        value::Value,
    },
    call::Call,
};

/// What needs no escape anywhere, beside letters and digits.
const UNRESERVED: &[u8] = b"-_.!~*'()";

/// What needs no escape in a whole address.
const RESERVED: &[u8] = b";/?:@&=+$,#";

fn encoded(text: &str, kept: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept(byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

pub(crate) fn url_encode(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(encoded(&call.text()?, |byte| UNRESERVED.contains(&byte)).replace("%20", "+"))
}

pub(crate) fn cgi_escape(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(encoded(&call.text()?, |byte| b"-_.~".contains(&byte)).replace("%20", "+"))
}

pub(crate) fn uri_escape(call: &Call<'_>) -> Result<Value, Problem> {
    call.made(encoded(&call.text()?, |byte| {
        UNRESERVED.contains(&byte) || RESERVED.contains(&byte) || b"[]".contains(&byte)
    }))
}

pub(crate) fn url_decode(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = behind.split_at_checked(2).and_then(|(digits, _)| std::str::from_utf8(digits).ok());
                let byte = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
                let byte = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                bytes.push(byte.ok_or_else(|| malformed(call))?);
                rest = &behind[2..];
            }
            byte => bytes.push(*byte),
        }
    }
    let decoded = String::from_utf8(bytes).map_err(|_| malformed(call))?;
    call.made(decoded)
}

fn malformed(call: &Call<'_>) -> Problem {
    call.refused("takes no text with a broken % escape: write %25 for a percent sign")
}

/// A text as a part of an address: words between dashes, in lower case unless a second argument says no.
pub(crate) fn slugify(call: &Call<'_>) -> Result<Value, Problem> {
    let text = call.text()?;
    let mode = call.argument_or(0, Value::text("default"));
    let mode = stringify(&mode, call.budget)?;
    let plain = if &*mode == "latin" { without_accents(&text) } else { text.to_string() };
    let slug = match &*mode {
        "raw" => dashed(&plain, |character| Ok(!is_space(character)))?,
        "default" | "latin" => dashed(&plain, is_letter)?,
        "pretty" => dashed(&plain, |character| Ok("._~!$&'()+,;=@".contains(character) || is_letter(character)?))?,
        "ascii" => dashed(&plain, |character| Ok(character.is_ascii_alphanumeric()))?,
        _ => plain,
    };
    call.made(if truthy(call.argument(1)) { slug } else { slug.to_lowercase() })
}

/// A text with a dash for what is not kept, and none at its ends.
fn dashed(text: &str, kept: impl Fn(char) -> Result<bool, Problem>) -> Result<String, Problem> {
    let mut slug = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars() {
        if kept(character)? {
            if gap {
                slug.push('-');
            }
            gap = false;
            slug.push(character);
        } else {
            gap = true;
        }
    }
    if gap {
        slug.push('-');
    }
    let slug = slug.strip_prefix('-').unwrap_or(&slug);
    Ok(slug.strip_suffix('-').unwrap_or(slug).to_owned())
}
