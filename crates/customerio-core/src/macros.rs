//! Two shapes that every operation repeats.

/// Setters of optional fields: `with_x(value)` sets `x` to `Some(value)`.
macro_rules! setters {
    ($($(#[$meta:meta])* $method:ident, $($field:ident).+: $type:ty;)*) => {$(
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self, value: $type) -> Self {
            self.$($field).+ = Some(value);
            self
        }
    )*};
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

pub(crate) use {opaque_debug, setters};
