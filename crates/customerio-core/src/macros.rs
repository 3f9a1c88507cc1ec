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
/// `samples`). `sample!(Type names nobody: ..)` where no text is in it, which could be a person's.
macro_rules! sample {
    ($type:ident: $sample:expr) => {
        $crate::macros::sample!(@ $type, false, $sample);
    };
    ($type:ident names nobody: $sample:expr) => {
        $crate::macros::sample!(@ $type, true, $sample);
    };
    (@ $type:ident, $names_nobody:expr, $sample:expr) => {
        #[cfg(feature = "samples")]
        impl $crate::Sample for $type {
            const NAMES_NOBODY: bool = $names_nobody;

            fn sample() -> Self {
                $sample
            }
        }
    };
}

/// An operation that is its path and nothing else: a read, a deletion, something started.
///
/// ```text
/// plain! {
///     /// Reads a segment.
///     pub struct Get { segment_id: SegmentId = 7 }
///     "app.segments.get" = GET "/v1/segments/{segment_id}" -> Segment;
/// }
/// ```
///
/// The fields are the parts of the path, in their order; what stands behind `=` is for its [`sample!`]. Constants of
/// [`Operation`](crate::Operation) that differ from their defaults stand behind the response.
macro_rules! plain {
    (
        $(#[$meta:meta])*
        pub struct $operation:ident { $($field:ident: $type:ty = $sample:expr),* $(,)? }
        $name:literal = $method:ident $route:literal -> $output:ty; $($constants:tt)*
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $operation {
            $($field: $type,)*
        }

        impl $operation {
            /// The operation on what these name.
            #[must_use]
            pub fn new($($field: impl Into<$type>),*) -> Self {
                Self { $($field: $field.into()),* }
            }
        }

        impl $crate::Operation for $operation {
            type Api = $crate::App;
            type Output = $output;
            const NAME: &'static str = $name;
            const METHOD: http::Method = http::Method::$method;
            const ROUTE: &'static str = $route;
            $($constants)*

            fn path(&self, path: &mut $crate::Path) -> Result<(), $crate::BuildError> {
                $($crate::path::Part::write(&self.$field, path)?;)*
                let _ = path;
                Ok(())
            }
        }

        $crate::macros::plain!(@default $operation $($field)*);
        $crate::macros::opaque_debug!($operation);
        $crate::macros::sample!(
            @ $operation, true $(&& !<$type as $crate::path::Part>::IS_TEXT)*, Self::new($($sample),*)
        );
    };
    (@default $operation:ident) => {
        impl Default for $operation {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    (@default $operation:ident $($field:ident)+) => {};
}

pub(crate) use {opaque_debug, plain, sample, setters};
