//! Templates that were parsed, so that each is once.

use std::{collections::HashMap, sync::Arc};

use crate::liquid::{Problem, Template};

/// Most bytes of sources whose templates are kept, and most of them. Beyond either it begins anew.
const MOST: (usize, usize) = (4 * 1024 * 1024, 10_000);

/// What a source is: a template, or no Liquid.
pub(crate) type Parsed = Result<Template, Problem>;

/// By source. One without Liquid has no template.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: HashMap<Arc<str>, Option<Arc<Parsed>>>,
    bytes: usize,
}

/// Whether there is Liquid in a text. Most texts have none, and are not parsed.
pub(crate) fn has_liquid(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

impl Cache {
    /// The source, which all that have it share, and its template unless it has no Liquid.
    pub(crate) fn get(&mut self, source: &str) -> (Arc<str>, Option<Arc<Parsed>>) {
        if let Some((source, parsed)) = self.entries.get_key_value(source) {
            return (source.clone(), parsed.clone());
        }
        if self.bytes + source.len() > MOST.0 || self.entries.len() >= MOST.1 {
            *self = Self::default();
        }
        self.bytes += source.len();
        let parsed = has_liquid(source).then(|| Arc::new(Template::parse(source)));
        let source: Arc<str> = source.into();
        self.entries.insert(source.clone(), parsed.clone());
        (source, parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_parsed_once_and_the_cache_is_bounded() {
        let mut cache = Cache::default();
        let (source, parsed) = cache.get("Hi {{ customer.name }}");
        let (again, parsed_again) = cache.get("Hi {{ customer.name }}");
        assert!(Arc::ptr_eq(&source, &again) && Arc::ptr_eq(&parsed.unwrap(), &parsed_again.unwrap()));
        assert!(cache.get("Hi { { there } }").1.is_none());
        for number in 0..20 {
            cache.get(&format!("{number}{}", "x".repeat(MOST.0 / 8)));
            assert!(cache.bytes <= MOST.0 && cache.entries.len() <= 9, "{}", cache.bytes);
        }
    }
}
