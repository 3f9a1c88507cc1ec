//! Standard output, on a thread of its own: who does not read it holds up no request.

use std::{
    io::{self, Write as _},
    sync::{LazyLock, mpsc as sync},
    thread,
    time::Duration,
};

use tokio::sync::mpsc;

/// Most texts that wait to be printed.
const MOST_WAITING: usize = 1_000;

/// How long what waits has to be printed when the program ends.
const LAST_WORDS: Duration = Duration::from_secs(1);

enum Text {
    Said(String),
    /// All before it is printed.
    End(sync::Sender<()>),
}

static PRINTER: LazyLock<mpsc::Sender<Text>> = LazyLock::new(|| {
    let (sender, mut texts) = mpsc::channel(MOST_WAITING);
    thread::spawn(move || {
        while let Some(text) = texts.blocking_recv() {
            match text {
                // Nobody may read it any more, which is no reason to stop.
                Text::Said(text) => {
                    let mut output = io::stdout().lock();
                    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
                }
                Text::End(ended) => {
                    let _ = ended.send(());
                }
            }
        }
    });
    sender
});

/// Prints a text soon, unless too many wait already.
pub(crate) fn say(text: impl Into<String>) {
    let _ = PRINTER.try_send(Text::Said(text.into()));
}

/// Prints a text as soon as there is room for it.
pub(crate) async fn say_in_turn(text: String) {
    let _ = PRINTER.send(Text::Said(text)).await;
}

/// Waits until everything is printed, for a second at most.
pub(crate) fn finish() {
    let (ended, end) = sync::channel();
    if PRINTER.try_send(Text::End(ended)).is_ok() {
        let _ = end.recv_timeout(LAST_WORDS);
    }
}
