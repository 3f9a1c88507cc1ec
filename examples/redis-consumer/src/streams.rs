//! The streams of calls and of dead letters.

use redis::{AsyncCommands as _, RedisResult};

use crate::Result;

/// The group of the consumers.
pub(crate) const GROUP: &str = "customerio";

/// The field of an entry that contains the call.
pub(crate) const CALL: &str = "call";

/// The stream of the dead letters, which also have a field `reason`.
pub(crate) const DEAD: &str = "customerio:dead";

/// The stream of a call: one for calls that may arrive twice, and one for those that must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Events,
    Messages,
}

impl Stream {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Events => "customerio:events",
            Self::Messages => "customerio:messages",
        }
    }
}

/// Creates both streams with their groups unless they exist.
pub(crate) async fn create(redis: &redis::Client) -> Result {
    let mut redis = redis.get_multiplexed_async_connection().await?;
    for stream in [Stream::Events, Stream::Messages] {
        let created: RedisResult<()> = redis.xgroup_create_mkstream(stream.key(), GROUP, 0).await;
        match created {
            Err(error) if error.code() != Some("BUSYGROUP") => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
