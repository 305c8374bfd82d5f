//! Profiles and the nicks that people had outlive crashes, and administrators at the server's machine reach them.

use serde_json::{Value, json};
use support::client::Client;
use support::eventually;
use support::server::Server;
use throng_protocol::{
    AskProfiles, Command, Presence, Profile, ProfilesOk, SetPresence, SetProfile,
};

use crate::admin::{ask, ask_json, refused};

fn profile(client: &mut Client, person: &str) -> Profile {
    let ask = AskProfiles { people: vec![person.to_owned()] };
    let mut page: ProfilesOk = client.get(Command::Profiles(ask));
    page.profiles.pop().expect("one")
}

/// What `user nicks` lists: from which nick to which.
fn nicks(server: &Server, person: &str) -> Vec<(String, String)> {
    let listed = ask_json(server, &["user", "nicks", person]);
    let text = |value: &Value| value.as_str().expect("a nick").to_owned();
    let nicks = listed["nicks"].as_array().expect("a list").iter();
    nicks.map(|it| (text(&it["from"]), text(&it["to"]))).collect()
}

fn step(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn what_was_answered_about_profiles_and_nicks_outlives_a_crash() {
    let mut server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    bo.rename("bob");
    eventually("a guest's change is written soon", || nicks(&server, "bob") == [step("bo", "bob")]);
    let registered = ana.register();
    ana.rename("anna");
    let set = SetProfile {
        display_name: Some("Ana María".into()),
        colour: Some("#ff8800".into()),
        pronouns: Some("she/her".into()),
        status: Some("in a meeting".into()),
        status_for_ms: Some(3_600_000),
    };
    let set: Profile = ana.get(Command::SetProfile(set));
    // The answer is all that was waited for.
    server.kill9();
    server.restart();

    let mut back = server.known(&registered.token);
    let kept = profile(&mut back, "anna");
    assert_eq!((kept.display_name, kept.colour), (set.display_name, set.colour));
    let status = kept.status.expect("it has not ended");
    assert_eq!(status.text, "in a meeting");
    // After a crash the log's clock is a little late.
    assert!(status.left_ms.is_some_and(|left| left > 3_000_000), "{status:?}");
    assert_eq!(nicks(&server, "anna"), [step("ana", "anna")]);
    let bob = server.known(bo.token());
    assert_eq!(nicks(&server, bob.nick()), [step("bo", "bob")]);
}

#[test]
fn an_operator_reads_a_profile_and_clears_it() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.register();
    let set = SetProfile {
        display_name: Some("Something rude".into()),
        status: Some("and more".into()),
        ..SetProfile::default()
    };
    let _: Profile = ana.get(Command::SetProfile(set));
    ana.ask(Command::Presence(SetPresence { away: None, dnd: Some(true) })).expect("anybody may");
    let shown = ask_json(&server, &["user", "show", "ana"]);
    assert_eq!(
        (&shown["display_name"], &shown["status"], &shown["presence"]),
        (&json!("Something rude"), &json!("and more"), &json!("dnd"))
    );
    let printed = ask(&server, &["user", "show", "ana"]);
    assert!(printed.contains("display name") && printed.contains("Something rude"), "{printed}");
    let cleared = ask_json(&server, &["user", "clear-profile", "ana", "--reason", "insults"]);
    assert_eq!(cleared["cleared"], "ana");
    let left = profile(&mut ana, "ana");
    assert_eq!((left.display_name, left.status), (None, None));
    assert_eq!(left.user.presence, Presence::Dnd, "that is no word of hers");
    assert!(ask(&server, &["audit", "list"]).contains("clear profile"));
    assert_eq!(ask(&server, &["user", "nicks", "ana"]), "no nicks\n");
    assert_eq!(refused(&server, &["user", "nicks", "nobody-here"]).0, "no_such_person");
    assert_eq!(refused(&server, &["user", "clear-profile", "nobody-here"]).0, "no_such_person");
}
