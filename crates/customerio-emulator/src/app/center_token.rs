//! The tokens of links to the page on which a person chooses what to get.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::app::message::workspace_mark;

/// A token of a workspace for the person with a `cio_id`, good until this time in Unix seconds. It is not signed: whoever
/// knows a `cio_id` can make one.
pub(crate) fn written(workspace: u16, cio_id: &str, until: i64) -> String {
    workspace_mark(workspace) + &URL_SAFE_NO_PAD.encode(format!("{cio_id}:{until}"))
}

/// The `cio_id` of a token, and until when it is good. Nothing where it is no token of this workspace.
pub(crate) fn read(workspace: u16, token: &str) -> Option<(String, i64)> {
    let encoded = token.strip_prefix(&workspace_mark(workspace))?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
    let (cio_id, until) = text.rsplit_once(':')?;
    Some((cio_id.to_owned(), until.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = written(7, "030000000001", 1_700_000_000);
        assert_eq!(read(7, &token), Some(("030000000001".to_owned(), 1_700_000_000)));
        for (workspace, token) in [
            (8, token.as_str()),
            (7, ""),
            (7, &token[1..]),
            (7, &crate::app::message::delivery_id(7, 1)),
            (7, &(workspace_mark(7) + &URL_SAFE_NO_PAD.encode("030000000001"))),
            (7, &(workspace_mark(7) + &URL_SAFE_NO_PAD.encode("030000000001:soon"))),
        ] {
            assert_eq!(read(workspace, token), None, "{token}");
        }
    }
}
