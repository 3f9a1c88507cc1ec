//! Pictures of every page, for people to look at.

use std::{env, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    furnish,
    site::Site,
    stage::{PAGES, SIZES, Stage},
};

/// A furnished stage, and the folder that the pictures go to.
async fn prepared() -> (Stage, Site, String) {
    let folder = env::var("SCREENSHOTS").expect("SCREENSHOTS is a folder: run .ci/page");
    fs::create_dir_all(&folder).unwrap();
    let receiver = Site::start().await;
    let stage = Stage::with(furnish::builder().build(), &[]).await;
    furnish::furnish(&stage, &receiver.url("/reports")).await;
    (stage, receiver, folder)
}

/// What is wider than its place in the head of the page, of a list and of what is open.
const CUT_OFF: &str =
    "[document.documentElement, ...document.querySelectorAll('header, header *, h1, h2, .bar, #detail-pane')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1)
    .filter((element) => !element.matches('nav, nav *, select, .hidden'))
    .map((element) => element.outerHTML.slice(0, 120))";

async fn shoot(stage: &Stage, page: &str, file: &Path) {
    stage.open(page).await;
    stage.browser.wait_until_quiet().await;
    let picture = stage.browser.screenshot().await;
    fs::write(file, &picture).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// The request, message or person that a picture shows: the first of the list that is as wanted.
async fn path_of(stage: &Stage, list: &str, id: &str, wanted: impl Fn(&Value) -> bool) -> String {
    let items = stage.items(list).await;
    let item = items.iter().find(|item| wanted(item)).unwrap_or_else(|| panic!("{list}: {items:?}"));
    let id = item[id].as_str().map_or_else(|| item[id].to_string(), str::to_owned);
    format!("{}/{id}", list.split('?').next().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn of_every_page() {
    let (stage, _receiver, folder) = prepared().await;
    let mut pages: Vec<(String, String)> = PAGES.map(|page| (page.to_owned(), page.to_owned())).to_vec();
    for (name, list, id, field, value) in [
        ("requests-refused", "requests", "seq", "verdict", "refused"),
        ("requests-dropped", "requests", "seq", "verdict", "dropped"),
        ("person", "people", "cio_id", "id", "1"),
        ("message-email", "messages", "delivery_id", "template", "receipt"),
        ("message-push", "messages", "delivery_id", "channel", "push"),
        ("message-sms", "messages", "delivery_id", "channel", "sms"),
        ("event", "events", "seq", "name", "purchase"),
        ("webhook", "webhooks", "seq", "metric", "sent"),
    ] {
        pages.push((name.to_owned(), path_of(&stage, list, id, |item| item[field] == value).await));
    }
    for scheme in ["light", "dark"] {
        stage.browser.prefer(scheme).await;
        for (width, height) in SIZES {
            stage.browser.resize(width, height).await;
            for (name, page) in &pages {
                shoot(&stage, page, &Path::new(&folder).join(format!("{name}-{width}-{scheme}.png"))).await;
                let cut = stage.browser.value(CUT_OFF).await;
                assert_eq!(cut, json!([]), "{page}, {width} pixels: parts are cut off");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page --docs"]
async fn of_the_documentation() {
    let (stage, _receiver, folder) = prepared().await;
    stage.browser.resize(1280, 800).await;
    stage.browser.prefer("light").await;
    for (name, page) in [
        ("requests", path_of(&stage, "requests", "seq", |item| item["verdict"] == "dropped").await),
        ("person", path_of(&stage, "people", "cio_id", |item| item["id"] == "1").await),
        ("message", path_of(&stage, "messages", "delivery_id", |item| item["template"] == "receipt").await),
        ("setup", "setup".to_owned()),
    ] {
        shoot(&stage, &page, &Path::new(&folder).join(format!("{name}.png"))).await;
    }
}
