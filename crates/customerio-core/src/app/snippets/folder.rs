//! Snippets as files of a folder.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fs, io,
    path::Path,
};

/// Reads snippets from the files of a folder, one from each file: its name is the file's name up to the last dot, and
/// its value is the content. With the feature `fs`.
///
/// Files whose names begin with a dot are left out, and so is one line break at the end of a file, which editors write.
///
/// It reads before it returns: in async code, call it where blocking is allowed.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::snippets::read_folder;
///
/// let folder = std::env::temp_dir().join(format!("snippets-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// std::fs::write(folder.join("address.liquid"), "1 Main St\n")?;
/// let snippets = read_folder(&folder)?;
/// assert_eq!(snippets["address"], "1 Main St");
/// // `Client::plan_snippets` takes them.
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Fails if the folder cannot be read, has no files (it is probably the wrong one), or has a folder, if a file or its
/// name is not UTF-8, or if two files have the same name up to the last dot.
pub fn read_folder(folder: impl AsRef<Path>) -> io::Result<BTreeMap<String, String>> {
    let mut snippets = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let wrong = |kind, problem| io::Error::new(kind, format!("{}: {problem}", path.display()));
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| wrong(io::ErrorKind::InvalidInput, "the name is not UTF-8"))?;
        if name.starts_with('.') {
            continue;
        }
        if fs::metadata(&path)?.is_dir() {
            return Err(wrong(io::ErrorKind::InvalidInput, "it is a folder: put the files of all snippets into one"));
        }
        let name = name.rsplit_once('.').map_or(name, |(name, _)| name).to_owned();
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => wrong(error.kind(), "it is not UTF-8"),
            _ => error,
        })?;
        match snippets.entry(name) {
            Entry::Vacant(entry) => entry.insert(value_of(&text).to_owned()),
            Entry::Occupied(_) => {
                return Err(wrong(io::ErrorKind::InvalidInput, "another file has its name: rename one"));
            }
        };
    }
    if snippets.is_empty() {
        let problem = format!("{}: it has no files: give the folder of the snippets", folder.as_ref().display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    Ok(snippets)
}

/// Without what editors put before and after it.
fn value_of(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A folder that is deleted with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Self {
            let path = std::env::temp_dir().join(format!("customerio-snippets-{test}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
            fs::write(self.0.join(name), text).unwrap();
            self
        }

        fn refused(&self) -> String {
            read_folder(&self.0).unwrap_err().to_string()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn each_file_is_a_snippet() {
        let folder = Folder::new("files")
            .with("address.liquid", "1 Main St\n")
            .with("v1.2 footer.html", "\u{feff}<p>\r\n</p>\r\n")
            .with("plain", "a\n\n")
            .with(".hidden", "x");
        let expected = [("address", "1 Main St"), ("plain", "a\n"), ("v1.2 footer", "<p>\r\n</p>")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read_folder(&folder.0).unwrap(), expected.into());
    }

    #[test]
    fn what_cannot_be_snippets_is_refused_by_its_name() {
        let folder = Folder::new("empty").with(".hidden", "x");
        assert!(folder.refused().ends_with("it has no files: give the folder of the snippets"));
        let folder = folder.with("a.html", [b'a', 0xff]);
        assert!(folder.refused().ends_with("a.html: it is not UTF-8"));
        let folder = folder.with("a.html", "1").with("a.txt", "2");
        assert!(folder.refused().ends_with(": another file has its name: rename one"));
        fs::remove_file(folder.0.join("a.txt")).unwrap();
        fs::create_dir(folder.0.join("more")).unwrap();
        assert!(folder.refused().ends_with("more: it is a folder: put the files of all snippets into one"));
        assert_eq!(read_folder(folder.0.join("missing")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = Folder::new("name");
        fs::write(folder.0.join(std::ffi::OsStr::from_bytes(b"a\xff.txt")), "x").unwrap();
        assert!(folder.refused().ends_with("the name is not UTF-8"));
    }
}
