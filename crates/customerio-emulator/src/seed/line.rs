//! The line of a text that a JSON pointer leads to.

/// The line, from 1, of the value that a pointer leads to, in a text that is JSON. Where it leads nowhere, that of the
/// last value on its way.
pub(crate) fn line_of(text: &str, pointer: &str) -> usize {
    let mut cursor = Cursor { bytes: text.as_bytes(), at: 0 };
    cursor.skip_blanks();
    let mut found = cursor.at;
    for step in pointer.split('/').skip(1) {
        if !cursor.enter(&step.replace("~1", "/").replace("~0", "~")) {
            break;
        }
        found = cursor.at;
    }
    1 + text[..found].matches('\n').count()
}

struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Goes over a byte, and the blanks after it, if it is there.
    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        if is_there {
            self.at += 1;
            self.skip_blanks();
        }
        is_there
    }

    /// Goes to the member of that name, or the entry of that number, of the value here. Returns whether it is there.
    fn enter(&mut self, step: &str) -> bool {
        if self.take(b'{') {
            while self.peek() == Some(b'"') {
                let start = self.at;
                self.skip_text();
                let is_it = serde_json::from_slice::<String>(&self.bytes[start..self.at]).is_ok_and(|key| key == step);
                self.skip_blanks();
                self.take(b':');
                if is_it {
                    return true;
                }
                self.skip_value();
                self.take(b',');
            }
        } else if self.take(b'[') {
            for _ in 0..step.parse().unwrap_or(usize::MAX) {
                self.skip_value();
                if !self.take(b',') {
                    return false;
                }
            }
            return self.peek() != Some(b']');
        }
        false
    }

    fn skip_text(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.skip_text();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b',' | b'}' | b']' if depth == 0 => break,
                _ => {}
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_a_line() {
        let text = "{\n \"a\": [1,\n  {\"b,]\": \"}\\\"\",\n   \"c/d\":\n   7}, []],\n \"e\": {}\n}";
        for (pointer, line) in [
            ("", 1),
            ("/a", 2),
            ("/a/0", 2),
            ("/a/1", 3),
            ("/a/1/b,]", 3),
            ("/a/1/c~1d", 5),
            ("/a/2", 5),
            ("/a/3", 2),
            ("/a/2/0", 5),
            ("/e", 6),
            ("/e/x/y", 6),
            ("/nowhere", 1),
        ] {
            assert_eq!(line_of(text, pointer), line, "{pointer}");
        }
    }
}
