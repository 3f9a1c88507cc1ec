//! An e-mail client on a device, as responses have it.

use crate::{
    PreviewClientId,
    entity::{entity, open_enum},
    page::listed,
};

entity! {
    /// An e-mail client on a device, for which there can be previews.
    pub struct PreviewClient: Debug {
        /// The id, which [`Submit`](super::Submit) takes.
        pub id: PreviewClientId,
        /// The name.
        pub client: Option<String>,
        /// The category of the client.
        pub category: Option<DeviceCategory>,
        /// The operating system that it runs on.
        pub os: Option<String>,
        /// The browser that it runs in.
        pub browser: Option<String>,
    }
}

listed!(PreviewClient in "clients" = r#"{"id":"gmail_chrome","client":"Gmail","category":"Web","browser":"Chrome"}"#);

open_enum! {
    /// A category of e-mail clients.
    pub enum DeviceCategory {
        /// One on a phone or a tablet.
        Mobile = "Mobile",
        /// One on a computer.
        Application = "Application",
        /// One in a browser.
        Web = "Web",
    }
}
