//! Shapes that every operation has.

/// Setters of optional fields: `with_x(value)` sets `x` to `Some(value)`, and the last one wins.
///
/// The type that a setter takes follows the field: `text` is anything that turns into a string, `time` is anything that
/// turns into a [`Timestamp`](crate::Timestamp), `into T` is anything that turns into a `T`, and any other type is
/// itself. For a field that can be cleared there are two: `change T`, and `clear`, which takes nothing.
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
    ($(#[$meta:meta])* $method:ident, $($field:ident).+: change $type:ty; $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self, value: impl Into<$type>) -> Self {
            self.$($field).+ = Some($crate::change::Change::Set(value.into()));
            self
        }
        $crate::macros::setters! { $($rest)* }
    };
    ($(#[$meta:meta])* $method:ident, $($field:ident).+: clear; $($rest:tt)*) => {
        $(#[$meta])*
        #[must_use]
        pub fn $method(mut self) -> Self {
            self.$($field).+ = Some($crate::change::Change::Clear);
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
/// `samples`). `sample!(Type names nobody: ..)` if it has no text, which could be a person's. If one sample cannot have
/// everything that can be set, others follow it, each after a `;`.
macro_rules! sample {
    ($type:ident: $sample:expr $(; $more:expr)*) => {
        $crate::macros::sample!(@ $type, false, $sample $(; $more)*);
    };
    ($type:ident names nobody: $sample:expr $(; $more:expr)*) => {
        $crate::macros::sample!(@ $type, true, $sample $(; $more)*);
    };
    (@ $type:ident, $names_nobody:expr, $sample:expr $(; $more:expr)*) => {
        #[cfg(feature = "samples")]
        impl $crate::Sample for $type {
            const NAMES_NOBODY: bool = $names_nobody;

            fn sample() -> Self {
                $sample
            }
            fn more() -> Vec<Self> {
                vec![$($more),*]
            }
        }
    };
}

/// An operation that is its path, with a query or a value for its body, and nothing else: a read, a list, a deletion,
/// something started.
///
/// ```text
/// plain! {
///     /// Reads a segment.
///     pub struct Get { segment_id: SegmentId = 7 }
///     "app.segments.get" = GET "/v1/segments/{segment_id}" -> Segment;
/// }
/// ```
///
/// The fields are the parts of the path, in their order; the value after `=` is for its [`sample!`]. Constants of
/// [`Operation`](crate::Operation) that differ from their defaults come last.
///
/// The options of the query are [`setters!`], with the name in the query after `as`, if that is not the field's, and a
/// value for the sample after `=`:
///
/// ```text
///     query {
///         /// The last periods, up to now.
///         with_periods, periods: Periods = Periods::days(7);
///         /// Messages that go out in one way. Default: all.
///         with_channel, channel: into Channel as "type" = "email";
///     }
/// ```
///
/// Instead of the query there can be a body, which is a value with `into_body`: `body update: ContentUpdate = ..;`. The
/// name of another method than that follows it: `body update: ContentUpdate = .., into_content_body;`.
macro_rules! plain {
    // Brings each option into one form, and then writes the operation.
    (@options $head:tt [$($done:tt)*]
        $(#[$doc:meta])* $with:ident, $option:ident: text $(as $wire:literal)? = $value:expr; $($rest:tt)*
    ) => {
        $crate::macros::plain! { @options $head [$($done)* {
            [$(#[$doc])*] $with $option [text] [$crate::text::Text] [$($wire)?] $value
        }] $($rest)* }
    };
    (@options $head:tt [$($done:tt)*]
        $(#[$doc:meta])* $with:ident, $option:ident: time $(as $wire:literal)? = $value:expr; $($rest:tt)*
    ) => {
        $crate::macros::plain! { @options $head [$($done)* {
            [$(#[$doc])*] $with $option [time] [$crate::Timestamp] [$($wire)?] $value
        }] $($rest)* }
    };
    (@options $head:tt [$($done:tt)*]
        $(#[$doc:meta])* $with:ident, $option:ident: into $type:ty $(as $wire:literal)? = $value:expr; $($rest:tt)*
    ) => {
        $crate::macros::plain! { @options $head [$($done)* {
            [$(#[$doc])*] $with $option [into $type] [$type] [$($wire)?] $value
        }] $($rest)* }
    };
    (@options $head:tt [$($done:tt)*]
        $(#[$doc:meta])* $with:ident, $option:ident: $type:ty $(as $wire:literal)? = $value:expr; $($rest:tt)*
    ) => {
        $crate::macros::plain! { @options $head [$($done)* {
            [$(#[$doc])*] $with $option [$type] [$type] [$($wire)?] $value
        }] $($rest)* }
    };
    (@options
        {
            $(#[$meta:meta])*
            $operation:ident { $($field:ident: $type:ty = $sample:expr,)* }
            { $($body:ident: $body_type:ty = $body_sample:expr, $into_body:ident)? }
            $name:literal $method:ident $route:literal $output:ty; $($constants:tt)*
        }
        [$({
            [$(#[$doc:meta])*] $with:ident $option:ident [$($kind:tt)+] [$option_type:ty] [$($wire:literal)?] $value:expr
        })*]
    ) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $operation {
            $($field: $type,)*
            $($body: $body_type,)?
            $($option: Option<$option_type>,)*
        }

        impl $operation {
            /// Creates the operation.
            #[must_use]
            pub fn new($($field: impl Into<$type>,)* $($body: $body_type)?) -> Self {
                Self { $($field: $field.into(),)* $($body,)? $($option: None,)* }
            }

            $crate::macros::setters! { $($(#[$doc])* $with, $option: $($kind)+;)* }
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
            fn query(&self, query: &mut $crate::Query<'_>) -> Result<(), $crate::BuildError> {
                $($crate::path::Argument::write_optional(
                    self.$option.as_ref(), $crate::macros::plain!(@wire $option $($wire)?), query,
                )?;)*
                let _ = query;
                Ok(())
            }
            $(fn body(self, _: &$crate::Limits) -> Result<$crate::Body, $crate::BuildError> {
                self.$body.$into_body()
            })?
        }

        $crate::macros::plain!(@default $operation $($field)* $($body)?);
        $crate::macros::opaque_debug!($operation);
        $crate::macros::sample!(
            @ $operation,
            true $(&& stringify!($body).is_empty())? $(&& !<$type as $crate::path::Part>::IS_TEXT)*
                $(&& !<$option_type as $crate::path::Argument>::IS_TEXT)*,
            Self::new($($sample,)* $($body_sample)?)$(.$with($value))*
        );
    };
    (@wire $option:ident) => { stringify!($option) };
    (@wire $option:ident $wire:literal) => { $wire };
    (@default $operation:ident) => {
        impl Default for $operation {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    (@default $operation:ident $($field:ident)+) => {};
    (
        $(#[$meta:meta])*
        pub struct $operation:ident { $($field:ident: $type:ty = $sample:expr),* $(,)? }
        $name:literal = $method:ident $route:literal -> $output:ty;
        query { $($options:tt)* }
        $($constants:tt)*
    ) => {
        $crate::macros::plain! {
            @options
            {
                $(#[$meta])* $operation { $($field: $type = $sample,)* } {}
                $name $method $route $output; $($constants)*
            }
            []
            $($options)*
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $operation:ident { $($field:ident: $type:ty = $sample:expr),* $(,)? }
        $name:literal = $method:ident $route:literal -> $output:ty;
        body $body:ident: $body_type:ty = $body_sample:expr;
        $($constants:tt)*
    ) => {
        $crate::macros::plain! {
            $(#[$meta])* pub struct $operation { $($field: $type = $sample),* }
            $name = $method $route -> $output;
            body $body: $body_type = $body_sample, into_body;
            $($constants)*
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $operation:ident { $($field:ident: $type:ty = $sample:expr),* $(,)? }
        $name:literal = $method:ident $route:literal -> $output:ty;
        body $body:ident: $body_type:ty = $body_sample:expr, $into_body:ident;
        $($constants:tt)*
    ) => {
        $crate::macros::plain! {
            @options
            {
                $(#[$meta])* $operation { $($field: $type = $sample,)* } { $body: $body_type = $body_sample, $into_body }
                $name $method $route $output; $($constants)*
            }
            []
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $operation:ident { $($field:ident: $type:ty = $sample:expr),* $(,)? }
        $name:literal = $method:ident $route:literal -> $output:ty; $($constants:tt)*
    ) => {
        $crate::macros::plain! {
            @options
            {
                $(#[$meta])* $operation { $($field: $type = $sample,)* } {}
                $name $method $route $output; $($constants)*
            }
            []
        }
    };
}

pub(crate) use {opaque_debug, plain, sample, setters};
