// What the guide to observability and its example install in place of an exporter: the sum or the last value of each figure.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

/// A recorder that keeps one number for each figure: the sum of a counter, the last value of a gauge, and how often a
/// histogram was given a value.
#[derive(Clone, Debug, Default)]
pub struct Figures(Arc<Mutex<BTreeMap<String, f64>>>);

impl Figures {
    fn figure(&self, key: &Key) -> Arc<Figure> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={:?}", label.key(), label.value())).collect();
        Arc::new(Figure { figures: self.clone(), name: format!("{}{{{}}}", key.name(), labels.join(",")) })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        figures.iter().try_for_each(|(name, value)| writeln!(f, "{name} {value}"))
    }
}

struct Figure {
    figures: Figures,
    name: String,
}

impl Figure {
    fn change(&self, change: impl FnOnce(&mut f64)) {
        let mut figures = self.figures.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(figures.entry(self.name.clone()).or_default());
    }
}

/// More than four billion are four billion here.
fn float(value: u64) -> f64 {
    u32::try_from(value).unwrap_or(u32::MAX).into()
}

impl CounterFn for Figure {
    fn increment(&self, value: u64) {
        self.change(|sum| *sum += float(value));
    }

    fn absolute(&self, value: u64) {
        self.change(|sum| *sum = float(value));
    }
}

impl GaugeFn for Figure {
    fn increment(&self, value: f64) {
        self.change(|last| *last += value);
    }

    fn decrement(&self, value: f64) {
        self.change(|last| *last -= value);
    }

    fn set(&self, value: f64) {
        self.change(|last| *last = value);
    }
}

impl HistogramFn for Figure {
    fn record(&self, _: f64) {
        self.change(|count| *count += 1.0);
    }
}

impl Recorder for Figures {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.figure(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.figure(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.figure(key))
    }
}
