//! The registry of all operations.

use crate::{OperationInfo, app, pipelines, track};

/// Iterates over all operations of this crate, API by API.
///
/// ```
/// # use customerio_core::facade as customerio;
/// let suppress = customerio::operation::operations()
///     .find(|operation| operation.name == "track.suppress")
///     .unwrap();
/// assert_eq!(
///     (suppress.method.as_str(), suppress.route),
///     ("POST", "/api/v1/customers/{identifier}/suppress")
/// );
/// ```
pub fn operations() -> impl Iterator<Item = &'static OperationInfo> {
    [
        track::OPERATIONS,
        track::metric::OPERATIONS,
        track::v2::OPERATIONS,
        track::v2::person::OPERATIONS,
        track::v2::object::OPERATIONS,
        track::v2::delivery::OPERATIONS,
        track::RAW,
        pipelines::OPERATIONS,
        pipelines::BATCH,
        pipelines::RAW,
        app::send::OPERATIONS,
        app::broadcasts::OPERATIONS,
        app::campaigns::OPERATIONS,
        app::customers::OPERATIONS,
        app::exports::OPERATIONS,
        app::imports::OPERATIONS,
        app::messages::OPERATIONS,
        app::newsletters::OPERATIONS,
        app::segments::OPERATIONS,
        app::reporting_webhooks::OPERATIONS,
        app::sender_identities::OPERATIONS,
        app::snippets::OPERATIONS,
        app::suppressions::OPERATIONS,
        app::workspaces::OPERATIONS,
        app::activities::OPERATIONS,
        app::data_index::OPERATIONS,
        app::optouts::OPERATIONS,
        app::subscriptions::OPERATIONS,
        app::transactional::OPERATIONS,
        app::collections::OPERATIONS,
        app::objects::OPERATIONS,
        app::live_notifications::OPERATIONS,
        #[cfg(feature = "design_studio")]
        app::assets::OPERATIONS,
        #[cfg(feature = "design_studio")]
        app::design_studio::components::OPERATIONS,
        #[cfg(feature = "design_studio")]
        app::design_studio::folders::OPERATIONS,
        #[cfg(feature = "design_studio")]
        app::design_studio::inbox_previews::OPERATIONS,
        #[cfg(feature = "design_studio")]
        app::design_studio::emails::OPERATIONS,
        app::RAW,
    ]
    .into_iter()
    .flatten()
}

/// Shows `visitor` the samples of all operations of the App API that have one beside them.
#[cfg(feature = "samples")]
#[doc(hidden)]
pub fn visit_samples(visitor: &mut impl crate::VisitSample) {
    app::send::visit_samples(visitor);
    app::broadcasts::visit_samples(visitor);
    app::campaigns::visit_samples(visitor);
    app::customers::visit_samples(visitor);
    app::exports::visit_samples(visitor);
    app::imports::visit_samples(visitor);
    app::messages::visit_samples(visitor);
    app::newsletters::visit_samples(visitor);
    app::segments::visit_samples(visitor);
    app::reporting_webhooks::visit_samples(visitor);
    app::sender_identities::visit_samples(visitor);
    app::snippets::visit_samples(visitor);
    app::suppressions::visit_samples(visitor);
    app::workspaces::visit_samples(visitor);
    app::activities::visit_samples(visitor);
    app::data_index::visit_samples(visitor);
    app::optouts::visit_samples(visitor);
    app::subscriptions::visit_samples(visitor);
    app::transactional::visit_samples(visitor);
    app::collections::visit_samples(visitor);
    app::objects::visit_samples(visitor);
    app::live_notifications::visit_samples(visitor);
    #[cfg(feature = "design_studio")]
    app::assets::visit_samples(visitor);
    #[cfg(feature = "design_studio")]
    app::design_studio::components::visit_samples(visitor);
    #[cfg(feature = "design_studio")]
    app::design_studio::folders::visit_samples(visitor);
    #[cfg(feature = "design_studio")]
    app::design_studio::inbox_previews::visit_samples(visitor);
    #[cfg(feature = "design_studio")]
    app::design_studio::emails::visit_samples(visitor);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Api as _;

    #[test]
    fn routes_begin_with_what_a_base_url_must_not_end_in() {
        for operation in operations() {
            let roots = match operation.api {
                "track" => crate::Track::ROOTS,
                "app" => crate::App::ROOTS,
                _ => crate::Pipelines::ROOTS,
            };
            let begins = roots.iter().any(|root| operation.route.starts_with(&format!("{root}/")));
            let is_other = matches!(operation.route, "/{path}" | "/unsubscribe/{delivery_id}");
            assert_eq!(begins, !is_other, "{}", operation.route);
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_that_begins_with_its_api() {
        let mut names = BTreeSet::new();
        for operation in operations() {
            assert!(names.insert(operation.name), "{}", operation.name);
            assert!(operation.name.starts_with(&format!("{}.", operation.api)), "{}", operation.name);
            assert!(operation.route.starts_with('/'), "{}", operation.name);
        }
        assert!(names.len() >= 50, "{}", names.len());
    }
}
