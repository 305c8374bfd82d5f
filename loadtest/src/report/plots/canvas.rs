//! Draws a chart with plotters. Grid, ticks and the names of phases are drawn here rather than by its mesh,
//! which knows neither which labels fit nor where a phase begins.

use anyhow::{Result, anyhow};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::series::LineSeries;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, ShapeStyle, TextStyle};

use super::axis::{Axis, Span};
use super::palette::Colour;
use super::series::Points;
use crate::record::Phase;
use crate::report::escape::escape;
use crate::units::{Unit, clean};

/// plotters has only integer coordinates: two per CSS pixel make lines smooth.
const FINE: u32 = 2;

/// In CSS pixels.
const LETTERS: u32 = 12;
const LETTER_WIDTH: f64 = 6.6;
const LEFT: u32 = 58;
const BELOW: u32 = 24;
const RIGHT: u32 = 18;
/// Room for the names of the phases.
const ABOVE: u32 = 22;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Context<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// What is drawn.
#[derive(Debug)]
pub(super) struct Chart<'a> {
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    /// Later lines cover earlier ones.
    pub(super) lines: Vec<Line>,
    /// Shaded alternately, if x is time.
    pub(super) phases: &'a [Phase],
    pub(super) x: Axis,
    pub(super) y: Axis,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) colour: Colour,
    pub(super) name: &'static str,
    pub(super) points: Points,
}

impl Line {
    pub(super) fn new(colour: Colour, name: &'static str, points: Points) -> Self {
        Self { colour, name, points }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().flatten().map(|(_, value)| *value)
    }
}

impl Chart<'_> {
    /// The chart as an SVG element of this size in CSS pixels.
    pub(super) fn draw(&self, (width, height): (u32, u32)) -> Result<String> {
        let mut svg = String::new();
        // plotters' errors borrow the string that it draws into, so they become text here.
        self.draw_into(&mut svg, (width * FINE, height * FINE))
            .map_err(|error| anyhow!("{}: {error}", self.title))?;
        let label = escape(&self.label());
        Ok(svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1))
    }

    /// A description of the plot for readers who don't see it.
    fn label(&self) -> String {
        let (Axis::Linear(unit) | Axis::Logarithmic(unit)) = self.y else {
            return self.title.to_owned();
        };
        let lines = self.lines.iter().filter_map(|line| {
            let lowest = line.values().reduce(f64::min)?;
            let highest = line.values().reduce(f64::max)?;
            Some(format!("{} {} to {}", line.name, unit.words(lowest), unit.words(highest)))
        });
        format!("{}: {}", self.title, lines.collect::<Vec<_>>().join("; "))
    }

    fn draw_into(&self, svg: &mut String, size: (u32, u32)) -> Result<(), String> {
        let root = SVGBackend::with_string(svg, size).into_drawing_area();
        let values = || self.lines.iter().flat_map(Line::values);
        // Zero has no position on a logarithmic axis; the axis begins at the lowest positive value.
        let positive = values().filter(|value| *value > 0.0);
        let lowest = positive.reduce(f64::min).unwrap_or_default();
        let highest = values().reduce(f64::max).unwrap_or_default();
        let (x, y) = (self.x.span(0.0, 0.0), self.y.span(self.floor(lowest), highest));
        let mut context = ChartBuilder::on(&root)
            .margin_top(ABOVE * FINE)
            .margin_right(RIGHT * FINE)
            .set_label_area_size(plotters::chart::LabelAreaPosition::Left, LEFT * FINE)
            .set_label_area_size(plotters::chart::LabelAreaPosition::Bottom, BELOW * FINE)
            .build_cartesian_2d(x.from..x.to, y.from..y.to)
            .map_err(as_text)?;
        self.draw_phases(&root, &mut context, &x, &y)?;
        draw_grid(&root, &mut context, &x, &y)?;
        for line in &self.lines {
            self.draw_line(&mut context, line, &y)?;
        }
        root.present().map_err(as_text)
    }

    /// A logarithmic axis leaves out rates below one per second.
    fn floor(&self, lowest: f64) -> f64 {
        match self.y {
            Axis::Logarithmic(Unit::PerSecond) => lowest.max(1.0),
            _ => lowest,
        }
    }

    fn draw_phases(
        &self,
        root: &Area,
        context: &mut Context,
        x: &Span,
        y: &Span,
    ) -> Result<(), String> {
        for (place, phase) in self.phases.iter().enumerate() {
            let (began, ended) = (phase.began.clamp(x.from, x.to), phase.ended.clamp(x.from, x.to));
            if place % 2 == 1 {
                let band =
                    Rectangle::new([(began, y.from), (ended, y.to)], Colour::Band.rgb().filled());
                context.draw_series([band]).map_err(as_text)?;
            }
            let ((left, top), (right, _)) =
                (context.backend_coord(&(began, y.to)), context.backend_coord(&(ended, y.to)));
            let name = clean(&phase.name);
            if wide(&name) <= f64::from(right - left) {
                let middle = (left + (right - left) / 2, top - 6 * fine());
                let style = letters(HPos::Center, VPos::Bottom);
                root.draw(&Text::new(name, middle, style)).map_err(as_text)?;
            }
        }
        // A mark at the border of two phases.
        let marks: Vec<f64> = self.phases.iter().skip(1).map(|phase| phase.began).collect();
        let style = stroke(Colour::Ink, 1);
        let marks = marks.into_iter().filter(|at| (x.from..=x.to).contains(at));
        context
            .draw_series(marks.map(|at| PathElement::new([(at, y.from), (at, y.to)], style)))
            .map_err(as_text)?;
        Ok(())
    }

    fn draw_line(&self, context: &mut Context, line: &Line, y: &Span) -> Result<(), String> {
        let style = stroke(line.colour, 3);
        for points in &line.points {
            let place = |(at, value): &(f64, f64)| (*at, self.y.place(*value).max(y.from));
            let mut places: Vec<_> = points.iter().map(place).collect();
            // A single second between two gaps would be a line of length zero, which is invisible.
            if let [(at, value)] = places[..] {
                places = vec![(at - 0.25, value), (at + 0.25, value)];
            }
            context.draw_series(LineSeries::new(places, style)).map_err(as_text)?;
        }
        Ok(())
    }
}

fn draw_grid(root: &Area, context: &mut Context, x: &Span, y: &Span) -> Result<(), String> {
    let grid = stroke(Colour::Grid, 2);
    let lines = y.ticks.iter().map(|(at, _)| PathElement::new([(x.from, *at), (x.to, *at)], grid));
    context.draw_series(lines).map_err(as_text)?;
    for (at, words) in &y.ticks {
        let (left, middle) = context.backend_coord(&(x.from, *at));
        let style = letters(HPos::Right, VPos::Center);
        root.draw(&Text::new(words.clone(), (left - 8 * fine(), middle), style))
            .map_err(as_text)?;
    }
    let mut free_from = f64::MIN;
    let (end, _) = context.backend_coord(&(x.to, y.from));
    for (at, words) in &x.ticks {
        let (middle, bottom) = context.backend_coord(&(*at, y.from));
        let half = wide(words) / 2.0;
        let (from, to) = (f64::from(middle) - half, f64::from(middle) + half);
        // A label without room is left out.
        if from < free_from || to > f64::from(end) + f64::from(RIGHT * FINE) {
            continue;
        }
        free_from = to;
        let style = letters(HPos::Center, VPos::Top);
        root.draw(&Text::new(words.clone(), (middle, bottom + 7 * fine()), style))
            .map_err(as_text)?;
    }
    Ok(())
}

/// The approximate width of words with a little space, in fine pixels.
fn wide(words: &str) -> f64 {
    let letters = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
    (f64::from(letters) + 1.5) * LETTER_WIDTH * f64::from(FINE)
}

fn fine() -> i32 {
    i32::try_from(FINE).unwrap_or(1)
}

fn letters(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    let font = ("sans-serif", LETTERS * FINE).into_font();
    let color = Colour::Ink.rgb().to_backend_color();
    TextStyle { font, color, pos: Pos::new(horizontal, vertical) }
}

fn stroke(colour: Colour, width: u32) -> ShapeStyle {
    colour.rgb().stroke_width(width)
}

fn as_text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
