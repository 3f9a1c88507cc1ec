//! Files that go out with an e-mail.

use std::{fmt, io, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD, write::EncoderStringWriter};

use crate::{limits, text::Text};

/// A file to attach to an e-mail.
///
/// It is encoded once, and a clone is cheap: any number of messages share the bytes.
///
/// Its name must have the file's extension, as in `invoice.pdf`; Customer.io responds 403 to types that it forbids. An
/// e-mail can have several files, of different names.
///
/// Limits: 2 MB over all files of an e-mail, before base64.
/// <https://docs.customer.io/integrations/api/app/#operation/sendEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::Attachment;
///
/// let table = Attachment::from_bytes("prices.csv", b"socks,5\n");
/// assert_eq!((table.name(), table.size()), ("prices.csv", 8));
/// let same = Attachment::from_reader("prices.csv", "socks,5\n".as_bytes())?;
/// assert_eq!(same, table);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment(Arc<File>);

#[derive(PartialEq, Eq)]
struct File {
    name: Text,
    size: usize,
    base64: String,
}

impl Attachment {
    /// Creates an attachment `name` with these contents.
    #[must_use]
    pub fn from_bytes(name: impl AsRef<str>, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        Self::new(name, bytes.len(), STANDARD.encode(bytes))
    }

    fn new(name: impl AsRef<str>, size: usize, base64: String) -> Self {
        Self(Arc::new(File { name: Text::new(name), size, base64 }))
    }

    /// Creates an attachment `name` with everything that `reader` yields.
    ///
    /// It is encoded while it is read, so there is never a second copy in memory.
    ///
    /// # Errors
    ///
    /// Fails if reading fails. Fails with [`FileTooLarge`](io::ErrorKind::FileTooLarge) if there is more than an e-mail
    /// can carry, [`limits::ATTACHMENTS`]: the rest is left unread.
    pub fn from_reader(name: impl AsRef<str>, reader: impl io::Read) -> io::Result<Self> {
        Self::from_reader_within(name, reader, limits::ATTACHMENTS)
    }

    /// [`from_reader`](Self::from_reader) with another limit, in bytes, for accounts whose limit the vendor has raised:
    /// see [`Limits::with_attachments`](crate::Limits::with_attachments).
    ///
    /// # Errors
    ///
    /// See [`from_reader`](Self::from_reader).
    pub fn from_reader_within(name: impl AsRef<str>, reader: impl io::Read, limit: usize) -> io::Result<Self> {
        let mut encoder = EncoderStringWriter::new(&STANDARD);
        // One byte more than the limit tells a file that is too large from one that just fits.
        let size = io::copy(&mut reader.take((limit as u64).saturating_add(1)), &mut encoder)?;
        match usize::try_from(size) {
            Ok(size) if size <= limit => Ok(Self::new(name, size, encoder.into_inner())),
            _ => {
                let text = format!("the attachment has more than {limit} bytes");
                Err(io::Error::new(io::ErrorKind::FileTooLarge, text))
            }
        }
    }

    /// Creates an attachment from the file at `path`, under its own name. With the feature `fs`.
    ///
    /// It is read before this returns: in async code, call it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// See [`from_reader`](Self::from_reader). Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if `path` ends
    /// in no name or in one that is not UTF-8.
    #[cfg(feature = "fs")]
    pub fn from_path(path: impl AsRef<std::path::Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let name = path.file_name().and_then(std::ffi::OsStr::to_str).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the path of an attachment must end in a name in UTF-8")
        })?;
        Self::from_reader(name, std::fs::File::open(path)?)
    }

    /// The name that the recipient sees.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The size of the file in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.size
    }

    pub(super) fn base64(&self) -> &str {
        &self.0.base64
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names of files name people too.
        f.debug_struct("Attachment").field("size", &self.size()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives `left` bytes in pieces that base64 does not divide, and counts.
    struct Pieces {
        left: usize,
        given: usize,
    }

    impl io::Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(self.left).min(1_001);
            buffer[..count].fill(b'x');
            self.left -= count;
            self.given += count;
            Ok(count)
        }
    }

    #[test]
    fn a_reader_gives_what_the_bytes_give() {
        for size in [0, 1, 2, 3, 1_001, 5_000, limits::ATTACHMENTS] {
            let read = Attachment::from_reader("a.txt", Pieces { left: size, given: 0 }).unwrap();
            assert_eq!(read.size(), size);
            assert!(read == Attachment::from_bytes("a.txt", vec![b'x'; size]), "{size}");
        }
        assert_eq!(Attachment::from_bytes("a.txt", b"\xff\xfe>?").base64(), "//4+Pw==");
    }

    #[test]
    fn a_reader_without_end_is_read_to_the_limit() {
        let mut pieces = Pieces { left: usize::MAX, given: 0 };
        let error = Attachment::from_reader("a.txt", &mut pieces).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "the attachment has more than 2000000 bytes");
        assert_eq!(pieces.given, limits::ATTACHMENTS + 1);
    }

    #[test]
    fn another_limit_reads_that_far() {
        let read = |limit| Attachment::from_reader_within("a.txt", b"1234".as_slice(), limit);
        assert_eq!(read(4).unwrap().size(), 4);
        assert_eq!(read(usize::MAX).unwrap().size(), 4);
        assert_eq!(read(3).unwrap_err().to_string(), "the attachment has more than 3 bytes");
    }

    #[test]
    fn a_reader_that_fails_gives_its_error() {
        struct Broken;
        impl io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let error = Attachment::from_reader("a.txt", Broken).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[cfg(feature = "fs")]
    #[test]
    fn a_path_gives_the_name() {
        let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let attachment = Attachment::from_path(&manifest).unwrap();
        assert_eq!(attachment, Attachment::from_bytes("Cargo.toml", std::fs::read(&manifest).unwrap()));

        let missing = Attachment::from_path(manifest.with_file_name("missing.txt")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        for path in ["", "/", "a/.."] {
            assert_eq!(Attachment::from_path(path).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{path}");
        }
    }

    #[cfg(all(feature = "fs", unix))]
    #[test]
    fn a_name_that_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStrExt as _;
        let error = Attachment::from_path(std::ffi::OsStr::from_bytes(b"a\xff.txt")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn a_clone_shares_the_bytes() {
        let attachment = Attachment::from_bytes("a.txt", vec![b'x'; 100]);
        assert_eq!(attachment.clone().base64().as_ptr(), attachment.base64().as_ptr());
    }

    #[test]
    fn debug_shows_the_size_alone() {
        assert_eq!(format!("{:?}", Attachment::from_bytes("ada.pdf", b"x")), "Attachment { size: 1, .. }");
    }
}
