//! Bodies of several parts, one of them a file: `multipart/form-data` of RFC 7578.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use http::HeaderValue;
use memchr::memmem;

use crate::Body;

/// A file, as a part of a form.
pub(super) struct File<'a> {
    /// The name that the file has.
    pub(super) name: &'a str,
    pub(super) content_type: &'static str,
    pub(super) contents: &'a [u8],
}

/// A form with texts, and with a file in the field `file`. The same every time, so that each attempt has the same bytes.
pub(super) fn form(texts: &[(&str, &str)], file: &File<'_>) -> Body {
    let boundary = boundary(texts, file);
    let mut form = Vec::with_capacity(file.contents.len() + 1024);
    let mut part = |head: &str, contents: &[u8]| {
        for bytes in [b"--", boundary.as_bytes(), b"\r\ncontent-disposition: form-data; ", head.as_bytes(), b"\r\n\r\n"]
        {
            form.extend_from_slice(bytes);
        }
        form.extend_from_slice(contents);
        form.extend_from_slice(b"\r\n");
    };
    for (name, text) in texts {
        part(&format!("name=\"{name}\""), text.as_bytes());
    }
    let File { name, content_type, contents } = file;
    part(&format!("name=\"file\"; filename=\"{}\"\r\ncontent-type: {content_type}", escaped(name)), contents);
    for bytes in [b"--", boundary.as_bytes(), b"--\r\n"] {
        form.extend_from_slice(bytes);
    }
    let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
    Body::new(content_type.unwrap_or_else(|_| HeaderValue::from_static("multipart/form-data")), form.into())
}

/// As browsers write it: what would end the quotes or the line is percent-encoded.
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text that the form has nowhere else, made of what is in it.
fn boundary(texts: &[(&str, &str)], file: &File<'_>) -> String {
    let mut hasher = DefaultHasher::new();
    (texts, file.name, file.contents).hash(&mut hasher);
    loop {
        let boundary = format!("customerio-{:016x}", hasher.finish());
        let is_in = |bytes: &[u8]| memmem::find(bytes, boundary.as_bytes()).is_some();
        if !is_in(file.contents) && !texts.iter().any(|(_, text)| is_in(text.as_bytes())) {
            return boundary;
        }
        boundary.hash(&mut hasher);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_in_no_part_and_the_same_every_time() {
        let file = |contents| File { name: "a.png", content_type: "image/png", contents };
        let first = boundary(&[], &file(b"one"));
        assert_eq!(first, boundary(&[], &file(b"one")));
        assert_ne!(first, boundary(&[], &file(b"two")));
        // One that is taken makes way for the next, wherever it is.
        let mut taken = first.clone();
        let texts = [("name", taken.as_str())];
        let second = boundary(&texts, &file(b"one"));
        assert!(second != first && second == boundary(&texts, &file(b"one")));
        taken.push_str(&second);
        assert!(!taken.contains(&boundary(&[], &file(taken.as_bytes()))));
    }

    #[test]
    fn a_name_ends_neither_its_quotes_nor_its_line() {
        assert_eq!(escaped("a\"b\r\nc: d.png"), "a%22b%0D%0Ac: d.png");
        assert_eq!(escaped("ü 1.png"), "ü 1.png");
    }
}
