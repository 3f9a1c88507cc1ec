//! What folders, components and e-mails have in common: how they are listed, named and changed.

use std::fmt;

pub(in crate::app::design_studio) use super::checks::{check_changes, check_name};
use crate::path::arguments;

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SortBy {
    /// When things were created.
    Created,
    /// When things were last changed.
    Updated,
    /// Sorted by name.
    Name,
}

impl fmt::Display for SortBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Name => "name",
        })
    }
}

arguments! { SortBy: false; }

/// A [`plain!`](crate::macros::plain) that lists what is in folders, page by page. Its `query` has the options that this
/// list alone has, and those of all such lists come behind them.
///
/// With `beside folders;` the responses list folders too, which [`Page::folders`](crate::Page) of these items reads.
macro_rules! list_nodes {
    (
        $(#[$meta:meta])*
        pub struct $operation:ident {}
        $name:literal = GET $route:literal -> Page<$item:ident>;
        query { $($options:tt)* }
        beside folders;
    ) => {
        $crate::app::design_studio::nodes::list_nodes! {
            $(#[$meta])*
            pub struct $operation {}
            $name = GET $route -> Page<$item>;
            query { $($options)* }
        }

        impl $crate::Page<$item> {
            /// The folders that the response lists beside the items. They stay in [`extra`](Self::extra), as do those
            /// that cannot be read.
            #[must_use]
            pub fn folders(&self) -> Vec<$crate::app::design_studio::folders::Folder> {
                $crate::app::design_studio::folders::read_all(&self.extra)
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $operation:ident {}
        $name:literal = GET $route:literal -> Page<$item:ident>;
        query { $($options:tt)* }
    ) => {
        $crate::macros::plain! {
            $(#[$meta])*
            pub struct $operation {}
            $name = GET $route -> $crate::Page<$item>;
            query {
                $($options)*
                /// Only those in this folder, which must be there, and in the folders in it. Default: all.
                with_folder, parent_folder_id: into $crate::FolderId = "LEAK-folder";
                /// Only those directly in the folder; without a folder, those in none. Default: false.
                with_direct_descendants_only, direct_descendants_only: bool = true;
                /// Sets the order of the list. Default: by the time of creation.
                with_sort_by, sort_by: $crate::app::design_studio::SortBy = $crate::app::design_studio::SortBy::Name;
                /// The order. Default: ascending.
                with_sort_order, sort_order: $crate::app::Sort = $crate::app::Sort::Descending;
                /// Only those that were created before this time.
                with_created_before, created_before: time = 1_700_086_400;
                /// Only those that were created after this time.
                with_created_after, created_after: time = 1_700_000_000;
                /// Only those that were last changed before this time.
                with_updated_before, updated_before: time = 1_700_086_401;
                /// Only those that were last changed after this time.
                with_updated_after, updated_after: time = 1_700_000_001;
                /// The number of the page, from 1.
                with_page, page: u32 = 2;
                /// The most items on a page, up to 10,000. Default: 1,000.
                with_limit, limit: u32 = 500;
            }
        }

        $crate::page::paged!($operation of $item by page);
    };
}
pub(in crate::app::design_studio) use list_nodes;
