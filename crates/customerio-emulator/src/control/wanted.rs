//! A text that rows are searched for, in any case.

use serde_json::Value;

/// How rare each byte is in text that is mostly English.
const RARITY: [u8; 256] = {
    const COMMON: &[u8; 27] = b" etaoinsrhldcumfpgwybvkxjqz";
    let (mut rarity, mut rank) = ([u8::MAX; 256], 0_u8);
    while (rank as usize) < COMMON.len() {
        rarity[COMMON[rank as usize] as usize] = rank;
        rank += 1;
    }
    rarity
};

/// What is searched for. A processor finds its rarest byte in a megabyte of text in a tenth of a millisecond.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// In lower case.
    text: String,
    /// Where the rarest byte is, and which one.
    rarest: Option<(usize, u8)>,
    is_ascii: bool,
}

impl Wanted {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        let rarest = text.bytes().enumerate().max_by_key(|(_, byte)| RARITY[usize::from(*byte)]);
        let is_ascii = text.is_ascii();
        Self { text, rarest, is_ascii }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a text contains it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        // Letters that are no ASCII can be such in lower case.
        self.is_in_ascii(text.as_bytes()) || !text.is_ascii() && text.to_lowercase().contains(&self.text)
    }

    /// Whether a body contains it. What is no text is as it is shown.
    pub(crate) fn is_in_body(&self, body: &[u8]) -> bool {
        self.is_in_ascii(body) || !body.is_ascii() && self.is_in(&String::from_utf8_lossy(body))
    }

    /// Whether a JSON value contains it: in a key, a string, or a number as it is written.
    pub(crate) fn is_in_value(&self, value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Bool(flag) => self.text == if *flag { "true" } else { "false" },
            Value::Number(number) => number.to_string().contains(&self.text),
            Value::String(string) => self.is_in(string),
            Value::Array(list) => list.iter().any(|value| self.is_in_value(value)),
            Value::Object(fields) => self.is_in_fields(fields),
        }
    }

    /// Whether a JSON object contains it.
    pub(crate) fn is_in_fields<'f>(&self, fields: impl IntoIterator<Item = (&'f String, &'f Value)>) -> bool {
        fields.into_iter().any(|(name, value)| self.is_in(name) || self.is_in_value(value))
    }

    /// Whether the values of a JSON text contain it. Most texts are not read for it.
    pub(crate) fn is_in_json(&self, json: &str) -> bool {
        // What is escaped is written in another way, and so are the ends of a text that contains none of its marks.
        (self.is_in(json) || json.contains('\\'))
            && serde_json::from_str(json).is_ok_and(|value| self.is_in_value(&value))
    }

    /// Whether the ASCII in a text contains it. Other bytes are never the same as its own.
    fn is_in_ascii(&self, text: &[u8]) -> bool {
        if !self.is_ascii {
            return false;
        }
        let wanted = self.text.as_bytes();
        let Some((at, rarest)) = self.rarest else { return true };
        let Some(last) = text.len().checked_sub(wanted.len()) else { return false };
        let window = &text[at..=last + at];
        let mut found = memchr::memchr2_iter(rarest, rarest.to_ascii_uppercase(), window);
        found.any(|start| text[start..start + wanted.len()].eq_ignore_ascii_case(wanted))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_found_in_any_case() {
        for (text, wanted, is_in) in [
            ("Ada@Example.com", "ada@", true),
            ("Ada@Example.com", "E.com", true),
            ("Ada@Example.com", "ada@example.com", true),
            ("Ada@Example.com", "ada@example.com!", false),
            ("Ada@Example.com", "x.example", false),
            ("", "", true),
            ("abc", "", true),
            ("", "a", false),
            ("aab", "ab", true),
            ("[A]", "{a}", false),
            ("ÄRGER", "ärger", true),
            ("ÄRGER und Not", "und n", true),
            ("Straße", "ß", true),
            ("\u{212a}", "k", true),
        ] {
            assert_eq!(Wanted::new(wanted).is_in(text), is_in, "{text} {wanted}");
            assert_eq!(Wanted::new(wanted).is_in_body(text.as_bytes()), is_in, "{text} {wanted}");
        }
        assert!(Wanted::new("png\u{fffd}").is_in_body(b"PNG\xff") && Wanted::new("png").is_in_body(b"\xffPNG"));
        let value = json!({"Plan": ["PRO", {"seats": 12.5, "trial": true, "none": null, "quote": "\"a\\"}]});
        for (wanted, is_in) in [
            ("plan", true),
            ("pro", true),
            ("seats", true),
            ("12.5", true),
            ("true", true),
            ("null", false),
            ("x", false),
            ("\"a\\", true),
            ("\":", false),
        ] {
            let wanted = Wanted::new(wanted);
            assert_eq!(wanted.is_in_value(&value), is_in, "{wanted:?}");
            assert_eq!(wanted.is_in_json(&value.to_string()), is_in, "{wanted:?}");
        }
    }
}
