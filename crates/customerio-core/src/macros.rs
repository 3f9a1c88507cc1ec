//! Shapes that every operation repeats.

/// Setters of optional fields: `with_x(value)` sets `x` to `Some(value)`, and the last one wins.
///
/// What a setter takes stands behind the field: `text` is anything that turns into a string, `time` is anything that turns
/// into a [`Timestamp`](crate::Timestamp), `into T` is anything that turns into a `T`, and any other type is itself.
macro_rules! setters {
    () => {};
    ($(#[$meta:meta])* $method:ident, $($field:ident).+: text; $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self, value: impl AsRef<str>) -> Self {
            self.$($field).+ = Some($crate::text::Text::new(value));
            self
        }
        $crate::macros::setters! { $($rest)* }
    };
    ($(#[$meta:meta])* $method:ident, $($field:ident).+: time; $($rest:tt)*) => {
        $crate::macros::setters! { $(#[$meta])* $method, $($field).+: into $crate::Timestamp; $($rest)* }
    };
    ($(#[$meta:meta])* $method:ident, $($field:ident).+: into $type:ty; $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self, value: impl Into<$type>) -> Self {
            self.$($field).+ = Some(value.into());
            self
        }
        $crate::macros::setters! { $($rest)* }
    };
    ($(#[$meta:meta])* $method:ident, $($field:ident).+: $type:ty; $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self, value: $type) -> Self {
            self.$($field).+ = Some(value);
            self
        }
        $crate::macros::setters! { $($rest)* }
    };
}

/// A `Debug` that names the type and shows nothing in it: operations hold people's data, and debug output ends up in
/// logs.
macro_rules! opaque_debug {
    ($([$($generics:tt)*])? $name:ident $($arguments:tt)*) => {
        impl $(<$($generics)*>)? std::fmt::Debug for $name $($arguments)* {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// `sample!(Type: Self::new(..))`: a sample of an operation beside it, for the tests that meet every operation (feature
/// `samples`).
macro_rules! sample {
    ($type:ident: $sample:expr) => {
        #[cfg(feature = "samples")]
        impl $crate::Sample for $type {
            fn sample() -> Self {
                $sample
            }
        }
    };
}

pub(crate) use {opaque_debug, sample, setters};
