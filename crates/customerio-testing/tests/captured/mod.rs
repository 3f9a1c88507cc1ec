//! What is told to `tracing` while something is done, as text.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::subscriber;
use tracing_subscriber::fmt::{self, MakeWriter, format::FmtSpan};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Everything that is told on this thread, at every level; a span when it closes, with all its fields.
pub(crate) fn captured<T>(act: impl FnOnce() -> T) -> String {
    let lines = Lines::default();
    let subscriber = fmt::Subscriber::builder()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(lines.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    let _ = subscriber::with_default(subscriber, act);
    let bytes = lines.0.lock().unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}
