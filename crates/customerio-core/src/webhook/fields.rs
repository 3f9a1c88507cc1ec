//! The data of metrics, described once.

/// The metrics of an object type: an enum of them, and a struct of each one's own data.
///
/// The fields of all metrics are described here, once, because a name means the same wherever it appears.
macro_rules! metrics {
    ($(#[$about:meta])* $metrics:ident {
        $($(#[$doc:meta])* $metric:ident = $name:literal { $($field:ident),* })*
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $metrics {
            $($(#[$doc])* $metric($metric),)*
            /// A metric that this version does not know: [`Event::metric`](super::Event::metric) names it, and
            /// [`Event::json`](super::Event::json) is all of it.
            Unknown,
        }

        impl $metrics {
            pub(super) fn read(metric: &str, data: &crate::fields::Fields<'_>) -> Self {
                match metric {
                    $($name => Self::$metric($metric::read(data)),)*
                    _ => Self::Unknown,
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq)]
            #[non_exhaustive]
            pub struct $metric {
                $(
                    #[doc = crate::webhook::fields::field!(doc $field)]
                    pub $field: crate::webhook::fields::field!(type $field),
                )*
            }

            crate::macros::opaque_debug!($metric);

            impl $metric {
                fn read(data: &crate::fields::Fields<'_>) -> Self {
                    // Some metrics have no data of their own.
                    let _ = data;
                    Self { $($field: crate::webhook::fields::field!(read $field data)),* }
                }
            }
        )*
    };
}

/// What a field is, and its type.
#[rustfmt::skip]
macro_rules! field {
    (doc content) => { "What was sent or chosen, where the webhook's settings ask for body content. An object is in it as JSON text." };
    (doc email_address) => { "The person's e-mail address." };
    (doc failure_message) => { "Why it did not go out or did not arrive." };
    (doc headers) => { "The custom headers, where the webhook's settings ask for body content: by name, the values of each." };
    (doc href) => { "Where the link leads." };
    (doc inbound_event_id) => { "The id of the reply." };
    (doc link_id) => { "The number of the tracked link." };
    (doc machine) => { "Whether a machine clicked, such as a scanner." };
    (doc prefetched) => { "Whether a machine opened it: a mail provider's prefetching, or a user agent that is known to be one." };
    (doc proxied) => { "Whether a proxy opened it, which hides the person's address." };
    (doc recipient) => { "Whom it went to, or for a reply who it came from: an e-mail address, a phone number, a channel, a URL or a person's identifier, as the channel has it." };
    (doc recipients) => { "The devices." };
    (doc subject) => { "The subject line." };
    (doc synthetic) => { "Whether the opening was inferred from a click that came before it." };
    (doc to) => { "The phone number that the person replied to: the sender of the message." };
    (doc tracked_response) => { "The name of the action that was tapped." };

    (type headers) => { std::collections::BTreeMap<String, Vec<String>> };
    (type link_id) => { Option<u64> };
    (type machine) => { Option<bool> };
    (type prefetched) => { Option<bool> };
    (type proxied) => { Option<bool> };
    (type recipients) => { Vec<Recipient> };
    (type synthetic) => { Option<bool> };
    (type $text:ident) => { Option<String> };

    (read content $data:ident) => { $data.text("content") };
    (read $field:ident $data:ident) => { $data.read(stringify!($field)) };
}

pub(super) use {field, metrics};
