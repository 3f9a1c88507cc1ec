//! That the page can be used by all, by axe, and that it asks nobody else for anything.

use std::{env, fs, time::Instant};

use customerio_emulator::Emulator;
use serde_json::json;

use crate::{
    furnish,
    site::Site,
    stage::{SIZES, Stage},
    webdriver::Browser,
};

/// What axe finds in what is shown: how bad each thing is, and what it is.
async fn look(browser: &Browser) -> Vec<(String, String)> {
    // What an e-mail has is its own affair.
    let results = browser
        .run("return axe.run({exclude: ['iframe']}, {iframes: false, resultTypes: ['violations']})", json!([]))
        .await;
    assert!(results["passes"].as_array().is_some_and(|passes| passes.len() > 10), "axe did not look");
    let violations = results["violations"].as_array().unwrap().iter().map(|violation| {
        let [impact, id, help] = ["impact", "id", "help"].map(|field| violation[field].as_str().unwrap_or("?"));
        let html = violation["nodes"][0]["html"].as_str().unwrap_or_default();
        (impact.to_owned(), format!("{id}: {help}: {html:.300}"))
    });
    violations.collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn axe_finds_nothing_serious_in_light_and_in_dark() {
    let axe = env::var("AXE").expect("AXE is a file: run .ci/page");
    let axe = fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{axe}: {error}"));
    let receiver = Site::start().await;
    let stage = Stage::with(furnish::builder().build(), &[]).await;
    furnish::furnish(&stage, &receiver.url("/reports")).await;
    let browser = &stage.browser;
    let mut found = Vec::new();
    let started = Instant::now();
    let pages = stage.pages().await;
    for (width, height) in SIZES {
        browser.resize(width, height).await;
        for page in &pages {
            stage.open(page).await;
            browser.wait_until_quiet().await;
            // As a debugger would: the page's own policy does not let it in, and stays as it is.
            browser.run(&format!("if (!window.axe) {{ {axe} }}"), json!([])).await;
            for scheme in ["light", "dark"] {
                browser.prefer(scheme).await;
                for (impact, finding) in look(browser).await {
                    let line = format!("{page}, {width} pixels, {scheme}: {impact}: {finding}");
                    println!("{line}");
                    if ["serious", "critical"].contains(&&*impact) {
                        found.push(line);
                    }
                }
            }
        }
    }
    println!("axe has looked at {} pages in {} ways in {:?}", pages.len(), SIZES.len() * 2, started.elapsed());
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn the_page_needs_nobody_else() {
    // What is not for this machine goes by way of the proxy, which notes it.
    let (proxy, receiver) = (Site::start().await, Site::start().await);
    let stage = Stage::with(Emulator::new(), &[format!("--proxy-server={}", proxy.url(""))]).await;
    furnish::furnish(&stage, &receiver.url("/reports")).await;
    let browser = &stage.browser;
    for page in stage.pages().await {
        stage.open(&page).await;
        browser.wait_until_quiet().await;
    }
    let asked: Vec<String> = browser
        .take_network_log()
        .await
        .into_iter()
        .filter_map(|(name, event)| {
            let url = event["request"]["url"].as_str()?;
            (name == "Network.requestWillBeSent").then(|| url.to_owned())
        })
        .collect();
    let own = stage.url("/_emulator/");
    assert!(asked.iter().any(|url| url.starts_with(&own)), "{asked:?}");
    let foreign: Vec<_> = asked.iter().filter(|url| !url.starts_with(&own) && !url.starts_with("data:")).collect();
    assert!(foreign.is_empty(), "the page has asked for {foreign:?}");

    // The worker's requests are in no tab's log. Chromium has some of its own, to its maker.
    browser.open("http://shop.example/last").await;
    proxy.wait_until_asked_for("http://shop.example/last").await;
    let of_chromium = [".google.com", ".googleapis.com", ".gvt1.com", "shop.example"];
    let hits = proxy.hits();
    let foreign: Vec<_> = hits.iter().filter(|hit| !of_chromium.iter().any(|host| hit.target.contains(host))).collect();
    assert!(foreign.is_empty(), "the page has asked for {foreign:?}");
}
