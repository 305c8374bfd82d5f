//! The picture in the README: a real screen, as SVG.
//!
//! `cargo nextest run -p throng-chat --run-ignored only screenshot` writes it anew.

use std::fmt::Write;

use crate::harness::{Seat, Server};

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
    let mut others = ["bo", "cyril", "日和", "דנה", "ella"]
        .map(|nick| Seat::start_sized(&server, &["--nick", nick, "--room", "lobby"], size));
    ana.sees("6 people");
    let mut say = |who: usize, text: &str| {
        others[who].write(text);
        ana.sees(text.split(' ').next_back().expect("a word"));
    };
    say(0, "good morning. has anybody read the numbers of last night?");
    say(1, "I have: ten thousand clients, 30,000 deliveries a second, and nobody missed a message");
    say(2, "おはようございます 🎉");
    say(3, "בוקר טוב");
    say(0, "what happened at 03:12?");
    say(
        1,
        "the server was killed, on purpose. everybody was back after two seconds, without a hole.",
    );
    ana.write("I was asleep, and my terminal was not: it says nothing is missing");
    ana.sees("missing");
    ana.write("/me pours tea for everybody");
    ana.sees("pours tea");
    others[1].write("/join tea");
    others[1].sees("#tea  1 person");
    ana.write("/join tea");
    ana.sees("2 people");
    ana.keys("\x1b2");
    ana.sees("6 people");
    others[1].write("ana, the kettle is on");
    others[2].write("ana: 一杯ください");
    ana.sees("@1");
    ana.sees("一杯ください");
    // Somebody who has not been writing: it is said at most every three seconds.
    others[4].keys("me too");
    ana.sees("ella is writing");
    ana.keys("cyril: on my wa");
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
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else { continue };
            draw(&mut out, cell, row, column);
        }
    }
    let (row, column) = screen.cursor_position();
    let (x, y) = place(row, column);
    let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"19\" fill=\"{INK}\"/>");
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, cell: &vt100::Cell, row: u16, column: u16) {
    let (x, y) = place(row, column);
    let wide = CELL.0 * if cell.is_wide() { 2 } else { 1 };
    let (mut ink, mut ground) = (colour(cell.fgcolor(), INK), colour(cell.bgcolor(), GROUND));
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut ground);
    }
    if ground != GROUND {
        // A hair wider, so that no seam shows between two cells.
        let wide = f64::from(wide) + 0.5;
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    let text: String =
        cell.contents().chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect();
    if text.trim().is_empty() {
        return;
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    let style = if cell.italic() { " font-style=\"italic\"" } else { "" };
    let _ = writeln!(
        out,
        "<text x=\"{x}\" y=\"{}\" fill=\"{ink}\"{weight}{style}>{text}</text>",
        y + 14
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
