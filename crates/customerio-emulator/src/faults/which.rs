//! Which requests a fault is for.

use http::Method;

use crate::{contract::identifier::spelled, faults::about::About, store::record::Person};

/// What is the same in all requests of a fault. What is not said may be anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Which {
    pub(crate) method: Option<Method>,
    /// The pattern of a route, or a path with `*`.
    pub(crate) route: Option<String>,
    /// An identifier.
    pub(crate) person: Option<String>,
}

impl Which {
    /// Whether a request has the method and the route. Its person is another question.
    pub(crate) fn is_of(&self, about: &About<'_>) -> bool {
        self.method.as_ref().is_none_or(|method| method == about.method)
            && self.route.as_deref().is_none_or(|wanted| {
                about.route.as_ref().is_some_and(|(pattern, _)| is_same_pattern(pattern, wanted))
                    || is_like(about.path, wanted)
            })
    }
}

/// Whether two patterns are the same but for the names of what varies.
fn is_same_pattern(pattern: &str, wanted: &str) -> bool {
    let mut segments = (pattern.split('/'), wanted.split('/'));
    loop {
        match (segments.0.next(), segments.1.next()) {
            (None, None) => return true,
            (Some(own), Some(wanted)) if own == wanted || (own.starts_with('{') && wanted.starts_with('{')) => {}
            _ => return false,
        }
    }
}

/// Whether a path is like one in which `*` matches anything.
fn is_like(path: &str, wanted: &str) -> bool {
    let Some((first, rest)) = wanted.split_once('*') else { return path == wanted };
    let Some(mut path) = path.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(place) = path.find(part) else { return false };
        path = &path[place + part.len()..];
    }
    path.ends_with(last)
}

/// What somebody can be called in a request, in lower case: what was asked for, and their other identifiers.
pub(crate) fn names(identifier: &str, known: Option<&Person>) -> Vec<String> {
    let mut names = vec![identifier.to_lowercase()];
    if let Some(person) = known {
        let cio_ids = [person.cio_id.clone(), format!("cio_{}", person.cio_id)];
        let own = [person.id.clone(), person.email.clone(), person.attributes.get("phone").and_then(spelled)];
        names.extend(own.into_iter().flatten().chain(cio_ids).map(|name| name.to_lowercase()));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_a_pattern_or_a_path_with_stars() {
        for (wanted, expected) in [
            ("/api/v1/customers/{person}/events", true),
            ("/api/v1/customers/{identifier}/events", true),
            ("/api/v1/customers/42/events", true),
            ("/api/v1/customers/*/events", true),
            ("/api/v1/customers/*", true),
            ("*/events", true),
            ("/api/*/customers/*/ev*", true),
            ("*", true),
            ("/api/v1/customers/{identifier}", false),
            ("/api/v1/customers/43/events", false),
            ("/api/v1/customers/", false),
            ("/api/*/devices", false),
            ("/api/*/events/*", false),
            ("", false),
        ] {
            let which = Which { route: Some(wanted.to_owned()), ..Which::default() };
            let route = Some(("/api/v1/customers/{person}/events", vec!["42"]));
            let about = About::of(&Method::POST, "/api/v1/customers/42/events", route, None);
            assert_eq!(which.is_of(&about), expected, "{wanted}");
            let other = Which { method: Some(Method::PUT), ..which };
            assert!(!other.is_of(&about), "{wanted}");
        }
    }
}
