//! A table: columns that are as wide as what is in them, and a last one that takes what is left of the terminal.

use std::io;

use crate::text::cut;

/// Columns get a header and two spaces between them. A last column that does not fit is cut to `width`.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: &[[String; N]], width: Option<usize>) -> String {
    let mut widths = header.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let header = header.map(str::to_owned);
    let mut text = String::new();
    for row in [&header].into_iter().chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&padded(cell, width + 2));
        }
        let line = line.trim_end();
        text.push_str(&width.map_or_else(|| line.to_owned(), |width| cut(line, width)));
        text.push('\n');
    }
    text
}

/// A line for each name and its value.
pub(crate) fn fields(fields: &[(&str, String)]) -> String {
    let widest = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    fields.iter().flat_map(|(name, value)| [padded(name, widest + 2), value.clone(), "\n".to_owned()]).collect()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:<width$}")
}

/// How wide the terminal is, if standard output is one.
pub(crate) fn width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_lines_are_cut() {
        let rows = [["1", "4m10s", "why"], ["12345", "2s", "it is long"]].map(|row| row.map(str::to_owned));
        let whole = "NUMBER  AGE    MESSAGE\n1       4m10s  why\n12345   2s     it is long\n";
        assert_eq!(table(["NUMBER", "AGE", "MESSAGE"], &rows, None), whole);
        let cut = "NUMBER  AGE    MESS\u{2026}\n1       4m10s  why\n12345   2s     it i\u{2026}\n";
        assert_eq!(table(["NUMBER", "AGE", "MESSAGE"], &rows, Some(20)), cut);
    }
}
