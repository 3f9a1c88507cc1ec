//! The context of a call: the page, the app, the device, the campaign.
//!
//! <https://docs.customer.io/integrations/api/cdp/>

use serde::{Serialize, Serializer};

use super::pairs::Pairs;
use crate::{
    BuildError, Platform,
    json::{Attributes, Writer},
    macros::{opaque_debug, setters},
    text::Text,
};

/// The context of a call: entries that Customer.io knows by name, and any others.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::{Context, Track, context::Page}};
/// use serde_json::json;
///
/// let page = Page::new().with_url("https://example.com/pricing");
/// let context = Context::new().with_page(page).with_custom(json!({"timezone": "Europe/Paris"}));
/// let track = Track::new("42", "signed_up").with_context(context);
/// let request = Prepared::new(track, &Limits::default())?;
/// let expected =
///     br#""context":{"page":{"url":"https://example.com/pricing"},"timezone":"Europe/Paris"}}"#;
/// assert!(request.body().ends_with(expected));
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// An empty context is not sent.
#[derive(Clone, Default)]
pub struct Context {
    active: Option<bool>,
    ip: Option<Text>,
    locale: Option<Text>,
    user_agent: Option<Text>,
    channel: Option<Channel>,
    // Apart, because they are large and most contexts have none.
    campaign: Option<Box<Campaign>>,
    page: Option<Box<Page>>,
    device: Option<Box<Device>>,
    app: Option<App>,
    network: Option<Network>,
    os: Option<Os>,
    library: Option<Library>,
    custom: Option<Attributes>,
}

impl Context {
    /// Creates an empty context.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Custom entries: anything that serialises as an object. They are encoded here; what cannot be encoded is an error
    /// when the request is built.
    ///
    /// They must not include what a setter of this type has set, nor `library`, which every call gets.
    #[must_use]
    pub fn with_custom(mut self, custom: impl Serialize) -> Self {
        self.custom = Some(Attributes::new("the context", &custom));
        self
    }

    setters! {
        /// Whether the person is active: `false` if their traits change without them.
        with_active, active: bool;
        /// The person's IP address.
        with_ip, ip: text;
        /// The person's language, such as `en-US`.
        with_locale, locale: text;
        /// The user agent of the person's device.
        with_user_agent, user_agent: text;
        /// Sets the channel that the call came from.
        with_channel, channel: Channel;
        /// The app that the person used.
        with_app, app: App;
        /// The network that the device was in.
        with_network, network: Network;
        /// The operating system of the device.
        with_os, os: Os;
        /// The library that made the call, instead of this one.
        with_library, library: Library;
    }

    /// The campaign that led to the call.
    #[must_use]
    pub fn with_campaign(mut self, campaign: Campaign) -> Self {
        self.campaign = Some(Box::new(campaign));
        self
    }

    /// The web page that the person was on.
    #[must_use]
    pub fn with_page(mut self, page: Page) -> Self {
        self.page = Some(Box::new(page));
        self
    }

    /// The device that the person used.
    #[must_use]
    pub fn with_device(mut self, device: Device) -> Self {
        self.device = Some(Box::new(device));
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(
            self,
            Self {
                active: None,
                ip: None,
                locale: None,
                user_agent: None,
                channel: None,
                campaign: None,
                page: None,
                device: None,
                app: None,
                network: None,
                os: None,
                library: None,
                custom: None,
            }
        )
    }

    pub(super) fn set_device(&mut self, device: Box<Device>) {
        self.device = Some(device);
    }

    pub(super) fn set_library(&mut self, library: Library) {
        self.library = Some(library);
    }

    pub(super) fn has_device(&self) -> bool {
        self.device.is_some()
    }

    pub(super) fn has_library(&self) -> bool {
        self.library.is_some()
    }

    /// The context as an object. An entry that is set twice is refused.
    pub(super) fn encode(&mut self) -> Result<Vec<u8>, BuildError> {
        let mut context = Writer::before(self.custom.take().unwrap_or(Attributes::empty()))?;
        context.optional("active", &self.active)?;
        context.optional("ip", &self.ip)?;
        context.optional("locale", &self.locale)?;
        context.optional("userAgent", &self.user_agent)?;
        context.optional("channel", &self.channel)?;
        context.optional("campaign", &self.campaign)?;
        context.optional("page", &self.page)?;
        context.optional("app", &self.app)?;
        context.optional("device", &self.device)?;
        context.optional("network", &self.network)?;
        context.optional("os", &self.os)?;
        context.optional("library", &self.library)?;
        Ok(context.merge())
    }
}

opaque_debug!(Context);

/// The channel that a call came from.
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

/// A part of a context: an object of optional fields. What its setters take is as in [`setters!`], and `texts` is a list of
/// anything that turns into a string.
macro_rules! part {
    (@type text) => { Text };
    (@type texts) => { Vec<Text> };
    (@type $type:tt) => { $type };
    (@setter $(#[$doc:meta])* $method:ident $field:ident texts) => {
        $(#[$doc])*
        #[must_use]
        pub fn $method(mut self, values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
            self.$field = Some(values.into_iter().map(Text::new).collect());
            self
        }
    };
    (@setter $(#[$doc:meta])* $method:ident $field:ident $kind:tt) => {
        setters! { $(#[$doc])* $method, $field: $kind; }
    };
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $method:ident, $field:ident: $kind:tt;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(#[serde(skip_serializing_if = "Option::is_none")] $field: Option<part!(@type $kind)>,)*
        }

        impl $name {
            /// Creates one with nothing set.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(part! { @setter $(#[$doc])* $method $field $kind })*
        }

        opaque_debug!($name);
    };
}

part! {
    /// The web page that a person was on.
    Page {
        /// The path of its URL, as of `location.pathname`.
        with_path, path: text;
        /// The whole URL of the page before it.
        with_referrer, referrer: text;
        /// The query of its URL, with the question mark.
        with_search, search: text;
        /// The title.
        with_title, title: text;
        /// The whole URL; the canonical one if it has one.
        with_url, url: text;
        /// Sets the keywords of the page.
        with_keywords, keywords: texts;
    }
}

part! {
    /// The app that a person used.
    App {
        /// The name.
        with_name, name: text;
        /// The version.
        with_version, version: text;
        /// The build number.
        with_build, build: text;
        /// The bundle id or package name.
        with_namespace, namespace: text;
    }
}

part! {
    /// The device that a person used.
    Device {
        /// The id.
        with_id, id: text;
        /// The id for advertising.
        with_advertising_id, advertising_id: text;
        /// Sets the manufacturer.
        with_manufacturer, manufacturer: text;
        /// The model.
        with_model, model: text;
        /// The name.
        with_name, name: text;
        /// The platform, sent as `type`.
        with_platform, r#type: Platform;
        /// The version of its firmware.
        with_version, version: text;
        /// The token for push notifications.
        with_token, token: text;
    }
}

impl Device {
    /// Creates a device with this token for push notifications.
    #[must_use]
    pub fn push(token: impl AsRef<str>, platform: Platform) -> Self {
        Self::new().with_token(token).with_platform(platform)
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

part! {
    /// The network that a device was in. A device that is neither in a cellular network nor in a Wi-Fi is offline.
    Network {
        /// Whether Bluetooth is on.
        with_bluetooth, bluetooth: bool;
        /// The carrier.
        with_carrier, carrier: text;
        /// Whether the cellular connection is on.
        with_cellular, cellular: bool;
        /// Whether the Wi-Fi connection is on.
        with_wifi, wifi: bool;
    }
}

part! {
    /// An operating system.
    Os {
        /// The name.
        with_name, name: text;
        /// The version.
        with_version, version: text;
    }
}

part! {
    /// A library that makes calls.
    Library {
        /// The name.
        with_name, name: text;
        /// The version.
        with_version, version: text;
    }
}

impl Library {
    /// This one.
    pub(super) fn this() -> Self {
        Self::new().with_name("customerio-rust").with_version(env!("CARGO_PKG_VERSION"))
    }
}

/// The context of a call that has only the library which made it, as it is beside the other fields of a call.
pub(super) const LIBRARY: &str =
    concat!(r#","context":{"library":{"name":"customerio-rust","version":""#, env!("CARGO_PKG_VERSION"), r#""}}"#);

/// The campaign that led to a call, usually from the UTM parameters of a link.
#[derive(Clone, Default, PartialEq, Eq)]
#[doc(alias = "utm")]
pub struct Campaign {
    name: Option<Text>,
    source: Option<Text>,
    medium: Option<Text>,
    term: Option<Text>,
    content: Option<Text>,
    others: Vec<(Text, Text)>,
}

impl Campaign {
    /// Creates a campaign with nothing set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The name: `utm_campaign`.
        with_name, name: text;
        /// Sets where the person came from: `utm_source`.
        with_source, source: text;
        /// The medium, such as `email`: `utm_medium`.
        with_medium, medium: text;
        /// The keywords: `utm_term`.
        with_term, term: text;
        /// Which of several links: `utm_content`.
        with_content, content: text;
    }

    /// Other parameters, each by its name without the prefix `utm_`.
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        self.others = others.into_iter().map(|(name, value)| (Text::new(name), Text::new(value))).collect();
        self
    }
}

impl Serialize for Campaign {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, source, medium, term, content, others } = self;
        let named = [("name", name), ("source", source), ("medium", medium), ("term", term), ("content", content)];
        let named = named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        let others = others.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Pairs(named.chain(others).collect()).serialize(serializer)
    }
}

opaque_debug!(Campaign);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(mut context: Context) -> String {
        String::from_utf8(context.encode().unwrap()).unwrap()
    }

    #[test]
    fn all_that_a_context_can_say() {
        let campaign = Campaign::new()
            .with_name("spring")
            .with_source("newsletter")
            .with_medium("email")
            .with_term("socks")
            .with_content("top")
            .with_others([("id", "7")]);
        let page = Page::new()
            .with_path("/pricing")
            .with_referrer("https://example.org/")
            .with_search("?q=1")
            .with_title("Pricing")
            .with_url("https://example.com/pricing?q=1")
            .with_keywords(["price"]);
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
            .with_custom(json!({"timezone": "Europe/Paris"}));
        assert_eq!(
            text(context),
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
    fn what_would_lose_data_is_refused() {
        let campaign = Campaign::new().with_name("a").with_others([("name", "b")]);
        for (mut context, expected) in [
            (
                Context::new().with_ip("203.0.113.8").with_custom(json!({"ip": "203.0.113.7"})),
                "`ip` is set both by a setter and in the attributes",
            ),
            (Context::new().with_campaign(campaign), "`campaign` cannot be encoded: `name` is given twice"),
            (Context::new().with_custom([1]), "the context must be an object, not a list"),
        ] {
            assert_eq!(context.encode().unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn the_text_of_a_context_with_this_library_alone_is_ready() {
        let context = text(Context::new().with_library(Library::this()));
        assert_eq!(LIBRARY, format!(r#","context":{context}"#));
    }

    #[test]
    fn one_that_says_nothing_is_empty() {
        assert!(Context::default().is_empty());
        assert!(!Context::new().with_active(true).is_empty());
        assert!(!Context::new().with_custom(json!({"timezone": "UTC"})).is_empty());
    }
}
