//! The App API: transactional messages and broadcasts.

pub(crate) mod audience;
pub(crate) mod message;
pub(crate) mod send_email;
pub(crate) mod trigger_broadcast;
