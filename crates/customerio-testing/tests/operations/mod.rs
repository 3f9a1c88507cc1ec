//! Which operations there are, by the source of core.

use std::{collections::BTreeSet, fs, path::Path};

/// The [`Operation::NAME`](customerio_core::Operation::NAME) of each.
pub(crate) fn names() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // From whichever crate of the workspace asks.
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../customerio-core/src"), &mut found);
    assert!(found.len() > 20, "the operations were not found: {found:?}");
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        // The types of these folders get their names from a macro: one action a file, and the name is the path.
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let file = path.file_stem().unwrap().to_str().unwrap();
        if path.components().any(|part| part.as_os_str() == "v2")
            && matches!(folder, "person" | "object" | "delivery")
            && !matches!(file, "mod" | "event_body")
        {
            found.insert(format!("track.v2.{folder}.{file}"));
        }
        let pipelines = (folder == "pipelines").then(|| format!("pipelines.{file}"));
        found.extend(pipelines.filter(|name| text.contains(&format!("\"{name}\""))));
        let constants = text.lines().filter_map(|line| line.strip_prefix("    const NAME: &'static str = \""));
        found.extend(constants.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
}
