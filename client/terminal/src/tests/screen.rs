//! The screen, as cells.

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use throng_protocol::{Kind, MemberSample, Message, Role};

use super::{Chat, failure, id_of, label, message, person};
use crate::colour::{Depth, Palette};
use crate::event::Event;
use crate::model::ConnectionState;
use crate::model::RoomLabel;
use crate::view;

fn buffer(chat: &mut Chat, columns: u16, rows: u16, depth: Depth) -> Buffer {
    chat.tell(Event::Resize(columns, rows));
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal");
    let drawn = terminal.draw(|frame| view::draw(frame, &chat.model, Palette(depth)));
    drawn.expect("it draws").buffer.clone()
}

pub(super) fn screen(chat: &mut Chat, columns: u16, rows: u16) -> String {
    let buffer = buffer(chat, columns, rows, Depth::None);
    let row = |y| -> String { (0..columns).map(|x| buffer[(x, y)].symbol()).collect() };
    (0..rows).map(|y| row(y).trim_end().to_owned() + "\n").collect()
}

#[test]
fn all_panes_are_there_when_there_is_room() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "hello @ana");
    chat.tell(Event::Message(Message { kind: Kind::Action, ..message("lobby", 2, "bo", "waves") }));
    chat.write("/join tea");
    chat.hear("lobby", 3, "bo", "ana?");
    chat.press(KeyCode::Char('p'), KeyModifiers::CONTROL);
    chat.keys("hi");
    let screen = screen(&mut chat, 100, 12);
    for piece in [
        "#lobby  2 people",
        "1 throng",
        "2 lobby",
        "3 tea",
        "bo ▌ hello @ana",
        "* │ bo waves",
        " new ",
        "│ ana",
        "│ bo",
        "Thursday, 28 May 2026",
        " ana  connected",
        "#lobby › hi",
    ] {
        assert!(screen.contains(piece), "{piece:?} is missing in\n{screen}");
    }
}

#[test]
fn a_narrow_screen_keeps_the_text_and_a_tiny_one_does_not_panic() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "a text that is too long for one row of this");
    let narrow = screen(&mut chat, 40, 10);
    assert!(!narrow.contains("1 throng") && narrow.contains("bo │ a text that is"), "{narrow}");
    for columns in 1..12 {
        for rows in 1..8 {
            screen(&mut chat, columns, rows);
        }
    }
}

#[test]
fn every_state_of_the_connection_has_words() {
    let mut chat = Chat::in_lobby(0);
    chat.write("typed");
    let until = chat.model.now + 2_500;
    for (link, words) in [
        (ConnectionState::Connecting { attempt: 1 }, "connecting…"),
        (ConnectionState::Connecting { attempt: 4 }, "offline, attempt 4…"),
        (ConnectionState::CatchingUp { rooms: 2 }, "catching up in 2 rooms"),
        (ConnectionState::Offline { why: "the cable".into(), until }, "offline, again in 3 s"),
        (ConnectionState::Closed { why: "no".into(), next: "" }, "closed"),
    ] {
        chat.tell(Event::Connection(link));
        let screen = screen(&mut chat, 80, 10);
        assert!(screen.contains(words) && screen.contains("1 to be sent"), "{words}:\n{screen}");
    }
}

#[test]
fn pending_sent_and_failed_look_different() {
    let mut chat = Chat::in_lobby(0);
    chat.write("text");
    assert!(screen(&mut chat, 80, 10).contains("ana … text"));
    chat.tell(Event::Sent { key: 1 });
    assert!(screen(&mut chat, 80, 10).contains("ana ✓ text"));
    chat.tell(Event::SendFailed {
        room: label("lobby"),
        key: 1,
        failure: failure("too long", false),
    });
    let failed = screen(&mut chat, 80, 10);
    assert!(failed.contains("ana ✗ text") && failed.contains("/retry sends"), "{failed}");
}

#[test]
fn why_a_send_failed_can_be_read_at_every_width() {
    let why =
        "the control character U+001B at byte 12 is not allowed in a text; line feed and tab are";
    let mut chat = Chat::in_lobby(0);
    chat.write("text");
    let unsent = |is_final| Event::SendFailed {
        room: label("lobby"),
        key: 1,
        failure: failure(why, is_final),
    };
    for columns in [40, 80, 160] {
        chat.tell(unsent(true));
        let drawn = screen(&mut chat, columns, 16);
        let words: Vec<&str> = drawn.split([' ', '\n', '.']).collect();
        for word in why.split(' ') {
            assert!(words.contains(&word), "{word:?} at {columns} columns:\n{drawn}");
        }
        assert!(!drawn.contains("/retry"), "it can never be accepted:\n{drawn}");
        assert!(drawn.contains("1 failed: /discard"), "{drawn}");
        chat.tell(unsent(false));
        assert!(screen(&mut chat, columns, 16).contains("/retry"));
    }
}

#[test]
fn what_should_be_known_before_sending_stands_below() {
    let mut chat = Chat::in_lobby(0);
    let greeted =
        Event::Greeted { user: person("ana"), role: Role::Guest, notice: None, text_max: Some(10) };
    chat.tell(greeted);
    chat.tell(Event::Paste("one\ntwo".into()));
    assert!(screen(&mut chat, 80, 10).contains("2 lines, Enter sends them as one message"));
    chat.keys(" three");
    assert!(screen(&mut chat, 80, 10).contains("3 bytes too long"));
    chat.tell(Event::Paste("x".repeat(70_000)));
    chat.model.text_max = None;
    assert!(screen(&mut chat, 80, 10).contains("no more fits"));
}

#[test]
fn a_text_of_several_lines_stands_in_several_rows() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(Event::Paste("one\ntwo".into()));
    let drawn = screen(&mut chat, 80, 10);
    assert!(drawn.contains("› one⏎\n") && drawn.contains("\n         two\n"), "{drawn}");
}

/// What is read by somebody who has scrolled up: all rows of the log but the badge's.
fn read(chat: &mut Chat) -> Vec<String> {
    let beside = |row: &str| row.chars().skip(19).collect();
    screen(chat, 80, 16).lines().skip(1).take(12).map(beside).collect()
}

#[test]
fn what_is_read_stays_where_it_is_whatever_comes_below() {
    let mut chat = Chat::in_lobby(40);
    (1..=40).for_each(|seq| chat.hear("lobby", seq, "bo", &format!("text {seq}")));
    screen(&mut chat, 80, 16);
    chat.tell(Event::Wheel(9));
    let before = read(&mut chat);
    chat.hear("lobby", 41, "bo", "the first one brings the rule of what is new");
    assert_eq!(read(&mut chat), before);
    chat.hear("lobby", 42, "bo", "the second does not");
    assert_eq!(read(&mut chat), before);
    let next_day = message("lobby", 200_000, "bo", "a day later, after a hole");
    chat.tell(Event::Message(next_day));
    assert_eq!(read(&mut chat), before);
    chat.write("/xyzzy");
    assert_eq!(read(&mut chat), before, "a note");
    let failed = failure("a reason that is long enough for a row", false);
    let mut mine = crate::model::Outgoing::new(7, "mine", false, 0);
    mine.state = crate::model::SendState::Failed(failed);
    chat.model.room_mut().outgoing.push(mine);
    assert_eq!(read(&mut chat), before, "something of ours");
}

#[test]
fn the_badge_covers_all_of_its_row() {
    let mut chat = Chat::in_lobby(40);
    (1..=40).for_each(|seq| chat.hear("lobby", seq, "bo", &"word ".repeat(10)));
    for columns in [30, 80, 160] {
        screen(&mut chat, columns, 16);
        chat.tell(Event::Wheel(3));
        let drawn = screen(&mut chat, columns, 16);
        let row = drawn.lines().nth(13).expect("the last row of the log");
        assert!(row.contains("more lines below") && !row.contains("word"), "{drawn}");
    }
}

#[test]
fn help_pages_and_says_how_to_go_on() {
    for columns in [40, 80, 160] {
        let mut chat = Chat::in_lobby(0);
        chat.model.role = Role::Owner;
        chat.write("/help");
        let mut seen = screen(&mut chat, columns, 24);
        assert!(seen.contains("/join ROOM") && seen.contains("Space: the next"), "{seen}");
        for _ in 0..20 {
            chat.keys(" ");
            seen += &screen(&mut chat, columns, 24);
        }
        for command in crate::commands::COMMANDS {
            assert!(seen.contains(&format!("/{}", command.name)), "{} is missing", command.name);
        }
        assert!(seen.contains("Ctrl-C twice") && seen.contains("//me"), "{seen}");
        assert!(
            !screen(&mut chat, columns, 24).contains("(help, "),
            "after the last page it is closed"
        );
    }
}

#[test]
fn a_password_is_asked_for_in_place_of_the_line_and_never_shown() {
    for columns in [40, 80, 160] {
        let mut chat = Chat::in_lobby(0);
        chat.write("/login ana");
        chat.keys("turtle");
        let seen = screen(&mut chat, columns, 12);
        assert!(seen.contains("Password of ana ›") && !seen.contains("turtle"), "{seen}");
        assert!(seen.contains("not shown"), "{seen}");
        chat.press(KeyCode::Esc, KeyModifiers::NONE);
        assert!(screen(&mut chat, columns, 12).contains("#lobby ›"));
    }
}

#[test]
fn the_hint_about_help_stands_where_one_starts() {
    let mut chat = Chat::in_lobby(0);
    chat.model.history = crate::input_history::InputHistory::default();
    assert!(screen(&mut chat, 80, 12).contains("#lobby › Write a message, or /help"));
    chat.keys("h");
    assert!(!screen(&mut chat, 80, 12).contains("Write a message"));
    chat.press(KeyCode::Enter, KeyModifiers::NONE);
    assert!(!screen(&mut chat, 80, 12).contains("Write a message"), "who has written knows it");
    chat.write("/nick Ana Maria");
    assert!(screen(&mut chat, 80, 12).contains("› /nick Ana-Maria"), "what Enter would take");
}

#[test]
fn what_was_looked_for_is_turned_around() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "where is the Kettle?");
    chat.write("/find kettle");
    let buffer = buffer(&mut chat, 80, 12, Depth::None);
    let lit: String = buffer
        .content()
        .iter()
        .take(80 * 10)
        .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
        .map(|cell| cell.symbol())
        .collect();
    assert!(lit.contains("Kettle") && !lit.contains("where"), "{lit}");
    assert!(screen(&mut chat, 80, 12).contains("“kettle”: 1 of 1"));
}

#[test]
fn a_resize_keeps_the_place_that_is_read() {
    let mut chat = Chat::in_lobby(40);
    (1..=40).for_each(|seq| {
        chat.hear("lobby", seq, "bo", &format!("text {seq} {}", "of more words ".repeat(8)));
    });
    screen(&mut chat, 160, 16);
    chat.tell(Event::Wheel(20));
    let lowest = |drawn: &str| {
        let after =
            drawn.rsplit("text ").next().map(|rest| rest.split(' ').next().map(str::to_owned));
        after.flatten()
    };
    let wide = screen(&mut chat, 160, 16);
    let narrow = screen(&mut chat, 60, 16);
    assert_eq!(lowest(&wide), lowest(&narrow), "{wide}\n{narrow}");
    assert_eq!(screen(&mut chat, 160, 16), wide);
}

#[test]
fn no_control_reaches_the_cells_from_anywhere() {
    let evil = "x\u{1b}]0;t\u{7}\u{9b}31m\u{202e}y\r\u{85}";
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, evil, evil);
    let sample = vec![person(evil)];
    let members = MemberSample { version: 1, count: 1, sample, ..MemberSample::default() };
    chat.tell(Event::Who { room: label("lobby"), members, aloud: true });
    chat.tell(Event::Typing { room: id_of("lobby"), who: vec![evil.into()] });
    chat.tell(Event::Greeted {
        user: person(evil),
        role: Role::Guest,
        notice: Some(evil.into()),
        text_max: None,
    });
    chat.tell(Event::Connection(ConnectionState::Closed { why: evil.into(), next: "" }));
    chat.tell(Event::SendFailed { room: label("lobby"), key: 1, failure: failure(evil, false) });
    chat.model.find_or_add(&RoomLabel::named(evil));
    chat.tell(Event::Paste(evil.into()));
    let buffer = buffer(&mut chat, 100, 30, Depth::True);
    for cell in buffer.content() {
        let bad = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!cell.symbol().contains(bad), "{:?}", cell.symbol());
    }
    assert!(!chat.model.title().chars().any(char::is_control), "nor the title");
}

#[test]
fn wide_and_right_to_left_texts_stay_in_their_place() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "日本語 e\u{301}");
    chat.hear("lobby", 2, "bo", "שלום ana");
    let buffer = buffer(&mut chat, 80, 10, Depth::None);
    let find = |symbol: &str| {
        let at = buffer.content().iter().position(|cell| cell.symbol() == symbol);
        buffer.pos_of(at.unwrap_or_else(|| panic!("{symbol:?} is on the screen")))
    };
    assert_eq!(find("本").0, find("日").0 + 2);
    assert_eq!(find("e\u{301}").0, find("語").0 + 3);
    let (x, y) = find("ש");
    assert!(buffer[(x - 1, y)].symbol().ends_with('\u{2068}'), "the row is isolated");
    assert!(buffer[(x + 7, y)].symbol().ends_with('\u{2069}'), "up to its end");
}

#[test]
fn without_colour_no_cell_has_one_and_with_it_a_nick_has() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "@ana: hello");
    chat.tell(Event::Connection(ConnectionState::Closed { why: "no".into(), next: "" }));
    let plain = buffer(&mut chat, 100, 20, Depth::None);
    assert!(plain.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(plain.content().iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)));
    let nick = Palette(Depth::Indexed).nick("bo").fg.expect("a colour");
    let coloured = buffer(&mut chat, 100, 20, Depth::Indexed);
    assert!(coloured.content().iter().any(|cell| cell.symbol() == "b" && cell.fg == nick));
}

#[test]
fn a_click_on_a_room_shows_it() {
    let mut chat = Chat::in_lobby(0);
    screen(&mut chat, 100, 12);
    chat.tell(Event::Click { column: 3, row: 1 });
    assert_eq!(chat.model.shown, 0);
    chat.tell(Event::Click { column: 3, row: 2 });
    assert_eq!(chat.model.shown, 1);
    chat.tell(Event::Click { column: 50, row: 1 });
    assert_eq!(chat.model.shown, 1);
}

#[test]
fn the_cursor_stays_in_a_long_line() {
    let mut chat = Chat::in_lobby(0);
    chat.hear("lobby", 1, "bo", "still here");
    chat.keys(&"word ".repeat(100));
    chat.tell(Event::Resize(60, 12));
    let mut terminal = Terminal::new(TestBackend::new(60, 12)).expect("a terminal");
    terminal.draw(|frame| view::draw(frame, &chat.model, Palette(Depth::None))).expect("it draws");
    let cursor = terminal.get_cursor_position().expect("a cursor");
    assert_eq!(cursor.y, 11, "on the last row");
    assert!(screen(&mut chat, 60, 12).contains("still here"), "and the log is still in sight");
}
