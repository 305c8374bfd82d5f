//! Answers as aligned text, the way their rows say.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::harmless;
use crate::admin::row::{Column, Format, Shown};

/// What stands between two columns.
const GAP: &str = "  ";

/// An answer as text. `now` is the time in Unix milliseconds.
pub(super) fn answer(shown: &Shown, answer: &Value, now: u64) -> String {
    match shown {
        Shown::Fields(columns) => {
            let line = |column: &Column| vec![column.title.to_owned(), cell(column, answer, now)];
            aligned(&columns.iter().map(line).collect::<Vec<_>>())
        }
        Shown::Table(list, columns) => table(list, columns, answer, now),
        Shown::Lines(list) => {
            let items = answer.get(list).and_then(Value::as_array).into_iter().flatten();
            items.map(harmless::json).collect()
        }
    }
}

fn table(list: &str, columns: &[Column], answer: &Value, now: u64) -> String {
    let rows = answer.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return format!("no {list}\n");
    }
    let mut lines = vec![columns.iter().map(|column| column.title.to_owned()).collect()];
    lines.extend(rows.iter().map(|row| columns.iter().map(|it| cell(it, row, now)).collect()));
    let mut text = aligned(&lines);
    if answer.get("more") == Some(&Value::Bool(true)) {
        text.push_str(&format!(
            "there are more {list} than these {}: narrow the list\n",
            rows.len()
        ));
    }
    text
}

/// Lines whose cells begin below each other.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|it| it.width()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in lines {
        for (at, cell) in line.iter().enumerate() {
            text.push_str(cell);
            if at + 1 < line.len() {
                text.push_str(&" ".repeat(widths[at] - cell.width()));
                text.push_str(GAP);
            }
        }
        text.push('\n');
    }
    text
}

fn cell(column: &Column, row: &Value, now: u64) -> String {
    let value = row.get(column.key).unwrap_or(&Value::Null);
    match (column.format, value.as_u64()) {
        (Format::Age, Some(then)) => span(now.saturating_sub(then) / 1_000),
        (Format::Seconds, Some(seconds)) => span(seconds),
        (Format::Plain | Format::Age | Format::Seconds, _) => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => harmless::text(text),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(_) => harmless::text(&value.to_string()),
    }
}

/// A time in its two largest units: `3d 4h`, `12m 5s`, `0s`.
fn span(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let at = units.iter().position(|(length, _)| seconds >= *length).unwrap_or(units.len() - 1);
    let (length, unit) = units[at];
    let large = format!("{}{unit}", seconds / length);
    match units.get(at + 1) {
        Some((smaller, unit)) => format!("{large} {}{unit}", seconds % length / smaller),
        None => large,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{answer, span};
    use crate::admin::row::{Column, Shown, age, column, seconds};

    const COLUMNS: &[Column] = &[column("name", "NAME"), age("since", "SINCE"), column("n", "N")];

    #[test]
    fn a_table_is_aligned_by_what_a_terminal_shows() {
        let given = json!({"rooms": [
            {"name": "日本", "since": 1_000, "n": 7},
            {"name": "e\u{301}", "since": 60_000, "n": null},
            {"name": "x\u{1b}[31m", "n": [1, "b"]},
        ]});
        let shown = answer(&Shown::Table("rooms", COLUMNS), &given, 61_000);
        assert_eq!(
            shown,
            "NAME         SINCE  N\n\
             日本         1m 0s  7\n\
             e\u{301}            1s     -\n\
             x\\u{1b}[31m  -      1, b\n"
        );
    }

    #[test]
    fn an_empty_list_and_a_cut_one_say_so() {
        let shown = Shown::Table("rooms", COLUMNS);
        for nothing in [json!({"rooms": []}), json!({}), json!(null)] {
            assert_eq!(answer(&shown, &nothing, 0), "no rooms\n");
        }
        let cut = answer(&shown, &json!({"rooms": [{}], "more": true}), 0);
        assert!(cut.ends_with("\nthere are more rooms than these 1: narrow the list\n"), "{cut}");
    }

    #[test]
    fn fields_stand_below_each_other() {
        const FIELDS: &[Column] = &[column("ok", "writable"), seconds("up", "up")];
        let shown = Shown::Fields(FIELDS);
        assert_eq!(
            answer(&shown, &json!({"ok": true, "up": 90}), 0),
            "writable  yes\nup        1m 30s\n"
        );
    }

    #[test]
    fn a_time_is_shown_in_its_two_largest_units() {
        for (seconds, shown) in
            [(0, "0s"), (59, "59s"), (60, "1m 0s"), (3_661, "1h 1m"), (90_000, "1d 1h")]
        {
            assert_eq!(span(seconds), shown);
        }
    }
}
