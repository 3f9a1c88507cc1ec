//! What an e-mail is made of, where responses have it in the same form as requests.

/// Declares something that responses have and requests take: an entity whose fields are all optional, with a setter for
/// each. `[T]` is a list. A request has none of its `extra`, because the service refuses fields that it does not know.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        pub struct $type:ident { $($(#[$doc:meta])* $with:ident, $field:ident: $of:tt $(as $name:literal)?;)* }
    ) => {
        $crate::entity::entity! {
            $(#[$meta])*
            pub struct $type: Debug Default {
                $($(#[$doc])* pub $field: Option<$crate::app::design_studio::emails::settings::settings!(@type $of)>
                    $(= $name)?,)*
            }
        }

        impl $type {
            /// Creates one with nothing set.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $($crate::app::design_studio::emails::settings::settings!(@set [$(#[$doc])*] $with $field $of);)*
        }

        impl $crate::app::design_studio::emails::settings::Known for $type {
            fn retain_known(&mut self) {
                self.extra.clear();
                $($crate::app::design_studio::emails::settings::Known::retain_known(&mut self.$field);)*
            }
        }
    };
    (@type [$of:ty]) => { Vec<$of> };
    (@type $of:ident) => { $of };
    (@set [$($doc:tt)*] $with:ident $field:ident bool) => { $crate::macros::setters! { $($doc)* $with, $field: bool; } };
    (@set [$($doc:tt)*] $with:ident $field:ident u32) => { $crate::macros::setters! { $($doc)* $with, $field: u32; } };
    (@set [$($doc:tt)*] $with:ident $field:ident [$of:ty]) => {
        $($doc)*
        #[must_use]
        pub fn $with(mut self, values: impl IntoIterator<Item = impl Into<$of>>) -> Self {
            self.$field = Some(values.into_iter().map(Into::into).collect());
            self
        }
    };
    (@set [$($doc:tt)*] $with:ident $field:ident $of:ident) => {
        $crate::macros::setters! { $($doc)* $with, $field: into $of; }
    };
}
pub(super) use settings;

/// What can be in [`settings!`].
pub(super) trait Known {
    /// Forgets what the service said beside the fields.
    fn retain_known(&mut self) {}
}

impl Known for bool {}
impl Known for u32 {}
impl Known for String {}

impl<T: Known> Known for Option<T> {
    fn retain_known(&mut self) {
        self.iter_mut().for_each(Known::retain_known);
    }
}

impl<T: Known> Known for Vec<T> {
    fn retain_known(&mut self) {
        self.iter_mut().for_each(Known::retain_known);
    }
}
