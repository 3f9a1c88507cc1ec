//! The certificate authority of this machine: where it is, and the command `ca`.

use std::{
    env,
    path::{Path, PathBuf},
};

use customerio_emulator::Authority;

use crate::{
    args::{Ca, serve::CaFolder},
    failure::{Failure, io_failure},
};

pub(crate) fn run(ca: &Ca) -> Result<(), Failure> {
    let folder = folder(&ca.folder)?;
    let make = if ca.renew { Authority::renew } else { Authority::open };
    let authority = make(&folder, &ca.names.allow_host).map_err(io_failure(folder.display()))?;
    println!("{}", authority.certificate_path().display());
    Ok(())
}

pub(crate) fn open(folder: &Path, names: &[String]) -> Result<Authority, Failure> {
    Authority::open(folder, names).map_err(|error| {
        let folder = folder.display();
        Failure::general(format!(
            "https needs a certificate authority in {folder}: {error}; name another folder with --ca-dir, or use --no-https"
        ))
    })
}

/// Where the authority is kept: one for all that the user runs here.
pub(crate) fn folder(named: &CaFolder) -> Result<PathBuf, Failure> {
    if let Some(named) = &named.ca_dir {
        return Ok(named.clone());
    }
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = absolute("XDG_DATA_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| Some(absolute("HOME")?.join(".local/share")))
        .ok_or_else(|| {
            Failure::general(
                "there is no HOME for the certificate authority: name a folder with --ca-dir, or use --no-https",
            )
        })?;
    Ok(data.join("customerio-emulator"))
}
