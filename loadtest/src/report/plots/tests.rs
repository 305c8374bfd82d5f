//! The plots of the example run.

use super::{all, palette};
use crate::record::example;

#[test]
fn every_figure_has_its_plot_with_axes_phases_and_a_label() {
    let plots = all(&example::held()).expect("drawn");
    let titles: Vec<&str> = plots.iter().map(|plot| plot.title).collect();
    assert_eq!(
        titles,
        [
            "Latency over time",
            "Latency by percentile",
            "Throughput",
            "Connections",
            "Memory",
            "Processors"
        ]
    );
    for plot in &plots {
        for svg in [&plot.wide, &plot.narrow] {
            assert!(svg.contains("role=\"img\" aria-label=\""), "{}", plot.title);
            assert!(svg.matches("<polyline").count() >= plot.legend.len(), "{}", plot.title);
            assert!(svg.trim_end().ends_with("</svg>"), "{}", plot.title);
        }
        assert_eq!(plot.wide.contains("storm"), plot.title != "Latency by percentile");
    }
    assert!(plots[1].wide.contains("\nmax\n"), "the end of the curve is named");
    assert!(plots[0].wide.contains("100 ms") && plots[4].wide.contains("MiB"));
    assert!(plots[0].wide.contains("p99 8.00 ms to 1.80 s"), "{}", &plots[0].wide[..300]);
}

#[test]
fn a_run_that_ended_before_its_first_second_has_no_plots() {
    let mut run = example::held();
    run.samples.clear();
    run.curve.0.clear();
    run.seconds = 0.0;
    assert!(all(&run).expect("nothing to draw").is_empty());
}

#[test]
fn a_server_that_is_out_of_sight_leaves_its_line_out() {
    let mut run = example::held();
    for sample in &mut run.samples {
        sample.server = None;
    }
    for phase in &mut run.phases {
        (phase.began, phase.ended) = (f64::NAN, -1.0);
    }
    let plots = all(&run).expect("drawn");
    assert_eq!(plots.len(), 6);
    assert!(plots[5].legend.iter().all(|(_, name)| name != "server"), "{:?}", plots[5].legend);
}

#[test]
fn every_colour_of_a_plot_has_a_dark_one() {
    let style = palette::style();
    for plot in all(&example::held()).expect("drawn") {
        for part in plot.wide.split('"').filter(|part| part.starts_with('#')) {
            assert!(style.contains(&format!("[stroke=\"{part}\"]")), "{part} is not in the sheet");
        }
    }
}
