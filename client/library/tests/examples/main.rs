//! The examples do what they promise: each runs as a separate process against the real server.

mod person;

use std::thread::{self, JoinHandle};

use async_std::task::block_on;
use support::http_stub::{HttpStub, answer};
use support::process::Process;
use support::program::example;
use support::server::Server;
use tempfile::TempDir;
use throng_client::Kind;

use self::person::Person;

/// The rates of the server are not under test here.
const FLAGS: [&str; 4] = ["--sends-per-second", "10000", "--sends-burst", "10000"];

/// Starts an example at a server.
fn start(server: &Server, name: &str, arguments: &[&str]) -> Process {
    let mut command = example(name);
    command.args(arguments);
    Process::spawn(command, &server.home().join(name))
}

/// Kills a running example.
fn kill9(mut example: Process) {
    assert!(!example.has_ended(), "it ended by itself");
    example.kill9();
}

#[test]
fn the_echo_bot_answers_what_is_said_to_it_and_no_other_bot() {
    let server = Server::with(FLAGS).start();
    let url = server.url();
    block_on(async {
        let mut ana = Person::join(&url, "ana", "lobby").await;
        ana.say("!echo before they came").await;
        let mut bots =
            ["echo", "parrot"].map(|nick| start(&server, "echo", &[&url, "lobby", nick]));
        for bot in &mut bots {
            bot.prints("listening in lobby");
        }
        // Two bots that hear everything, including each other. Each answers what ana asks, and nothing that
        // the other bot says.
        ana.say("hello, echo: nobody is asked").await;
        ana.say("!echo one").await;
        ana.say("echo: parrot: two").await;
        ana.say("!echo !echo three").await;
        ana.say("parrot: the end").await;
        ana.hears("» the end").await;
        // A bot that answered an answer would have done so before this.
        ana.say("!echo the very end").await;
        let is_last = |text: &&str| *text == "» the very end";
        ana.listen(|heard| heard.iter().map(|it| it.text.as_str()).filter(is_last).count() == 2)
            .await;
        ana.say("echo: over").await;
        ana.say("parrot: over").await;
        ana.listen(|heard| heard.iter().filter(|it| it.text == "» over").count() == 2).await;
        let answers = ["echo", "parrot"].map(|nick| {
            let by_nick = ana.heard.iter().filter(|message| message.from.nick == nick);
            by_nick.map(|message| message.text.as_str()).collect::<Vec<&str>>()
        });
        let echo = ["» one", "» parrot: two", "» !echo three", "» the very end", "» over"];
        let parrot = ["» one", "» !echo three", "» the end", "» the very end", "» over"];
        assert_eq!(answers, [echo, parrot]);
    });
}

#[test]
fn the_echo_bot_of_the_readme_is_the_one_that_runs() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("```rust\n{}```", include_str!("../../examples/echo.rs"))));
}

#[test]
fn the_ticker_tells_prices_and_in_words_why_one_is_missing() {
    let server = Server::with(FLAGS).start();
    let url = server.url();
    let gold = HttpStub::start(|number| answer("200 OK", &format!("{number}.50\n")));
    let mute = HttpStub::start(|_| None);
    let broken = HttpStub::start(|_| answer("500 Internal Server Error", "42"));
    let garbled = HttpStub::start(|_| answer("200 OK", "\u{1b}[31mbuy gold"));
    let endless = HttpStub::start(|_| answer("200 OK", &"1".repeat(100_000)));
    let no_http = HttpStub::start(|_| Some("\0\0\0 what?\r\n\r\n".to_owned()));
    // Works twice, and then fails forever: the example reports that once.
    let ill = HttpStub::start(|number| match number {
        1 | 2 => answer("200 OK", "7"),
        _ => answer("503 Service Unavailable", "7"),
    });
    let all = [
        ("gold", &gold),
        ("mute", &mute),
        ("broken", &broken),
        ("garbled", &garbled),
        ("endless", &endless),
        ("no-http", &no_http),
        ("ill", &ill),
    ];
    let sources = all.map(|(name, source)| format!("{name}=http://{}/price", source.address()));
    block_on(async {
        let mut ana = Person::join(&url, "ana", "market").await;
        // A busy machine delays an answer by a tenth of a second; then the example would also report "late".
        let mut arguments = vec![url.as_str(), "market", "--every", "1", "--within", "1"];
        arguments.extend(sources.iter().map(String::as_str));
        let mut ticker = start(&server, "ticker", &arguments);
        // Ten of the good symbol, while others fail again and again.
        ana.hears("gold: 10.50").await;
        for words in [
            "mute: no price: it did not answer within 1 s",
            "broken: no price: it answered with the status 500 Internal Server Error",
            "garbled: no price: it answered with something that is no number",
            "endless: no price: it answered with more than a number",
            "ill: no price: it answered with the status 503 Service Unavailable",
        ] {
            ana.hears(words).await;
            let times = ana.texts().iter().filter(|text| **text == words).count();
            assert_eq!(times, 1, "{words}");
        }
        ana.listen(|heard| {
            heard
                .iter()
                .any(|it| it.text.starts_with("no-http: no price: it does not answer in HTTP"))
        })
        .await;
        let gold: Vec<&str> = ana.texts().into_iter().filter(|it| it.starts_with("gold")).collect();
        let expected: Vec<String> = (1..=gold.len()).map(|n| format!("gold: {n}.50")).collect();
        assert_eq!(gold, expected, "every price once and in order");
        assert_eq!(ana.texts().iter().filter(|it| **it == "ill: 7").count(), 2);
        assert!(mute.requests() > 4 && broken.requests() > 8, "those that fail are asked again");
        assert!(!ticker.has_ended());
    });
}

/// Starts a bridge between north and south that keeps its place in this folder.
fn bridge(server: &Server, folder: &TempDir) -> Process {
    let file = folder.path().join("bridge.json").display().to_string();
    let mut bridge = start(server, "bridge", &[&server.url(), "north", "south", &file]);
    bridge.prints("north and south are bridged");
    bridge
}

/// Says `nick 1`, `nick 2` and so on in a separate thread, one after another.
fn talk(person: &Person, nick: &'static str, messages: usize) -> JoinHandle<()> {
    let (client, room) = (person.client.clone(), person.room.clone());
    thread::spawn(move || {
        for number in 1..=messages {
            block_on(client.send(&room, &format!("{nick} {number}"))).expect("it is said");
        }
    })
}

/// What the bridge said, as this person heard it.
fn copied(person: &Person) -> Vec<String> {
    let by_bridge = person.heard.iter().filter(|message| message.from.nick == "bridge");
    by_bridge.map(|message| message.text.clone()).collect()
}

fn numbered(words: &str, messages: usize) -> Vec<String> {
    (1..=messages).map(|number| format!("{words} {number}")).collect()
}

#[test]
fn a_bridge_that_is_killed_loses_repeats_and_reorders_nothing() {
    const MESSAGES: usize = 300;
    let mut server = Server::with(FLAGS).start();
    let url = server.url();
    let folder = TempDir::new().expect("a temporary directory");
    block_on(async {
        let mut north = Person::join(&url, "ana", "north").await;
        let mut south = Person::join(&url, "bo", "south").await;
        north.say("before the bridge").await;
        let mut running = bridge(&server, &folder);
        let talking = [talk(&north, "ana", MESSAGES), talk(&south, "bo", MESSAGES)];
        // While both talk, the bridge is killed each round, and in some rounds the server too.
        for round in 1..=8 {
            south.hears(&format!("<ana> ana {}", round * MESSAGES / 10)).await;
            if round == 3 {
                server.kill9();
                server.restart();
                continue;
            }
            // In every second round the server is killed first: what the bridge says then is lost.
            if round % 2 == 0 {
                server.kill9();
            }
            kill9(running);
            if round % 2 == 0 {
                server.restart();
            }
            running = bridge(&server, &folder);
        }
        south.hears(&format!("<ana> ana {MESSAGES}")).await;
        north.hears(&format!("<bo> bo {MESSAGES}")).await;
        talking.into_iter().for_each(|it| it.join().expect("everything was said"));
        // A message that goes round in circles would have come before this.
        south.say("the end").await;
        north.hears("<bo> the end").await;
        north.say("the end").await;
        south.hears("<ana> the end").await;
        let mut expected = [numbered("<ana> ana", MESSAGES), numbered("<bo> bo", MESSAGES)];
        expected[0].push("<ana> the end".to_owned());
        expected[1].push("<bo> the end".to_owned());
        assert_eq!([copied(&south), copied(&north)], expected);
        kill9(running);
    });
}

#[test]
fn a_bridge_that_was_away_for_too_long_fills_the_gap() {
    // Small pages and a small `--catch-up-max`: after a hundred messages the server answers `limited`.
    let small = ["--page-events-max", "20", "--catch-up-max", "40"];
    let server = Server::with(FLAGS).with(small).start();
    let url = server.url();
    let folder = TempDir::new().expect("a temporary directory");
    block_on(async {
        let north = Person::join(&url, "ana", "north").await;
        let mut south = Person::join(&url, "bo", "south").await;
        let running = bridge(&server, &folder);
        north.say("it begins").await;
        south.hears("<ana> it begins").await;
        kill9(running);
        talk(&north, "meanwhile", 100).join().expect("everything was said");
        let wave = north.client.send_as("north", Kind::Action, "waves", None);
        wave.await.expect("it is said");
        let running = bridge(&server, &folder);
        south.hears("* ana waves").await;
        let mut expected = vec!["<ana> it begins".to_owned()];
        expected.extend(numbered("<ana> meanwhile", 100));
        expected.push("* ana waves".to_owned());
        assert_eq!(copied(&south), expected);
        kill9(running);
    });
}

#[test]
fn a_bridge_carries_the_longest_text_in_parts() {
    let server = Server::with(FLAGS).start();
    let url = server.url();
    let folder = TempDir::new().expect("a temporary directory");
    block_on(async {
        let north = Person::join(&url, "ana", "north").await;
        let mut south = Person::join(&url, "bo", "south").await;
        let _running = bridge(&server, &folder);
        // Two bytes each, after an odd number of bytes: one character crosses the limit.
        let text = "ä".repeat(2_048);
        north.say(&text).await;
        south.listen(|heard| heard.len() == 2).await;
        let parts = south.texts();
        assert!(parts.iter().all(|part| part.len() <= 4_096));
        let whole: String = parts.iter().filter_map(|part| part.strip_prefix("<ana> ")).collect();
        assert_eq!(whole, text);
    });
}
