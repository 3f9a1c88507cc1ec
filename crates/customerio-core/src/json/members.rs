//! Reading of JSON that the encoder has written: the members of an object, without making values of them.

use memchr::memchr2;

/// The members of an object, from behind its opening brace: their names, between the quotes, and their values.
#[derive(Clone)]
pub(crate) struct Members<'a>(pub(crate) &'a [u8]);

impl<'a> Members<'a> {
    /// Those of the object that `json` is.
    pub(crate) fn of(json: &'a [u8]) -> Self {
        Self(json.get(1..).unwrap_or_default())
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let json = self.0.strip_prefix(b",").unwrap_or(self.0);
        let name = json.get(..string_len(json)?)?;
        let json = json.get(name.len() + 1..)?;
        let value = json.get(..value_len(json)?)?;
        self.0 = &json[value.len()..];
        Some((&name[1..name.len() - 1], value))
    }
}

/// A name that appears among `names` twice, if one does. Their order is lost.
pub(crate) fn repeated<'a>(names: &mut [&'a [u8]]) -> Option<&'a [u8]> {
    // Sorted maps usually are, and few names have the same length.
    if names.windows(2).all(|pair| pair[0] < pair[1]) {
        return None;
    }
    names.sort_unstable_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)));
    names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// The length of the value that `json` begins with; `None` if it does not end.
pub(crate) fn value_len(json: &[u8]) -> Option<usize> {
    match json.first()? {
        b'"' => string_len(json),
        b'[' | b'{' => {
            let (mut depth, mut at) = (0_usize, 0);
            loop {
                match json.get(at)? {
                    b'"' => at += string_len(&json[at..])? - 1,
                    b'[' | b'{' => depth += 1,
                    b']' | b'}' if depth == 1 => return Some(at + 1),
                    b']' | b'}' => depth -= 1,
                    _ => {}
                }
                at += 1;
            }
        }
        _ => memchr2(b',', b'}', json),
    }
}

/// The length of the string that `json` begins with, quotes included; `None` if it is none or does not end.
pub(crate) fn string_len(json: &[u8]) -> Option<usize> {
    if json.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        at += json.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if json[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}
