//! The programs of the READMEs wait in `main`, as readers expect: here each is a task of a runtime with several threads.

use std::{fs, path::Path};

include!(concat!(env!("OUT_DIR"), "/readmes.rs"));

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn the_first_program_can_be_spawned() {
    // Its own test runs it, with the variables that it needs.
    drop(assert_send(first_program::main()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_programs_of_the_crates_are_spawned() {
    // What a program returns need not be `Send`.
    let delivery = tokio::spawn(async { delivery::main().await.map_err(|error| error.to_string()) });
    let testing = tokio::spawn(async { testing::main().await.map_err(|error| error.to_string()) });
    assert_eq!((delivery.await.unwrap(), testing.await.unwrap()), (Ok(()), Ok(())));
}

/// axum's is missing: its router takes only handlers whose futures are `Send`.
#[test]
fn no_readme_with_a_program_that_waits_is_missing() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"));
    let build = fs::read_to_string(examples.join("build.rs")).unwrap();
    let mut count = 0;
    for entry in fs::read_dir(examples.join("../crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let readme = fs::read_to_string(examples.join(format!("../crates/{name}/README.md"))).unwrap_or_default();
        if readme.contains(".await") && name != "customerio-axum" {
            assert!(build.contains(&format!("/{name}/README.md")), "{name}");
            count += 1;
        }
    }
    assert!(count >= 2, "{count}");
}
