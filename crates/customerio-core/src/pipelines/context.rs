//! What surrounded a call: the page, the app, the device, the campaign.
//!
//! <https://docs.customer.io/integrations/api/cdp/>

use serde::{Serialize, Serializer};

use super::pairs::Pairs;
use crate::{
    Nothing, Platform,
    json::Fields,
    macros::{opaque_debug, setters},
};

/// What surrounded a call: what Customer.io knows by name, and anything else.
///
/// ```
/// use customerio_core::pipelines::{Context, Track, context::Page};
/// use serde_json::json;
///
/// let custom = json!({"timezone": "Europe/Paris"});
/// let page = Page::new().with_url("https://example.com/pricing");
/// let context = Context::new().with_ip("203.0.113.7").with_page(page).with_custom(&custom);
/// let track = Track::new("42", "signed_up").with_context(context);
/// # let _ = track;
/// ```
///
/// A context that says nothing is not sent.
pub struct Context<'a, C: ?Sized = Nothing> {
    known: Known<'a>,
    custom: Option<&'a C>,
}

/// The entries that mean something to Customer.io.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Known<'a> {
    active: Option<bool>,
    ip: Option<&'a str>,
    locale: Option<&'a str>,
    user_agent: Option<&'a str>,
    channel: Option<Channel>,
    campaign: Option<Campaign<'a>>,
    page: Option<Page<'a>>,
    app: Option<App<'a>>,
    device: Option<Device<'a>>,
    network: Option<Network<'a>>,
    os: Option<Os<'a>>,
    library: Option<Library<'a>>,
}

impl Context<'_> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { known: Known::default(), custom: None }
    }
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, C: ?Sized> Context<'a, C> {
    /// Entries of your own: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them, nor `library`, which every call gets.
    #[must_use]
    pub fn with_custom<D: Serialize + ?Sized>(self, custom: &'a D) -> Context<'a, D> {
        Context { known: self.known, custom: Some(custom) }
    }

    setters! {
        /// Whether the person is active: `false` where their traits change and they were not there.
        with_active, known.active: bool;
        /// The person's IP address.
        with_ip, known.ip: &'a str;
        /// The person's language, such as `en-US`.
        with_locale, known.locale: &'a str;
        /// The user agent of the person's device.
        with_user_agent, known.user_agent: &'a str;
        /// Where the call came from.
        with_channel, known.channel: Channel;
        /// The campaign that the call came of.
        with_campaign, known.campaign: Campaign<'a>;
        /// The web page that the person was on.
        with_page, known.page: Page<'a>;
        /// The app that the person used.
        with_app, known.app: App<'a>;
        /// The device that the person used.
        with_device, known.device: Device<'a>;
        /// The network that the device was in.
        with_network, known.network: Network<'a>;
        /// The operating system of the device.
        with_os, known.os: Os<'a>;
        /// The library that made the call, instead of this one.
        with_library, known.library: Library<'a>;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known == Known::default() && self.custom.is_none()
    }

    pub(super) fn has_device(&self) -> bool {
        self.known.device.is_some()
    }

    pub(super) fn has_library(&self) -> bool {
        self.known.library.is_some()
    }

    /// The context with what it does not have yet.
    pub(super) fn or(&self, device: Option<Device<'a>>, library: Option<Library<'a>>) -> Self {
        let Self { known, custom } = *self;
        Self { known: Known { device: known.device.or(device), library: known.library.or(library), ..known }, custom }
    }
}

impl<C: Serialize + ?Sized> Serialize for Context<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = &self.known;
        let mut fields = Fields::new(serializer)?;
        fields.optional("active", known.active.as_ref())?;
        fields.optional("ip", known.ip.as_ref())?;
        fields.optional("locale", known.locale.as_ref())?;
        fields.optional("userAgent", known.user_agent.as_ref())?;
        fields.optional("channel", known.channel.as_ref())?;
        fields.optional("campaign", known.campaign.as_ref())?;
        fields.optional("page", known.page.as_ref())?;
        fields.optional("app", known.app.as_ref())?;
        fields.optional("device", known.device.as_ref())?;
        fields.optional("network", known.network.as_ref())?;
        fields.optional("os", known.os.as_ref())?;
        fields.optional("library", known.library.as_ref())?;
        if let Some(custom) = self.custom {
            fields.rest(custom)?;
        }
        fields.end()
    }
}

opaque_debug!([C: ?Sized] Context<'_, C>);

/// Where a call came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Channel {
    /// A web browser.
    Browser,
    /// A server.
    Server,
    /// An app.
    Mobile,
}

/// A part of a context: an object of optional fields.
macro_rules! part {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $method:ident, $field:ident: $type:ty;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name<'a> {
            $(#[serde(skip_serializing_if = "Option::is_none")] $field: Option<$type>,)*
        }

        impl<'a> $name<'a> {
            /// Nothing yet.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            setters! { $($(#[$doc])* $method, $field: $type;)* }
        }

        opaque_debug!($name<'_>);
    };
}

part! {
    /// The web page that a person was on.
    Page {
        /// The path of its URL, as of `location.pathname`.
        with_path, path: &'a str;
        /// The whole URL of the page before it.
        with_referrer, referrer: &'a str;
        /// The query of its URL, with the question mark.
        with_search, search: &'a str;
        /// Its title.
        with_title, title: &'a str;
        /// Its whole URL; the canonical one where it has one.
        with_url, url: &'a str;
        /// What it is about, as keywords.
        with_keywords, keywords: &'a [&'a str];
    }
}

part! {
    /// The app that a person used.
    App {
        /// Its name.
        with_name, name: &'a str;
        /// Its version.
        with_version, version: &'a str;
        /// Its build number.
        with_build, build: &'a str;
        /// Its bundle id or package name.
        with_namespace, namespace: &'a str;
    }
}

part! {
    /// The device that a person used.
    Device {
        /// Its id.
        with_id, id: &'a str;
        /// Its id for advertising.
        with_advertising_id, advertising_id: &'a str;
        /// Who made it.
        with_manufacturer, manufacturer: &'a str;
        /// Its model.
        with_model, model: &'a str;
        /// Its name.
        with_name, name: &'a str;
        /// Its platform, sent as `type`.
        with_platform, r#type: Platform;
        /// The version of its firmware.
        with_version, version: &'a str;
        /// Its token for push notifications.
        with_token, token: &'a str;
    }
}

impl<'a> Device<'a> {
    /// A device by its token for push notifications.
    #[must_use]
    pub fn push(token: &'a str, platform: Platform) -> Self {
        Self::new().with_token(token).with_platform(platform)
    }

    pub(super) fn token(&self) -> Option<&'a str> {
        self.token
    }
}

part! {
    /// The network that a device was in. A device that is neither in a cellular network nor in a Wi-Fi is offline.
    Network {
        /// Whether Bluetooth is on.
        with_bluetooth, bluetooth: bool;
        /// The carrier.
        with_carrier, carrier: &'a str;
        /// Whether the cellular connection is on.
        with_cellular, cellular: bool;
        /// Whether the Wi-Fi connection is on.
        with_wifi, wifi: bool;
    }
}

part! {
    /// An operating system.
    Os {
        /// Its name.
        with_name, name: &'a str;
        /// Its version.
        with_version, version: &'a str;
    }
}

part! {
    /// A library that makes calls.
    Library {
        /// Its name.
        with_name, name: &'a str;
        /// Its version.
        with_version, version: &'a str;
    }
}

impl Library<'static> {
    /// This one.
    pub(super) fn this() -> Self {
        Self::new().with_name("customerio-rust").with_version(env!("CARGO_PKG_VERSION"))
    }
}

/// The campaign that a call came of, mostly the UTM parameters of a link.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Campaign<'a> {
    name: Option<&'a str>,
    source: Option<&'a str>,
    medium: Option<&'a str>,
    term: Option<&'a str>,
    content: Option<&'a str>,
    others: Option<&'a [(&'a str, &'a str)]>,
}

impl<'a> Campaign<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Its name: `utm_campaign`.
        with_name, name: &'a str;
        /// Where the person came from: `utm_source`.
        with_source, source: &'a str;
        /// By which way, such as `email`: `utm_medium`.
        with_medium, medium: &'a str;
        /// The keywords: `utm_term`.
        with_term, term: &'a str;
        /// Which of several links: `utm_content`.
        with_content, content: &'a str;
        /// Other parameters, each by its name without the prefix `utm_`.
        with_others, others: &'a [(&'a str, &'a str)];
    }
}

impl Serialize for Campaign<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.optional("name", self.name.as_ref())?;
        fields.optional("source", self.source.as_ref())?;
        fields.optional("medium", self.medium.as_ref())?;
        fields.optional("term", self.term.as_ref())?;
        fields.optional("content", self.content.as_ref())?;
        fields.rest(&Pairs(self.others.unwrap_or_default()))?;
        fields.end()
    }
}

opaque_debug!(Campaign<'_>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_that_a_context_can_say() {
        let custom = json!({"timezone": "Europe/Paris"});
        let campaign = Campaign::new()
            .with_name("spring")
            .with_source("newsletter")
            .with_medium("email")
            .with_term("socks")
            .with_content("top")
            .with_others(&[("id", "7")]);
        let page = Page::new()
            .with_path("/pricing")
            .with_referrer("https://example.org/")
            .with_search("?q=1")
            .with_title("Pricing")
            .with_url("https://example.com/pricing?q=1")
            .with_keywords(&["price"]);
        let device = Device::push("t", Platform::Ios)
            .with_id("d")
            .with_advertising_id("ad")
            .with_manufacturer("Apple")
            .with_model("iPhone17,1")
            .with_name("mine")
            .with_version("18.2");
        let context = Context::new()
            .with_active(false)
            .with_ip("203.0.113.7")
            .with_locale("en-US")
            .with_user_agent("Mozilla/5.0")
            .with_channel(Channel::Mobile)
            .with_campaign(campaign)
            .with_page(page)
            .with_app(App::new().with_name("shop").with_version("2.1").with_build("77").with_namespace("com.example"))
            .with_device(device)
            .with_network(Network::new().with_bluetooth(false).with_carrier("T").with_cellular(true).with_wifi(false))
            .with_os(Os::new().with_name("iOS").with_version("18.2"))
            .with_library(Library::new().with_name("mine").with_version("1"))
            .with_custom(&custom);
        assert_eq!(
            serde_json::to_string(&context).unwrap(),
            "{\"active\":false,\"ip\":\"203.0.113.7\",\"locale\":\"en-US\",\"userAgent\":\"Mozilla/5.0\",\
             \"channel\":\"mobile\",\
             \"campaign\":{\"name\":\"spring\",\"source\":\"newsletter\",\"medium\":\"email\",\"term\":\"socks\",\
             \"content\":\"top\",\"id\":\"7\"},\
             \"page\":{\"path\":\"/pricing\",\"referrer\":\"https://example.org/\",\"search\":\"?q=1\",\
             \"title\":\"Pricing\",\"url\":\"https://example.com/pricing?q=1\",\"keywords\":[\"price\"]},\
             \"app\":{\"name\":\"shop\",\"version\":\"2.1\",\"build\":\"77\",\"namespace\":\"com.example\"},\
             \"device\":{\"id\":\"d\",\"advertisingId\":\"ad\",\"manufacturer\":\"Apple\",\"model\":\"iPhone17,1\",\
             \"name\":\"mine\",\"type\":\"ios\",\"version\":\"18.2\",\"token\":\"t\"},\
             \"network\":{\"bluetooth\":false,\"carrier\":\"T\",\"cellular\":true,\"wifi\":false},\
             \"os\":{\"name\":\"iOS\",\"version\":\"18.2\"},\
             \"library\":{\"name\":\"mine\",\"version\":\"1\"},\
             \"timezone\":\"Europe/Paris\"}"
        );
    }

    #[test]
    fn an_entry_does_not_stand_twice() {
        let custom = json!({"ip": "203.0.113.7"});
        let error = serde_json::to_string(&Context::new().with_ip("203.0.113.8").with_custom(&custom)).unwrap_err();
        assert!(error.to_string().starts_with("`ip` is given twice"), "{error}");
        let error = serde_json::to_string(&Campaign::new().with_name("a").with_others(&[("name", "b")])).unwrap_err();
        assert!(error.to_string().starts_with("`name` is given twice"), "{error}");
    }

    #[test]
    fn one_that_says_nothing_is_empty() {
        assert!(Context::default().is_empty());
        assert!(!Context::new().with_active(true).is_empty());
        assert!(!Context::new().with_custom(&json!({"timezone": "UTC"})).is_empty());
    }
}
