//! What requests that write an e-mail have in common.

/// The most characters of an e-mail's name.
pub(super) const NAME: usize = 255;

/// How long writing an e-mail may take: it can be several hundred kilobytes.
pub(super) const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// Setters of the fields `content`, `envelope` and `transformers`, of those that are named.
macro_rules! part_setters {
    () => {};
    (content $($rest:ident)*) => {
        /// Sets the content. Parts of a content from a response that this version does not know are left out.
        #[must_use]
        pub fn with_content(mut self, mut content: $crate::app::design_studio::emails::Content) -> Self {
            $crate::app::design_studio::emails::settings::Known::retain_known(&mut content);
            self.content = Some(content);
            self
        }
        $crate::app::design_studio::emails::parts::part_setters!($($rest)*);
    };
    (envelope $($rest:ident)*) => {
        $crate::macros::setters! {
            /// Sets the sender and the recipients.
            with_envelope, envelope: into $crate::app::design_studio::emails::EnvelopeUpdate;
        }
        $crate::app::design_studio::emails::parts::part_setters!($($rest)*);
    };
    (transformers $($rest:ident)*) => {
        /// The transformations of its HTML. Of one that was read, what this version does not know is left out.
        #[must_use]
        pub fn with_transformers(
            mut self,
            mut transformers: $crate::app::design_studio::emails::Transformers,
        ) -> Self {
            $crate::app::design_studio::emails::settings::Known::retain_known(&mut transformers);
            self.transformers = Some(transformers);
            self
        }
        $crate::app::design_studio::emails::parts::part_setters!($($rest)*);
    };
}
pub(super) use part_setters;
