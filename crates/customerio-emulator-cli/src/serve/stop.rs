//! Signals: the first asks the program to stop, the second ends it at once.

use std::{io, process};

/// What a shell shows for a program that a signal ended.
const INTERRUPTED: i32 = 130;

impl Signals {
    /// Waits for the first signal. From then on a second one ends the program.
    pub(crate) async fn asked(mut self) {
        self.next().await;
        tokio::spawn(async move {
            self.next().await;
            process::exit(INTERRUPTED);
        });
    }
}

/// The signals, which end nothing by themselves from now on.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Signals(());

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "as where there are signals")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(()))
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
