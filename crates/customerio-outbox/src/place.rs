//! Which store is meant.

use std::{
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

use crate::{args::Global, failure::Failure};

const SQLITE: &str = "CUSTOMERIO_OUTBOX_SQLITE";
const POSTGRES: &str = "CUSTOMERIO_OUTBOX_POSTGRES";
const CA: &str = "CUSTOMERIO_OUTBOX_CA";

/// Which store is meant.
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres {
        /// It may have a password.
        url: String,
        ca: Option<PathBuf>,
    },
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres { ca, .. } => f.debug_struct("Postgres").field("ca", ca).finish_non_exhaustive(),
        }
    }
}

/// A flag, or a variable where there is no flag.
pub(crate) fn of(global: &Global) -> Result<Place, Failure> {
    chosen(global, |name| env::var_os(name).filter(|value| !value.is_empty()))
}

fn chosen(global: &Global, variable: impl Fn(&str) -> Option<OsString>) -> Result<Place, Failure> {
    let ca = || global.ca.clone().or_else(|| variable(CA).map(PathBuf::from));
    let sqlite = |path: &Path| Place::Sqlite(path.to_owned());
    let postgres = |url: &str| Place::Postgres { url: url.to_owned(), ca: ca() };
    match (&global.sqlite, &global.postgres) {
        (Some(path), _) => return Ok(sqlite(path)),
        (None, Some(url)) => return Ok(postgres(url)),
        (None, None) => {}
    }
    match (variable(SQLITE), variable(POSTGRES)) {
        (Some(_), Some(_)) => Err(Failure::usage(format!("both {SQLITE} and {POSTGRES} are set: unset one of them"))),
        (Some(path), None) => Ok(sqlite(Path::new(&path))),
        (None, Some(url)) => {
            let url = url.to_str().ok_or_else(|| Failure::usage(format!("{POSTGRES} is not UTF-8")))?;
            Ok(postgres(url))
        }
        (None, None) => Err(Failure::usage(format!(
            "no store is named: give --sqlite PATH or --postgres URL, or set {SQLITE} or {POSTGRES}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_overrides_both_variables() {
        let global = |sqlite: Option<&str>, postgres: Option<&str>| Global {
            sqlite: sqlite.map(PathBuf::from),
            postgres: postgres.map(str::to_owned),
            ca: None,
            json: false,
        };
        let both = |_: &str| Some(OsString::from("of-the-variable"));
        let one = |wanted: &'static str| move |name: &str| (name == wanted).then(|| OsString::from("of-the-variable"));
        let shown = |place: Result<Place, Failure>| match place {
            Ok(Place::Sqlite(path)) => format!("sqlite {}", path.display()),
            Ok(Place::Postgres { url, ca }) => format!("postgres {url} {ca:?}"),
            Err(failure) => failure.to_string(),
        };
        assert_eq!(shown(chosen(&global(Some("a.db"), None), both)), "sqlite a.db");
        assert_eq!(shown(chosen(&global(None, Some("b")), |_| None)), "postgres b None");
        assert_eq!(shown(chosen(&global(None, None), one(SQLITE))), "sqlite of-the-variable");
        assert_eq!(shown(chosen(&global(None, None), one(POSTGRES))), "postgres of-the-variable None");
        assert!(shown(chosen(&global(None, Some("b")), both)).contains(r#"Some("of-the-variable")"#));
        assert!(shown(chosen(&global(None, None), both)).contains("unset one"));
        assert!(shown(chosen(&global(None, None), |_| None)).contains("no store is named"));
    }

    #[test]
    fn a_password_is_not_in_debug_output() {
        let place = Place::Postgres { url: "postgres://shop:secret@db/shop".to_owned(), ca: None };
        assert!(!format!("{place:?}").contains("secret"));
    }
}
