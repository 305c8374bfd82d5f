//! Finding what was said.

use support::client::Client;
use support::eventually;
use throng_protocol::{
    Below, Command, ErrorCode, RestrictionKind, Role, SearchMessages, SearchOk, Sent,
};

use super::deleting::delete;
use super::editing::after;
use super::moderation::{lift, restrict};
use super::private_rooms::{invite, private};
use super::{Server, done};

fn ask(query: &str) -> SearchMessages {
    SearchMessages { query: query.into(), ..SearchMessages::default() }
}

/// Searches when everything that was said is in the index.
fn search(server: &Server, client: &mut Client, ask: SearchMessages) -> SearchOk {
    let index = server.0.search.as_ref().expect("it is on by default");
    eventually("everything is in the index", || index.status().is_caught_up);
    client.get(Command::Search(ask))
}

/// The texts of what is found, the newest first.
fn texts(server: &Server, client: &mut Client, query: &str) -> Vec<String> {
    let found = search(server, client, ask(query));
    found.hits.into_iter().map(|hit| hit.message.text).collect()
}

#[test]
fn messages_are_found_by_their_words_with_their_room_and_marks() {
    let server = Server::start();
    let (_ana, mut bo) = after(&server, &["a red fox", "Füchse und foxes", "the FOX, again"]);
    let found = search(&server, &mut bo, ask("fox"));
    let texts: Vec<_> = found.hits.iter().map(|hit| &*hit.message.text).collect();
    assert_eq!(texts, ["the FOX, again", "a red fox"]);
    let hit = &found.hits[1];
    assert_eq!((hit.room_name.as_deref(), &*hit.message.from.nick), (Some("lobby"), "ana"));
    assert_eq!((hit.message.seq, &hit.marks[..]), (1, &[(6, 9)][..]));
    assert!(!found.more && !found.indexing && found.searched_to.is_none());
}

#[test]
fn a_search_is_narrowed_by_what_stands_in_it() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["tea at https://example.org", "green tea"]);
    bo.send("lobby", "tea for two");
    ana.join("attic");
    ana.send("attic", "tea upstairs");
    let mut find = |query| texts(&server, &mut bo, query);
    assert_eq!(find("tea from:bo"), ["tea for two"]);
    assert_eq!(find("tea from:ana from:bo in:#lobby").len(), 3);
    assert_eq!(find("tea from:@ana in:attic"), ["tea upstairs"]);
    assert_eq!(find("tea has:link"), ["tea at https://example.org"]);
    assert_eq!(find("\"green tea\""), ["green tea"]);
    assert_eq!(find("gree*"), ["green tea"]);
    assert_eq!(find("tea after:2020-01-01").len(), 4);
    for nothing in [
        "tea before:2020-01-01",
        "tea after:2100-01-01",
        "tea from:nobody-here",
        "tea in:#nowhere",
        "tea in:...",
        "tea has:file",
        "",
        "...",
    ] {
        assert_eq!(find(nothing), [""; 0], "{nothing}");
    }
    let in_attic = SearchMessages { room: Some("#attic".into()), ..ask("tea") };
    assert_eq!(search(&server, &mut bo, in_attic.clone()).hits.len(), 1);
    let both = SearchMessages { query: "tea in:lobby".into(), ..in_attic };
    assert_eq!(search(&server, &mut bo, both).hits, [], "no room is both");
}

#[test]
fn what_is_no_search_is_refused_with_a_sentence() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for query in ["before:soon", "has:fun", &"x".repeat(257)] {
        ana.fail(Command::Search(ask(query)), ErrorCode::BadCommand);
    }
    ana.fail(Command::Search(ask("from:\"a\u{202e}b\"")), ErrorCode::BadNick);
    let elsewhere = SearchMessages { room: Some("#nowhere".into()), ..ask("x") };
    ana.fail(Command::Search(elsewhere), ErrorCode::NoSuchRoom);
}

#[test]
fn pages_follow_each_other() {
    let server = Server::start();
    let said: Vec<String> = (0..45).map(|number| format!("tick {number}")).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let (_ana, mut bo) = after(&server, &said);
    let (mut below, mut seqs) = (None, Vec::new());
    loop {
        let found = search(&server, &mut bo, SearchMessages { below, ..ask("tick") });
        seqs.extend(found.hits.iter().map(|hit| hit.message.seq));
        below = found.hits.last().map(|hit| Below { room: hit.message.room, seq: hit.message.seq });
        if !found.more {
            break;
        }
        assert_eq!(found.hits.len(), 20);
    }
    assert_eq!(seqs, (1..=45).rev().collect::<Vec<u64>>());
    let three = SearchMessages { limit: Some(3), ..ask("tick") };
    assert_eq!(search(&server, &mut bo, three).hits.len(), 3);
}

#[test]
fn long_messages_fit_into_frames() {
    let server = Server::start();
    let long = "fox \"\\ ".repeat(500);
    let said: Vec<&str> = std::iter::repeat_n(&*long, 25).collect();
    let (_ana, mut bo) = after(&server, &said);
    let (mut below, mut seqs) = (None, Vec::new());
    loop {
        // The client refuses a frame above the limit.
        let found = search(&server, &mut bo, SearchMessages { below, ..ask("fox") });
        assert!(!found.hits.is_empty());
        seqs.extend(found.hits.iter().map(|hit| hit.message.seq));
        below = found.hits.last().map(|hit| Below { room: hit.message.room, seq: hit.message.seq });
        if !found.more {
            break;
        }
    }
    assert_eq!(seqs, (1..=25).rev().collect::<Vec<u64>>());
}

#[test]
fn deleted_and_edited_texts_are_not_found() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["first fox", "second fox"]);
    assert_eq!(texts(&server, &mut bo, "fox").len(), 2);
    let _: Sent = ana.get(delete("lobby", 1));
    assert_eq!(texts(&server, &mut bo, "fox"), ["second fox"]);
    assert_eq!(texts(&server, &mut bo, "first"), [""; 0]);
}

#[test]
fn a_page_after_a_message_of_a_room_that_one_may_not_know_of_is_refused() {
    let server = Server::start();
    let (mut ana, mut eve) = (server.guest("ana"), server.guest("eve"));
    let crew = private(&mut ana, "crew");
    ana.join(&crew);
    ana.send(&crew, "secret fox");
    let below = |room: &str| Some(Below { room: room.parse().expect("an id"), seq: 1 });
    let never = "01K9ZS0000R000000000000009";
    for room in [&*crew, never] {
        // As if it never was: its place among the others would tell when it was said.
        let refused = eve.ask(Command::Search(SearchMessages { below: below(room), ..ask("x") }));
        assert_eq!(refused.expect_err("refused").code, ErrorCode::NoSuchRoom, "{room}");
    }
    let own = search(&server, &mut ana, SearchMessages { below: below(&crew), ..ask("fox") });
    assert_eq!(own.hits, []);
}

#[test]
fn a_private_room_is_found_by_those_in_it_alone() {
    let server = Server::start();
    let (mut ana, mut bo, mut eve) = (server.guest("ana"), server.guest("bo"), server.guest("eve"));
    let crew = private(&mut ana, "crew");
    ana.join(&crew);
    ana.send(&crew, "secret fox");
    let nothing = search(&server, &mut eve, ask("nothing"));
    for query in ["fox", "from:ana", "fox in:crew", "fox in:#crew", &format!("fox in:{crew}")] {
        assert_eq!(search(&server, &mut eve, ask(query)), nothing, "{query}");
    }
    assert_eq!(texts(&server, &mut ana, "fox in:crew"), ["secret fox"]);
    done(&mut ana, invite(&crew, "bo"));
    assert_eq!(texts(&server, &mut bo, "fox"), [""; 0], "who is invited is not in it yet");
    bo.join(&crew);
    assert_eq!(texts(&server, &mut bo, "fox"), ["secret fox"]);
    let forget = throng_protocol::Leave { room: crew.clone(), forget: true };
    done(&mut bo, Command::Leave(forget));
    assert_eq!(texts(&server, &mut bo, "fox"), [""; 0]);
}

#[test]
fn who_is_banned_finds_nothing_there() {
    let server = Server::start();
    let (_ana, mut bo) = after(&server, &["a fox"]);
    let mut mod_ = server.staff("max", Role::Moderator);
    assert_eq!(texts(&server, &mut bo, "fox"), ["a fox"]);
    done(&mut mod_, restrict(RestrictionKind::Ban, "bo", Some("lobby")));
    assert_eq!(texts(&server, &mut bo, "fox"), [""; 0]);
    done(&mut mod_, lift(RestrictionKind::Ban, "bo", Some("lobby")));
    assert_eq!(texts(&server, &mut bo, "fox"), ["a fox"], "without joining it again");
}

#[test]
fn what_is_hidden_is_found_by_those_who_see_it_and_shows_nowhere_else() {
    let server = Server::start();
    let (mut ana, mut bo) = after(&server, &["first fox"]);
    let mut mia = server.staff("mia", Role::Moderator);
    done(&mut mia, restrict(RestrictionKind::Shadow, "ana", Some("lobby")));
    let hidden = ana.send("lobby", "hidden fox");
    for client in [&mut ana, &mut mia] {
        assert_eq!(texts(&server, client, "fox"), ["hidden fox", "first fox"]);
    }
    let one = SearchMessages { limit: Some(1), ..ask("fox") };
    let found = search(&server, &mut bo, one);
    assert_eq!((found.hits.len(), found.more), (1, false), "not even that there is more");
    assert_eq!(&*found.hits[0].message.text, "first fox");

    let (cid, text) = (support::fresh_cid(), "hidden wolf".to_owned());
    let edit = throng_protocol::Edit { room: "lobby".into(), seq: hidden.seq, cid, text };
    let _: Sent = ana.get(Command::Edit(edit));
    assert_eq!(texts(&server, &mut ana, "fox"), ["first fox"]);
    assert_eq!(texts(&server, &mut ana, "wolf"), ["hidden wolf"]);
    assert_eq!(texts(&server, &mut bo, "wolf"), [""; 0]);
    let _: Sent = ana.get(delete("lobby", hidden.seq));
    assert_eq!(texts(&server, &mut ana, "wolf"), [""; 0]);
}

#[test]
fn a_server_without_an_index_says_so() {
    let server = Server::with(["--search", "false"]).start();
    let mut ana = server.guest("ana");
    ana.fail(Command::Search(ask("x")), ErrorCode::Forbidden);
    assert!(!ana.greeting.features.iter().any(|it| it == "search"));
    let other = Server::start();
    assert!(other.guest("ana").greeting.features.iter().any(|it| it == "search"));
}

#[test]
fn a_search_counts_as_several_commands() {
    let server =
        Server::strict().with(["--commands-burst", "12", "--commands-per-second", "1"]).start();
    let mut ana = server.guest("ana");
    let answers: Vec<_> = (0..4).map(|_| ana.ask(Command::Search(ask("x")))).collect();
    let refused = answers
        .iter()
        .filter(|it| matches!(it, Err(fault) if fault.code == ErrorCode::RateLimited));
    assert!(refused.count() >= 2, "{answers:?}");
}
