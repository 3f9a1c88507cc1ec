//! Which filters there are.

use super::{
    super::{problem::Problem, value::Value},
    call::Call,
    dates, encode, html, lists, misc, money, numbers, text, url, vendor,
};

/// What a filter does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Filter {
    Plain(fn(&Call<'_>) -> Result<Value, Problem>),
    /// It looks into the items of a list, so it needs variables.
    Items(ItemFilter),
}

/// A filter that looks into the items of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemFilter {
    pub(crate) look: Look,
    pub(crate) find: Find,
}

/// How a filter looks into an item.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    /// By a path, and for a value.
    Path,
    /// By an expression that calls the item by a name.
    Expression,
}

/// What a filter makes of the items that it finds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Find {
    Kept,
    Dropped,
    First,
    Place,
    Any,
    Groups,
}

/// A filter by its name.
pub(crate) fn find(name: &str) -> Option<Filter> {
    items(name).map(Filter::Items).or_else(|| plain(name).or_else(|| of_vendor(name)).map(Filter::Plain))
}

fn items(name: &str) -> Option<ItemFilter> {
    let (name, look) = name.strip_suffix("_exp").map_or((name, Look::Path), |name| (name, Look::Expression));
    let find = match name {
        "where" => Find::Kept,
        "reject" => Find::Dropped,
        // The service's own name.
        "where_not" if matches!(look, Look::Path) => Find::Dropped,
        "find" => Find::First,
        "find_index" => Find::Place,
        "has" => Find::Any,
        "group_by" => Find::Groups,
        _ => return None,
    };
    Some(ItemFilter { look, find })
}

type Plain = fn(&Call<'_>) -> Result<Value, Problem>;

/// The filters of `liquidjs`, but `sample`, whose results are random.
fn plain(name: &str) -> Option<Plain> {
    Some(match name {
        "escape" | "xml_escape" => html::escape,
        "escape_once" => html::escape_once,
        "newline_to_br" => html::newline_to_br,
        "strip_html" => html::strip_html,
        "abs" => numbers::abs,
        "at_least" => numbers::at_least,
        "at_most" => numbers::at_most,
        "ceil" => numbers::ceil,
        "divided_by" => numbers::divided_by,
        "floor" => numbers::floor,
        "minus" => numbers::minus,
        "modulo" => numbers::modulo,
        "plus" => numbers::plus,
        "round" => numbers::round,
        "times" => numbers::times,
        "cgi_escape" => url::cgi_escape,
        "slugify" => url::slugify,
        "uri_escape" => url::uri_escape,
        "url_decode" => url::url_decode,
        "url_encode" => url::url_encode,
        "compact" => lists::compact,
        "concat" => lists::concat,
        "first" => lists::first,
        "join" => lists::join,
        "last" => lists::last,
        "map" => lists::map,
        "pop" => lists::pop,
        "push" => lists::push,
        "reverse" => lists::reverse,
        "shift" => lists::shift,
        "size" => lists::size,
        "sort" => lists::sort,
        "sort_natural" => lists::sort_natural,
        "sum" => lists::sum,
        "uniq" => lists::uniq,
        "unshift" => lists::unshift,
        "date" => dates::date,
        "date_to_long_string" => dates::date_to_long_string,
        "date_to_rfc822" => dates::date_to_rfc822,
        "date_to_string" => dates::date_to_string,
        "date_to_xmlschema" => dates::date_to_xmlschema,
        "append" => text::append,
        "array_to_sentence_string" => text::array_to_sentence_string,
        "capitalize" => text::capitalize,
        "downcase" => text::downcase,
        "lstrip" => text::lstrip,
        "normalize_whitespace" => text::normalize_whitespace,
        "number_of_words" => text::number_of_words,
        "prepend" => text::prepend,
        "remove" => text::remove,
        "remove_first" => text::remove_first,
        "remove_last" => text::remove_last,
        "replace" => text::replace,
        "replace_first" => text::replace_first,
        "replace_last" => text::replace_last,
        "rstrip" => text::rstrip,
        "slice" => text::slice,
        "split" => text::split,
        "squish" => text::squish,
        "strip" => text::strip,
        "strip_newlines" => text::strip_newlines,
        "truncate" => text::truncate,
        "truncatewords" => text::truncatewords,
        "upcase" => text::upcase,
        "base64_decode" => encode::base64_decode,
        "base64_encode" => encode::base64_encode,
        "hmac_sha256" => encode::hmac_sha256,
        "sha256" => encode::sha256_hex,
        "default" => misc::default,
        "inspect" | "json" | "jsonify" => misc::json,
        "raw" => misc::raw,
        "to_integer" => misc::to_integer,
        _ => return None,
    })
}

/// The filters that the service has beside those.
fn of_vendor(name: &str) -> Option<Plain> {
    Some(match name {
        "add_day" => dates::add_day,
        "add_month" => dates::add_month,
        "add_year" => dates::add_year,
        "subtract_day" => dates::subtract_day,
        "subtract_month" => dates::subtract_month,
        "subtract_year" => dates::subtract_year,
        "base64" => encode::base64_encode,
        "base64_url_safe_decode" => encode::base64_url_safe_decode,
        "base64_url_safe_encode" => encode::base64_url_safe_encode,
        "hex_base64" => encode::hex_base64,
        "hmac_sha1" => encode::hmac_sha1,
        "md5" => encode::md5_hex,
        "sha1" => encode::sha1_hex,
        "contains" => vendor::contains,
        "pluralize" => vendor::pluralize,
        "random" => vendor::random,
        "titlecase" => vendor::titlecase,
        "currency" => money::currency,
        "format_number" => money::format_number,
        "rounded_currency" => money::rounded_currency,
        "from_json" => misc::from_json,
        "to_json" => misc::json,
        "json_array_uniq" => lists::json_array_uniq,
        "limit" => lists::limit,
        _ => return None,
    })
}
