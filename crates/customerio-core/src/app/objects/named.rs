//! How an object is named in a path of the App API.

use crate::{BuildError, ObjectTypeId, Path, Query, path::Part as _, text::Text};

/// An object, as a path names it.
#[derive(Clone)]
pub(super) struct Named {
    object_type: ObjectTypeId,
    id: Text,
    is_cio: bool,
}

impl Named {
    pub(super) fn new(object_type: impl Into<ObjectTypeId>, id: impl AsRef<str>, is_cio: bool) -> Self {
        Self { object_type: object_type.into(), id: Text::new(id), is_cio }
    }

    /// Writes its type and its id in place of two parts of the route.
    pub(super) fn write_path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.object_type.write(path)?;
        let what = if self.is_cio { "the object's cio_object_id" } else { "the object's id" };
        let limit = path.limits().object_id;
        path.segment(what, &self.id, limit)
    }

    /// Writes what kind of id it is.
    pub(super) fn write_query(&self, query: &mut Query<'_>) {
        query.pair("id_type", if self.is_cio { "cio_object_id" } else { "object_id" });
    }
}
