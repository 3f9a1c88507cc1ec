//! `dump`: a workspace as a seed folder, or as the document of that.

use customerio_emulator::Seed;
use http::Method;

use crate::{
    args::control::Dump,
    control::http::Emulator,
    failure::{Failure, io_failure},
};

pub(crate) async fn run(dump: Dump) -> Result<(), Failure> {
    let emulator = Emulator::new(&dump.target)?;
    let document = emulator.call(Method::GET, "seed", &[], None).await?;
    match &dump.folder {
        Some(folder) => {
            let seed = Seed::from_json(&document.to_string()).map_err(|error| Failure::general(error.to_string()))?;
            seed.write_to(folder).map_err(io_failure(folder.display()))?;
            println!("{}", folder.display());
        }
        None => println!("{document:#}"),
    }
    Ok(())
}
