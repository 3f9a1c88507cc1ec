//! Files that are written whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// It has people's data.
    Owner,
    All,
}

/// Writes a file so that it has either its former content or this one, whenever the machine or the program stops. The draft
/// is in the same folder: a rename from elsewhere is no single step.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let draft = draft(path)?;
    let written = write_draft(&draft, bytes, readers).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written?;
    sync_folder(path)
}

/// Removes the draft that a program left behind which was killed.
pub(crate) fn remove_draft(path: &Path) -> io::Result<()> {
    match fs::remove_file(draft(path)?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// It has one name for each file, so that drafts do not pile up.
fn draft(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is a folder"))?;
    let mut draft = name.to_owned();
    draft.push(".draft");
    Ok(path.with_file_name(draft))
}

fn write_draft(draft: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if readers == Readers::Owner { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = options.open(draft)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Until then the rename itself can be lost.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // A folder cannot be opened there, and its changes are in a journal.
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::{
        env,
        process::{Command, Stdio, id},
        thread::sleep,
        time::{Duration, Instant},
    };

    use super::*;

    const PATH: &str = "CUSTOMERIO_EMULATOR_TEST_FILE";

    /// Long enough that a write takes several system calls.
    fn content(number: usize) -> String {
        format!("{number} ").repeat(50_000 + number % 7) + "end"
    }

    /// What the other test kills.
    #[test]
    #[ignore = "it ends when it is killed"]
    fn it_writes_for_ever() {
        let path = PathBuf::from(env::var_os(PATH).expect("the other test says which"));
        for number in 0.. {
            write_whole(&path, content(number).as_bytes(), Readers::Owner).unwrap();
        }
    }

    #[test]
    fn a_program_that_is_killed_leaves_a_whole_file() {
        let folder = env::temp_dir().join(format!("customerio-emulator-file-{}", id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("state.json");
        let (mut random, mut drafts) = (fastrand::Rng::with_seed(7), 0);
        for _ in 0..40 {
            let before = fs::metadata(&path).and_then(|file| file.modified()).ok();
            let mut writer = Command::new(env::current_exe().unwrap())
                .args(["--exact", "file::tests::it_writes_for_ever", "--ignored"])
                .env(PATH, &path)
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            // It has begun.
            let started = Instant::now();
            while fs::metadata(&path).and_then(|file| file.modified()).ok() == before {
                assert!(started.elapsed() < Duration::from_secs(30) && writer.try_wait().unwrap().is_none());
            }
            sleep(Duration::from_micros(random.u64(..5_000)));
            writer.kill().unwrap();
            writer.wait().unwrap();
            let written = fs::read_to_string(&path).unwrap();
            let number = written.split(' ').next().unwrap().parse().unwrap();
            assert!(written == content(number), "{} bytes", written.len());
            drafts += usize::from(draft(&path).unwrap().exists());
        }
        // Otherwise it was never killed while it wrote.
        assert!(drafts > 0);
        remove_draft(&path).unwrap();
        remove_draft(&path).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn what_has_peoples_data_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let path = env::temp_dir().join(format!("customerio-emulator-mode-{}", id()));
        for (readers, expected) in [(Readers::Owner, 0o600), (Readers::All, 0o644)] {
            write_whole(&path, b"{}", readers).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, expected);
        }
        fs::remove_file(&path).unwrap();
        assert!(write_whole(Path::new("/nowhere/at/all"), b"", Readers::All).is_err());
        assert!(write_whole(Path::new("/"), b"", Readers::All).is_err());
    }
}
