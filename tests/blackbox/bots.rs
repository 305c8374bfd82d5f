//! Bots outlive restarts and crashes, their tokens are stored nowhere, and administrators at the server's machine
//! reach them.

use std::fs;
use std::path::Path;

use support::client::{Client, send};
use support::fresh_cid;
use support::server::Server;
use support::wire::Wire;
use throng_protocol::{
    BotsOk, CloseCode, Command, ErrorCode, ListBots, MakeBot, MakeBotOk, RevokeBot, Role, Scope,
};

use crate::admin::{ask, ask_json, refused};

fn make(owner: &mut Client, nick: &str, rooms: Option<&[&str]>) -> MakeBotOk {
    owner.get(Command::BotNew(MakeBot {
        nick: nick.into(),
        scopes: vec![Scope::Read, Scope::Send],
        for_ms: None,
        rooms: rooms.map(|rooms| rooms.iter().map(|room| (*room).to_owned()).collect()),
        reason: String::new(),
    }))
}

fn refused_token(server: &Server, token: &str) -> ErrorCode {
    let mut wire = Wire::connect(server.address());
    wire.post(support::client::hello(None, Some(token)));
    wire.expect_fault(ErrorCode::BadToken).code
}

/// The files below a directory that hold these bytes.
fn files_with(directory: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if let Ok(content) = fs::read(&path)
            && content.windows(bytes.len()).any(|part| part == bytes)
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn bots_outlive_a_crash_and_their_tokens_are_stored_nowhere() {
    let mut server = Server::start();
    let mut ana = server.member("ana");
    ana.join("lobby");
    ana.send("lobby", "a word");
    let kept = make(&mut ana, "herald", Some(&["lobby"]));
    let revoked = make(&mut ana, "gone", None);
    let mut gone = server.known(&revoked.token);
    let end = RevokeBot { bot: "gone".into(), reason: String::new() };
    let _ = ana.ask(Command::BotRevoke(end)).expect("revoked");
    gone.expect_closed(CloseCode::LoggedOut);
    let mut herald = server.known(&kept.token);
    herald.join("lobby");
    let cid = fresh_cid();
    let said = herald.send_as("lobby", &cid, "news");
    server.kill9();
    // Where guests may not come, bots may.
    server.add_flags(&["--guests", "false"]);
    server.restart();

    let mut herald = server.known(&kept.token);
    assert_eq!((&herald.greeting.user, herald.token()), (&kept.user, &*kept.token));
    assert_eq!(herald.greeting.bot.clone().map(|bot| bot.owner), Some(ana.greeting.user.id));
    herald.join("lobby");
    let again = herald.send_as("lobby", &cid, "news");
    assert_eq!((again.seq, again.dup), (said.seq, true), "it is the same sender");
    herald.fail(send("kitchen", &fresh_cid(), "elsewhere"), ErrorCode::Forbidden);
    refused_token(&server, &revoked.token);

    server.stop();
    for token in [&kept.token, &revoked.token] {
        let secret = token.strip_prefix("throng_bot_").expect("a prefix");
        for bytes in [token.as_bytes(), &secret.as_bytes()[..43]] {
            assert_eq!(files_with(&server.data_dir(), bytes), [""; 0]);
            assert!(!server.log().contains(&*String::from_utf8_lossy(bytes)));
        }
    }
    assert!(
        !files_with(&server.data_dir(), b"herald").is_empty(),
        "the search finds what is there"
    );
}

#[test]
fn administrators_make_list_and_revoke_bots() {
    let server = Server::start();
    let mut ana = server.member("ana");
    ana.join("lobby");
    ana.send("lobby", "a word");
    let made = ask_json(
        &server,
        &["token", "new", "ana", "herald", "read,send", "--rooms", "#lobby", "--hours", "24"],
    );
    let token = made["token"].as_str().expect("a token");
    let mut herald = server.known(token);
    assert_eq!((herald.nick(), herald.greeting.role), ("herald", Role::Member));
    herald.join("lobby");
    let list = ask_json(&server, &["token", "list"]);
    let bot = &list["bots"][0];
    assert_eq!((bot["nick"].as_str(), bot["owner"].as_str()), (Some("herald"), Some("ana")));
    assert_eq!(bot["scopes"], serde_json::json!(["read", "send"]));
    assert_eq!((&bot["rooms"], &bot["sessions"]), (&serde_json::json!(["#lobby"]), &1.into()));
    assert!(bot["left"].as_u64().is_some_and(|left| (86_000..=86_400).contains(&left)), "{bot}");
    let printed = ask(&server, &["token", "list", "--owner", "ana"]);
    assert!(printed.contains("read, send") && !printed.contains(token), "{printed}");
    let owned: BotsOk = ana.get(Command::Bots(ListBots {}));
    assert_eq!(owned.bots.len(), 1);

    let new = |words: &[&str]| refused(&server, &[&["token", "new"], words].concat());
    for (words, code) in [
        (&["ana", "other", "read,fly"][..], "bad_argument"),
        (&["ana", "other", "send"], "bad_command"),
        (&["ana", "other", "moderate"], "forbidden"),
        (&["nobody", "other", "read"], "no_such_person"),
        (&["ana", "Herald", "read"], "nick_taken"),
        (&["ana", "other", "read", "--rooms", "#nowhere"], "no_such_room"),
        (&["ana", "other", "read", "--hours", "0"], "bad_argument"),
    ] {
        assert_eq!(new(words).0, code, "{words:?}");
    }
    ask(&server, &["token", "revoke", "herald", "--reason", "it leaked"]);
    herald.expect_closed(CloseCode::LoggedOut);
    refused_token(&server, token);
    assert_eq!(refused(&server, &["token", "revoke", "herald"]).0, "no_such_person");
    assert_eq!(ask(&server, &["token", "list"]), "no bots\n");
    let audit = ask_json(&server, &["audit", "list"]);
    let actions = audit["entries"].as_array().expect("entries");
    let actions: Vec<_> = actions.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["bot revoke", "bot new read,send"]);
    assert_eq!(audit["entries"][0]["reason"], "it leaked");
}
