//! Profiles, and the nicks that people had.

use std::time::Duration;

use support::client::{Client, PASSWORD, hello, rename};
use support::eventually;
use throng_protocol::{
    AskNickHistory, AskProfiles, ClearProfile, Command, Distance, ErrorCode, Greeting, KeepAway,
    NickHistoryOk, Presence, Profile, ProfilesOk, ReadAudit, Role, SetProfile, Status, Unregister,
};

use super::moderation::mute;
use super::{Server, done};

fn set(set: SetProfile) -> Command {
    Command::SetProfile(set)
}

fn name(name: &str) -> Command {
    set(SetProfile { display_name: Some(name.into()), ..SetProfile::default() })
}

fn status(text: &str, status_for_ms: Option<u64>) -> Command {
    set(SetProfile { status: Some(text.into()), status_for_ms, ..SetProfile::default() })
}

fn ask(people: &[&str]) -> Command {
    let people = people.iter().map(|it| (*it).to_owned()).collect();
    Command::Profiles(AskProfiles { people })
}

fn profile(client: &mut Client, person: &str) -> Profile {
    let mut page: ProfilesOk = client.get(ask(&[person]));
    page.profiles.pop().expect("one")
}

fn clear(person: &str) -> Command {
    Command::ClearProfile(ClearProfile { person: person.into(), reason: "insults".into() })
}

fn nick_history(person: &str) -> Command {
    Command::NickHistory(AskNickHistory { person: person.into() })
}

/// What somebody was called, the newest first, as a moderator reads it.
fn nicks(moderator: &mut Client, person: &str) -> Vec<(String, String)> {
    let history: NickHistoryOk = moderator.get(nick_history(person));
    history.changes.into_iter().map(|it| (it.from, it.to)).collect()
}

fn step(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[test]
fn a_profile_is_the_same_on_every_device_and_what_is_absent_stays() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.member("ana"), server.guest("bo"));
    let all = SetProfile {
        display_name: Some("  Ana María ".into()),
        colour: Some("#FF8800".into()),
        pronouns: Some("she/her".into()),
        status: Some("in a meeting".into()),
        status_for_ms: Some(7_200_000),
    };
    let stored: Profile = ana.get(set(all));
    assert_eq!(stored.user, ana.greeting.user);
    assert_eq!(stored.display_name.as_deref(), Some("Ana María"));
    assert_eq!(stored.colour.as_deref(), Some("#ff8800"), "it has one spelling");
    let left = stored.status.as_ref().and_then(|status| status.left_ms).expect("it ends");
    assert!((7_000_000..=7_200_000).contains(&left), "{left}");
    let mut phone = server.device("ana");
    let without: Profile = phone.get(set(SetProfile {
        pronouns: Some(String::new()),
        status: Some("at lunch".into()),
        ..SetProfile::default()
    }));
    assert_eq!((without.pronouns, without.display_name), (None, stored.display_name));
    let id = ana.greeting.user.id.to_string();
    let seen: ProfilesOk = bo.get(ask(&["@ANA", "bo", &id]));
    let [of_ana, of_bo, again] = &seen.profiles[..] else { panic!("{seen:?}") };
    assert_eq!((of_ana, &*of_ana.user.nick), (again, "ana"));
    assert_eq!(of_ana.status, Some(Status { text: "at lunch".into(), left_ms: None }));
    assert_eq!((&of_bo.user, &of_bo.display_name), (&bo.greeting.user, &None));
    bo.fail(ask(&["nobody-here"]), ErrorCode::NoSuchPerson);
}

#[test]
fn a_status_ends_by_itself_and_nobody_is_told() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.member("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    bo.barrier();
    bo.take_pushes();
    let set: Profile = ana.get(status("back in a moment", Some(300)));
    assert!(set.status.is_some());
    eventually("it has ended", || profile(&mut bo, "ana").status.is_none());
    let told = bo.take_pushes().into_iter().chain(ana.take_pushes());
    assert!(told.into_iter().all(|it| matches!(it, throng_protocol::Event::Members(_))));
}

#[test]
fn guests_and_bots_have_no_profile() {
    let server = Server::start();
    let mut bo = server.guest("bo");
    bo.fail(name("Bo"), ErrorCode::NoAccount);
    bo.register();
    let _: Profile = bo.get(name("Bo"));
}

#[test]
fn what_does_not_belong_beside_a_nick_is_refused_and_changes_nothing() {
    let server = Server::start();
    let mut ana = server.member("ana");
    let kept: Profile = ana.get(name("Ana"));
    for text in ["a\nb", "a\u{202e}b", "a\u{2066}b", "a\u{200b}b", "\u{1b}[31m", "\u{200d}"] {
        ana.fail(name(text), ErrorCode::BadText);
        ana.fail(status(text, None), ErrorCode::BadText);
    }
    ana.fail(name(&"x".repeat(33)), ErrorCode::TextTooLong);
    ana.fail(status(&"y".repeat(10_000), None), ErrorCode::TextTooLong);
    for colour in ["red", "#ff880", "#ff88000", "#gggggg", " #ff8800", "rgb(1,2,3)"] {
        let bad = SetProfile { colour: Some(colour.into()), ..SetProfile::default() };
        ana.fail(set(bad), ErrorCode::BadText);
    }
    // One wrong field, and none of them is changed.
    let half = SetProfile {
        display_name: Some("Eve".into()),
        pronouns: Some("z".repeat(25)),
        ..SetProfile::default()
    };
    ana.fail(set(half), ErrorCode::TextTooLong);
    let alone = SetProfile { status_for_ms: Some(1_000), ..SetProfile::default() };
    ana.fail(set(alone), ErrorCode::BadCommand);
    ana.fail(status("", Some(1_000)), ErrorCode::BadCommand);
    assert_eq!(profile(&mut ana, "ana"), kept);
    let _: Profile = ana.get(status("for ever", Some(u64::MAX >> 11)));
    ana.fail(ask(&[]), ErrorCode::BadCommand);
    ana.fail(ask(&["ana"; 21]), ErrorCode::BadCommand);
    ana.fail(ask(&["two words"]), ErrorCode::BadNick);
}

#[test]
fn the_largest_answer_to_profiles_fits_into_a_frame() {
    let server = Server::start();
    // Four bytes each, and two where JSON escapes them.
    let widest = |count: usize| "\u{1f600}".repeat(count);
    let mut people = Vec::new();
    for number in 0..20 {
        let nick = format!("{}{number:04}", "\u{20000}".repeat(20));
        let mut person = server.member(&nick);
        let _: Profile = person.get(set(SetProfile {
            display_name: Some(widest(32)),
            colour: Some("#ffffff".into()),
            pronouns: Some(widest(24)),
            status: Some(widest(80)),
            status_for_ms: Some(u64::MAX >> 11),
        }));
        people.push(person.nick().to_owned());
    }
    let mut bo = server.guest("bo");
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let page: ProfilesOk = bo.get(ask(&people));
    let bytes = serde_json::to_string(&page).expect("JSON").len();
    assert!(page.profiles.len() == 20 && bytes < 32_000, "{bytes}");
}

#[test]
fn who_is_muted_everywhere_may_take_words_away_and_add_none() {
    let server = Server::start();
    let (mut ana, mut mia) = (server.member("ana"), server.staff("mia", Role::Moderator));
    let _: Profile = ana.get(status("buy a watch", None));
    done(&mut mia, mute("ana", None));
    ana.fail(status("buy two", None), ErrorCode::Muted);
    ana.fail(name("Watches"), ErrorCode::Muted);
    let colour = SetProfile { colour: Some("#112233".into()), ..SetProfile::default() };
    let _: Profile = ana.get(set(colour));
    let left: Profile = ana.get(status("", None));
    assert_eq!(left.status, None);
}

#[test]
fn moderators_clear_profiles_of_those_below_them_and_it_stands_in_the_audit_log() {
    let server = Server::start();
    let (mut ana, mut eve) = (server.member("ana"), server.member("eve"));
    let mut mia = server.staff("mia", Role::Moderator);
    let mut noa = server.staff("noa", Role::Moderator);
    let _: Profile = eve.get(name("Something rude"));
    let _: Profile = noa.get(name("Noa"));
    ana.fail(clear("eve"), ErrorCode::Forbidden);
    mia.fail(clear("noa"), ErrorCode::Forbidden);
    done(&mut mia, clear("@eve"));
    assert_eq!(profile(&mut ana, "eve").display_name, None);
    assert_eq!(profile(&mut ana, "noa").display_name.as_deref(), Some("Noa"));
    let audit: throng_protocol::AuditOk = mia.get(Command::Audit(ReadAudit::default()));
    let entry = &audit.entries[0];
    assert_eq!((&*entry.action, &*entry.subject), ("clear profile", "eve"));
    assert_eq!((&*entry.by_name, &*entry.reason), ("mia", "insults"));
    let guest = server.guest("bo");
    mia.fail(clear(guest.nick()), ErrorCode::NoAccount);
}

#[test]
fn whom_somebody_blocks_does_not_learn_whether_they_are_there() {
    let server = Server::start();
    let (mut ana, mut eve) = (server.member("ana"), server.guest("eve"));
    assert_eq!(profile(&mut eve, "ana").user.presence, Presence::Online);
    let block = KeepAway { person: "eve".into(), distance: Distance::Block };
    done(&mut ana, Command::KeepAway(block));
    assert_eq!(profile(&mut eve, "ana").user.presence, Presence::Offline);
    assert_eq!(profile(&mut ana, "eve").user.presence, Presence::Online);
    eve.bye();
    assert_eq!(profile(&mut ana, "eve").user.presence, Presence::Offline, "their nick is held");
}

#[test]
fn moderators_read_what_a_guest_and_an_account_were_called() {
    let server = Server::start();
    let mut mia = server.staff("mia", Role::Moderator);
    let mut ana = server.guest("ana");
    let id = ana.greeting.user.id.to_string();
    assert_eq!(nicks(&mut mia, "ana"), []);
    ana.rename("anna");
    ana.fail(rename("mia"), ErrorCode::NickTaken);
    ana.rename("anna");
    eventually("a guest's is written soon", || nicks(&mut mia, "anna") == [step("ana", "anna")]);
    ana.register();
    ana.rename("ANNA");
    ana.rename("hannah");
    let all = [step("ANNA", "hannah"), step("anna", "ANNA"), step("ana", "anna")];
    assert_eq!(nicks(&mut mia, &id), all, "an account's is there at once, as one with the guest's");
    let history: NickHistoryOk = mia.get(nick_history("@hannah"));
    assert_eq!((history.user.nick, history.user.id.to_string()), ("hannah".into(), id.clone()));
    assert!(history.changes.windows(2).all(|pair| pair[0].at >= pair[1].at));
    ana.fail(nick_history("mia"), ErrorCode::Forbidden);
    server.guest("bo").fail(nick_history("mia"), ErrorCode::Forbidden);
    mia.fail(nick_history("nobody-here"), ErrorCode::NoSuchPerson);
    // An account that is deleted takes them with it.
    let delete = Command::Unregister(Unregister { password: PASSWORD.into(), messages: false });
    done(&mut ana, delete);
    assert_eq!(nicks(&mut mia, &id), []);
    assert_eq!(profile(&mut mia, &id).display_name, None);
}

#[test]
fn a_guest_who_comes_back_under_another_nick_has_changed_it() {
    let server = Server::with(["--nick-hold", "0s"]).start();
    let mut mia = server.staff("mia", Role::Moderator);
    let ana = server.guest("ana");
    let (token, id) = (ana.token().to_owned(), ana.greeting.user.id);
    // While they are here on another device.
    let second = Client::greet(server.wire(), hello(Some("anna"), Some(&token)));
    assert_eq!(second.nick(), "anna");
    let token = second.token().to_owned();
    ana.bye();
    second.bye();
    eventually("they are forgotten", || server.0.identity.people.nick_of(id).is_none());
    // And later, when somebody else has it.
    let _other = server.guest("anna");
    let back: Greeting = server.known(&token).greeting;
    assert_eq!(back.user.id, id);
    let expected = [step("anna", &back.user.nick), step("ana", "anna")];
    eventually("both are kept", || nicks(&mut mia, &id.to_string()) == expected);
}

#[test]
fn nobody_changes_their_nick_as_often_as_they_like() {
    let server = Server::strict().start();
    let mut ana = server.guest("ana-0");
    for number in 1..=10 {
        ana.rename(&format!("ana-{number}"));
    }
    let fault = ana.fail(rename("ana-11"), ErrorCode::RateLimited);
    assert!(fault.retry_ms.is_some_and(|wait| wait <= 60_000), "{fault:?}");
    // The same on another connection, which says it in its hello.
    let token = ana.token().to_owned();
    let second = Client::greet(server.wire(), hello(Some("ana-12"), Some(&token)));
    assert_eq!(second.nick(), "ana-10");
    assert!(second.greeting.notice.is_some_and(|notice| notice.contains("many times")));
    // A nick that one does not get is not counted.
    let mut bo = server.guest("bo");
    for _ in 0..15 {
        bo.fail(rename("ana-10"), ErrorCode::NickTaken);
        std::thread::sleep(Duration::ZERO);
    }
    bo.rename("bob");
}
