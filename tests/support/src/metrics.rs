//! The metrics of a server, read as OpenMetrics text.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::http;

/// One scrape.
pub struct Metrics {
    /// The value of each series, by its name with labels as written.
    series: BTreeMap<String, f64>,
}

impl Metrics {
    pub fn scrape(address: SocketAddr) -> Self {
        let response = http::get(address, "/metrics");
        assert_eq!(response.status, 200, "{response:?}");
        let lines = response.body.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Self { series: series.collect() }
    }

    /// The sum of the series with this name whose labels contain `label`.
    pub fn sum(&self, name: &str, label: &str) -> f64 {
        let mut found = self.matching(name, label).peekable();
        assert!(found.peek().is_some(), "there is no series {name} with {label:?}: {self}");
        found.sum()
    }

    /// The sum of the series with this name, whatever its labels.
    pub fn value(&self, name: &str) -> f64 {
        self.sum(name, "")
    }

    fn matching(&self, name: &str, label: &str) -> impl Iterator<Item = f64> {
        let of_name = self.series.iter().filter(move |(key, _)| {
            let (given, labels) = key.split_once('{').unwrap_or((key, ""));
            given == name && labels.contains(label)
        });
        of_name.map(|(_, value)| *value)
    }
}

impl std::fmt::Display for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in &self.series {
            writeln!(f, "{name} {value}")?;
        }
        Ok(())
    }
}
