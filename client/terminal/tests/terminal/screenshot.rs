//! The picture in the README: a real screen, as SVG.
//!
//! `cargo nextest run -p throng-chat --run-ignored only screenshot` writes it again.

use std::fmt::Write;

use support::server::Server;

use crate::harness::Seat;

/// A cell, in pixels of the picture.
const CELL: (u32, u32) = (9, 19);

/// The colours of a dark terminal.
const GROUND: &str = "#16181d";
const INK: &str = "#d7dae0";

#[test]
#[ignore = "writes client/terminal/screenshot.svg"]
fn screenshot() {
    let server = Server::start();
    let size = (104, 26);
    let mut ana = Seat::start_sized(&server, &["--nick", "ana", "--room", "lobby"], size);
    ana.sees("1 person");
    let mut others = ["bo", "cyril", "zoë", "דנה", "ella"]
        .map(|nick| Seat::start_sized(&server, &["--nick", nick, "--room", "lobby"], size));
    ana.sees("6 people");
    let mut say = |who: usize, text: &str| {
        others[who].write(text);
        // Two words of its beginning: one may stand elsewhere on the screen.
        let words: Vec<&str> = text.split(' ').take(2).collect();
        ana.sees(&words.join(" "));
    };
    say(0, "good morning. has anybody read the numbers of last night?");
    say(1, "I have: ten thousand clients, 30,000 deliveries a second, and nobody missed a message");
    say(2, "καλημέρα! good news before breakfast");
    say(3, "בוקר טוב");
    say(0, "what happened at `03:12`, @ella?");
    say(
        1,
        "the server was **killed, on purpose**. everybody was back after two seconds, without a hole.",
    );
    ana.write("I was asleep, and my terminal was not: it says nothing is missing");
    // What is written behind an Enter at once would be a paste.
    ana.sees("│ I was");
    ana.write("/me pours tea for everybody");
    ana.sees("ana pours tea");
    others[1].write("/join tea");
    others[1].sees("#tea  1 person");
    ana.write("/join tea");
    ana.sees("2 people");
    ana.keys("\x1b2");
    ana.sees("6 people");
    others[1].write("@ana the kettle is on");
    others[2].write("@ana keep a cup for me");
    ana.sees("@1");
    ana.sees("keep a cup");
    // Somebody who has not been writing: it is said at most every three seconds.
    others[4].keys("me too");
    ana.sees("ella is writing");
    ana.keys("@cyril on my wa");
    ana.sees("on my wa");
    let picture = ana.look(|seen| svg(seen.screen()));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/screenshot.svg");
    std::fs::write(path, picture).expect("it can be written");
}

fn svg(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (u32::from(columns) * CELL.0 + 24, u32::from(rows) * CELL.1 + 24);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"15\">\n<title>throng-chat in a terminal</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{GROUND}\"/>\n"
    );
    for row in 0..rows {
        for run in runs(screen, row, columns) {
            draw(&mut out, &run, row);
        }
    }
    let (row, column) = screen.cursor_position();
    let (x, y) = place(row, column);
    let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"19\" fill=\"{INK}\"/>");
    out.push_str("</svg>\n");
    out
}

/// Cells of one look beside each other. They are one text, so that what shows the picture puts
/// letters that run from right to left in their order, as a terminal does.
struct Run {
    column: u16,
    cells: u32,
    text: String,
    look: Look,
}

#[derive(PartialEq)]
struct Look {
    ink: String,
    ground: String,
    bold: bool,
    italic: bool,
    /// Rules are drawn, not written: fonts leave gaps between them.
    rule: bool,
}

fn runs(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else { continue };
        let contents = cell.contents();
        if cell.is_wide_continuation() {
            runs.iter_mut().rev().take(1).for_each(|run| run.cells += 1);
            continue;
        }
        let (mut ink, mut ground) = (colour(cell.fgcolor(), INK), colour(cell.bgcolor(), GROUND));
        if cell.inverse() {
            std::mem::swap(&mut ink, &mut ground);
        }
        let rule = contents.starts_with(['│', '─', '▌']);
        let look = Look { ink, ground, bold: cell.bold(), italic: cell.italic(), rule };
        let text = if contents.is_empty() { " " } else { contents };
        match runs.last_mut().filter(|run| run.look == look && !rule) {
            Some(run) => {
                run.cells += 1;
                run.text.push_str(text);
            }
            None => runs.push(Run { column, cells: 1, text: text.to_owned(), look }),
        }
    }
    runs
}

fn draw(out: &mut String, run: &Run, row: u16) {
    let (x, y) = place(row, run.column);
    let (wide, tall) = (run.cells * CELL.0, CELL.1);
    let Look { ink, ground, bold, italic, rule } = &run.look;
    if ground != GROUND {
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{tall}\" fill=\"{ground}\"/>"
        );
    }
    if *rule {
        let (left, top, wide, tall) = match run.text.chars().next() {
            Some('─') => (x, y + 9, wide, 1),
            Some('▌') => (x, y, 4, tall),
            _ => (x + 4, y, 1, tall),
        };
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{tall}\" fill=\"{ink}\"/>"
        );
        return;
    }
    let text: String = run.text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect();
    let lead = u32::try_from(text.len() - text.trim_start().len()).expect("a row is short");
    let trail = u32::try_from(text.trim_start().len() - text.trim().len()).expect("short too");
    let text = text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if text.is_empty() {
        return;
    }
    let weight = if *bold { " font-weight=\"bold\"" } else { "" };
    let style = if *italic { " font-style=\"italic\"" } else { "" };
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\" fill=\"{ink}\"{weight}{style}>{text}</text>",
        x + lead * CELL.0,
        y + 14,
        wide - (lead + trail) * CELL.0,
    );
}

fn place(row: u16, column: u16) -> (u32, u32) {
    (12 + u32::from(column) * CELL.0, 12 + u32::from(row) * CELL.1)
}

fn colour(colour: vt100::Color, default: &str) -> String {
    match colour {
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        _ => default.to_owned(),
    }
}
