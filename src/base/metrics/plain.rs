//! The text format of Prometheus, version 0.0.4, made from OpenMetrics.
//!
//! The two differ in what is around the samples. A counter of OpenMetrics has a name without `_total`, and
//! its sample has the suffix; in the older format the suffix is part of the name, and a tool that reads it
//! finds no help under the name without. The older format has no units and no end marker either.

/// Converts a whole OpenMetrics text to the older format.
pub(super) fn from_openmetrics(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + text.len() / 16);
    let mut help = None;
    for line in text.lines() {
        let described = line.strip_prefix("# ").and_then(|rest| rest.split_once(' '));
        match described {
            // It comes before the type, which decides whether the name gets the suffix.
            Some(("HELP", rest)) => help = rest.split_once(' '),
            Some(("TYPE", rest)) => {
                let (name, kind) = rest.split_once(' ').unwrap_or((rest, "untyped"));
                let suffix = if kind == "counter" { "_total" } else { "" };
                if let Some((_, words)) = help.take() {
                    plain.push_str(&format!("# HELP {name}{suffix} {words}\n"));
                }
                plain.push_str(&format!("# TYPE {name}{suffix} {kind}\n"));
            }
            Some(_) => {}
            None if line.starts_with('#') => {}
            None => {
                plain.push_str(line);
                plain.push('\n');
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::from_openmetrics;

    #[test]
    fn a_counter_has_its_suffix_everywhere_and_nothing_else_changes() {
        let openmetrics = "\
# HELP throng_errors Commands refused, by code.
# TYPE throng_errors counter
throng_errors_total{code=\"busy # TYPE\"} 3
# HELP throng_commit_seconds Time of one commit.
# TYPE throng_commit_seconds histogram
# UNIT throng_commit_seconds seconds
throng_commit_seconds_sum 0.5
throng_commit_seconds_bucket{le=\"+Inf\"} 2
# HELP throng_rooms Rooms in memory.
# TYPE throng_rooms gauge
throng_rooms 1
# EOF
";
        let plain = "\
# HELP throng_errors_total Commands refused, by code.
# TYPE throng_errors_total counter
throng_errors_total{code=\"busy # TYPE\"} 3
# HELP throng_commit_seconds Time of one commit.
# TYPE throng_commit_seconds histogram
throng_commit_seconds_sum 0.5
throng_commit_seconds_bucket{le=\"+Inf\"} 2
# HELP throng_rooms Rooms in memory.
# TYPE throng_rooms gauge
throng_rooms 1
";
        assert_eq!(from_openmetrics(openmetrics), plain);
    }
}
