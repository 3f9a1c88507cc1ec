//! Workspaces, and the IP addresses that requests of Customer.io come from.

use crate::operation_info::operations;

operations! {
    /// The operations on workspaces.
    samples;
    list::List = GET "/v1/workspaces";
    ip_addresses::IpAddresses = GET "/v1/info/ip_addresses";
}

pub use self::{ip_addresses::AllowedAddresses, list::Workspace};
