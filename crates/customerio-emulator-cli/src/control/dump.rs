//! `dump`: a workspace as a seed folder, or as one document.

use http::Method;

use crate::{args::control::Dump, control::http::Emulator, failure::Failure, folder};

pub(crate) async fn run(dump: Dump) -> Result<(), Failure> {
    let emulator = Emulator::new(&dump.target)?;
    let document = emulator.call(Method::GET, "state", &[], None).await?;
    match &dump.folder {
        Some(folder) => {
            folder::write(folder, &document)?;
            println!("{}", folder.display());
        }
        None => println!("{document:#}"),
    }
    Ok(())
}
