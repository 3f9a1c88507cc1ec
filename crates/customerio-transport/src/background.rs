use customerio_core::BoxFuture;
use tokio::runtime::Handle;

/// Spawns `task` on the caller's tokio runtime, or returns it if there is none:
/// [`Transport::spawn`](customerio_core::Transport::spawn) for transports over tokio.
#[must_use = "a task that comes back was not run"]
pub fn spawn(task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
    match Handle::try_current() {
        Ok(runtime) => {
            drop(runtime.spawn(task));
            None
        }
        Err(_) => Some(task),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_runs_where_there_is_a_runtime_and_comes_back_where_there_is_none() {
        assert!(spawn(Box::pin(async {})).is_some());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (sender, receiver) = tokio::sync::oneshot::channel();
            assert!(spawn(Box::pin(async { sender.send(7).unwrap() })).is_none());
            assert_eq!(receiver.await, Ok(7));
        });
    }
}
