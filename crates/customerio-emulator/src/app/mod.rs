//! The App API: transactional messages and broadcasts.

mod audience;
pub(crate) mod customers;
pub(crate) mod exports;
mod filter;
mod message;
pub(crate) mod messages;
pub(crate) mod segments;
pub(crate) mod send_email;
pub(crate) mod send_in_app;
pub(crate) mod send_inbox_message;
pub(crate) mod send_push;
pub(crate) mod send_sms;
pub(crate) mod send_whatsapp;
pub(crate) mod trigger_broadcast;
pub(crate) mod workspaces;
