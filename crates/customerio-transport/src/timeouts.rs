//! The timeouts of all transports of this SDK.

use std::time::Duration;

/// How long connecting may take: the name, TCP, a proxy and TLS together.
///
/// Without it a server that accepts and says nothing would hold a request until its own timeout, after which it is
/// unknown whether it was sent.
pub const CONNECT: Duration = Duration::from_secs(5);

/// How long a connection may idle in the pool.
///
/// It is shorter than the minute after which load balancers close idle connections: a request on a connection that is
/// just being closed may be lost.
pub const IDLE: Duration = Duration::from_secs(30);

/// The time without traffic after which TCP sends a keepalive probe. It is reqwest's default too.
pub const TCP_KEEPALIVE: Duration = Duration::from_secs(15);

/// The time without traffic after which an HTTP/2 connection that is waiting for a response sends a ping.
pub const PING_INTERVAL: Duration = Duration::from_secs(3);

/// How long the response to a ping may take. [`PING_INTERVAL`] and this are together less than an attempt has, so the next
/// one is made on another connection.
pub const PING: Duration = Duration::from_secs(5);
