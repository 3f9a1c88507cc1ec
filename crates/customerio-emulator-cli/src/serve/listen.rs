//! The sockets: which addresses and ports, and what is said where one is taken.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
};

use crate::{
    args::serve::Listen,
    failure::{Code, Failure},
};

/// How often another free port is tried where it is free on one address alone.
const TRIES: usize = 20;

/// Refuses to be reachable from other machines unless a name was given by which they may call it.
pub(crate) fn check(listen: &Listen) -> Result<(), Failure> {
    let outside = listen.addresses.iter().find(|address| !address.is_loopback());
    match outside {
        Some(address) if listen.names.allow_host.is_empty() => Err(Failure::new(
            Code::Usage,
            format!(
                "--listen {address} lets other machines in: say by --allow-host NAME what they call this one, such as \
                 --allow-host customerio"
            ),
        )),
        _ => Ok(()),
    }
}

/// The sockets, which listen already.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(crate) http: Vec<TcpListener>,
    pub(crate) https: Vec<TcpListener>,
}

impl Sockets {
    pub(crate) fn bind(listen: &Listen) -> Result<Self, Failure> {
        let http = bind(listen, listen.port, "--port")?;
        let https = if listen.no_https { Vec::new() } else { bind(listen, listen.https_port, "--https-port")? };
        Ok(Self { http, https })
    }
}

/// Binds a port of all addresses. Of the addresses that were not named, those may be missing that this machine has not.
fn bind(listen: &Listen, port: u16, flag: &str) -> Result<Vec<TcpListener>, Failure> {
    let mut tries = 0;
    loop {
        tries += 1;
        match bind_all(&listen.all_addresses(), port, listen.addresses.is_empty()) {
            Err((_, ErrorKind::AddrInUse)) if port == 0 && tries < TRIES => {}
            bound => return bound.map_err(|(address, kind)| explain(address, kind, flag)),
        }
    }
}

fn bind_all(addresses: &[IpAddr], mut port: u16, lenient: bool) -> Result<Vec<TcpListener>, (SocketAddr, ErrorKind)> {
    let mut bound = Vec::new();
    for address in addresses {
        let address = SocketAddr::new(*address, port);
        match TcpListener::bind(address) {
            Ok(listener) => {
                port = listener.local_addr().map_err(|error| (address, error.kind()))?.port();
                bound.push(listener);
            }
            // A machine without IPv6 has several ways of saying so.
            Err(error) if lenient && !bound.is_empty() && error.kind() != ErrorKind::AddrInUse => {}
            Err(error) => return Err((address, error.kind())),
        }
    }
    Ok(bound)
}

fn explain(address: SocketAddr, kind: ErrorKind, flag: &str) -> Failure {
    match kind {
        ErrorKind::AddrInUse => Failure::new(
            Code::InUse,
            format!(
                "port {} is in use ({}): stop what listens there, or choose another by {flag} (0 takes a free one)",
                address.port(),
                address.ip()
            ),
        ),
        ErrorKind::PermissionDenied => {
            Failure::general(format!("{address} may not be bound: choose a port above 1023 by {flag}"))
        }
        ErrorKind::AddrNotAvailable => Failure::general(format!("{} is no address of this machine", address.ip())),
        kind => Failure::general(format!("{address} cannot be bound: {kind}")),
    }
}

/// What a client on this machine connects to.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
