//! The page in a real Chromium, which chromedriver drives. `.ci/page` installs what this needs and runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and so do its helpers")]

mod access;
mod furnish;
mod hostile_email;
mod http;
mod live;
mod many;
mod other_sites;
mod requests;
mod screenshots;
mod setup;
mod site;
mod stage;
mod text;
mod unwanted;
mod webdriver;
mod workspace;
