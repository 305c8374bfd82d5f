//! Rooms that people make: what the commands ask for, what is opened by itself, and how it is shown.

use throng_protocol::{
    DeleteRoom, Invite, InviteLinkOk, MemberSample, Message, OwnRoom, Rank, Role, RoomInfo,
    RoomKind, SetRank, SetRoom, User,
};

use super::screen::screen;
use super::{Chat, id_of, label, message, person};
use crate::effect::{Act, Effect};
use crate::event::{Event, Request};
use crate::model::RoomLabel;

fn own(room: &str, kind: RoomKind, rank: Rank) -> OwnRoom {
    let room = RoomInfo { kind, ..RoomInfo::public(id_of(room), room) };
    OwnRoom { room, rank, people: Vec::new() }
}

/// The direct room with these people.
fn direct(nicks: &[&str]) -> OwnRoom {
    let info = RoomInfo { kind: RoomKind::Direct, ..RoomInfo::public(id_of(&nicks.concat()), "") };
    let people = nicks.iter().map(|nick| person(nick)).collect();
    OwnRoom { room: info, rank: Rank::Member, people }
}

fn by_id(own: &OwnRoom) -> RoomLabel {
    let name =
        if own.room.name.is_empty() { own.room.id.to_string() } else { own.room.name.clone() };
    RoomLabel { id: Some(own.room.id), name }
}

fn joins(chat: &mut Chat) -> Vec<RoomLabel> {
    let joins = chat.effects.iter().filter_map(|effect| match effect {
        Effect::Join(room) => Some(room.clone()),
        _ => None,
    });
    let joins = joins.collect();
    chat.effects.clear();
    joins
}

fn mine(rooms: &[OwnRoom]) -> Event {
    Event::Mine { rooms: rooms.to_vec(), aloud: false }
}

fn opened(own: OwnRoom, text: &str, done: &str) -> Event {
    Event::Opened { own, text: text.into(), done: done.into() }
}

fn act(chat: &mut Chat) -> (Act, String) {
    match chat.effects.pop() {
        Some(Effect::Act { act, done }) => (act, done),
        other => panic!("{other:?}: {}", chat.note()),
    }
}

#[test]
fn a_message_to_somebody_alone_opens_the_room_shows_it_and_is_said_there() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/msg @bo are you there?");
    let (people, text) = (vec!["@bo".to_owned()], "are you there?".to_owned());
    assert_eq!(chat.effects.pop(), Some(Effect::Direct { people, text: text.clone() }));
    let room = direct(&["bo"]);
    // The server tells the person's other devices, and this one.
    chat.tell(Event::Added { own: room.clone(), by: None });
    assert_eq!(chat.model.room().name, "lobby", "nothing is shown that was not asked for");
    chat.tell(opened(room.clone(), &text, ""));
    let asked: Vec<_> = chat.effects.iter().map(|effect| format!("{effect:?}")).collect();
    assert!(asked[0].starts_with("Join") && asked[1].starts_with("Send"), "{asked:?}");
    assert_eq!((asked.len(), chat.sent().1), (2, text));
    assert!(matches!(&chat.effects[1], Effect::Send { room: to, .. } if *to == by_id(&room)));
    let seen = screen(&mut chat, 80, 12);
    assert!(seen.contains(" @bo  not joined yet") && seen.contains("@bo ›"), "{seen}");
    assert_eq!(chat.model.title(), "@bo · throng");
    chat.effects.clear();
    chat.write("/msg bo,cy");
    let people = vec!["@bo".to_owned(), "@cy".to_owned()];
    assert_eq!(chat.effects.pop(), Some(Effect::Direct { people, text: String::new() }));
    chat.tell(opened(direct(&["bo", "cy"]), "", ""));
    assert_eq!(chat.model.title(), "@bo, cy · throng");
    assert_eq!(joins(&mut chat), [by_id(&direct(&["bo", "cy"]))]);
    for bad in ["/msg", "/msg bo,,cy x", "/msg a:b x"] {
        chat.write(bad);
        assert!(chat.note().contains("For example: /msg") && chat.effects.is_empty(), "{bad}");
    }
}

#[test]
fn somebody_who_is_called_otherwise_now_names_the_direct_room() {
    let mut chat = Chat::in_lobby(0);
    let room = direct(&["bo"]);
    chat.tell(opened(room.clone(), "", ""));
    let joined = vec![User { nick: "boris\u{202e}".into(), ..person("bo") }];
    let change = crate::event::Change::Moved { joined, left: Vec::new() };
    chat.tell(Event::Members { room: room.room.id, count: 2, away: 0, change });
    assert_eq!(chat.model.title(), "@boris · throng");
}

#[test]
fn the_rooms_of_a_person_are_opened_at_the_start_and_no_room_that_was_left() {
    let mut chat = Chat::in_lobby(0);
    let (cooks, bo) = (own("cooks", RoomKind::Private, Rank::Moderator), direct(&["bo"]));
    let tea = own("tea", RoomKind::Private, Rank::Invited);
    let lobby = own("lobby", RoomKind::Public, Rank::Member);
    let all = [lobby, cooks.clone(), tea, bo.clone()];
    chat.tell(mine(&all));
    assert_eq!(joins(&mut chat), [by_id(&cooks), by_id(&bo)]);
    assert_eq!(chat.model.room().name, "lobby", "what is shown stays");
    assert_eq!(chat.note(), "You are invited to #tea: /join tea.");
    let seen = screen(&mut chat, 80, 12);
    assert!(seen.contains("3 *cooks") && seen.contains("4 @bo"), "{seen}");
    // The next greeting.
    chat.press(crossterm::event::KeyCode::Char('3'), crossterm::event::KeyModifiers::ALT);
    chat.write("/leave");
    chat.effects.clear();
    let cy = direct(&["cy"]);
    chat.tell(mine(&[&all[..], std::slice::from_ref(&cy)].concat()));
    assert_eq!(joins(&mut chat), [by_id(&cy)], "only what is new");
    chat.tell(Event::Mine { rooms: all.to_vec(), aloud: true });
    let lines = "#lobby  public\n#cooks  private, you are a moderator\n#tea  private, you are invited: /join tea\n@bo  direct";
    assert_eq!(chat.note(), lines);
    chat.write("/rooms mine");
    assert_eq!(chat.effects.pop(), Some(Effect::Mine));
    chat.tell(Event::Mine { rooms: Vec::new(), aloud: true });
    assert!(chat.note().contains("/make NAME private"), "{}", chat.note());
}

#[test]
fn a_room_that_was_asked_for_and_not_answered_yet_has_one_page() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/join tea");
    chat.keys("half a sentence");
    chat.effects.clear();
    chat.tell(mine(&[own("tea", RoomKind::Public, Rank::Member)]));
    assert!(joins(&mut chat).is_empty());
    chat.tell(Event::JoinAnswered { asked: RoomLabel::named("tea"), room: label("tea") });
    assert_eq!((chat.model.rooms.len(), chat.model.line().text()), (3, "half a sentence"));
}

#[test]
fn a_message_to_somebody_alone_counts_as_a_mention() {
    let mut chat = Chat::in_lobby(0);
    let room = direct(&["bo"]);
    chat.tell(Event::Added { own: room.clone(), by: Some(person("bo")) });
    let members =
        MemberSample { version: 1, count: 1, sample: Vec::new(), ..MemberSample::default() };
    let (id, info) = (room.room.id, room.room.clone());
    chat.tell(Event::Joined {
        room: by_id(&room),
        info,
        description: String::new(),
        first: 1,
        head: 0,
        members,
    });
    chat.effects.clear();
    chat.tell(Event::Message(Message { room: id, ..message("", 1, "bo", "hello") }));
    assert_eq!((chat.effects.pop(), chat.model.mentions()), (Some(Effect::Bell), 1));
    chat.tell(Event::Message(Message { room: id, ..message("", 2, "ana", "hello") }));
    assert_eq!((chat.effects.pop(), chat.model.mentions()), (None, 1), "our own does not");
}

#[test]
fn another_person_begins_with_other_rooms_and_not_with_all_of_very_many() {
    let mut chat = Chat::in_lobby(0);
    chat.tell(mine(&[own("cooks", RoomKind::Private, Rank::Member)]));
    let (user, role, notice, text_max) = (person("dee"), Role::Member, None, None);
    chat.tell(Event::Greeted { user, role, notice, text_max });
    assert!(chat.model.own.list().is_empty());
    let many: Vec<_> =
        (0..100).map(|n| own(&format!("r{n}"), RoomKind::Public, Rank::Member)).collect();
    chat.effects.clear();
    chat.tell(mine(&many));
    let opened = joins(&mut chat).len();
    assert!(chat.model.rooms.len() == 48 && opened == 45, "{opened}");
    assert_eq!(chat.note(), "55 more of your rooms are not open. /rooms mine lists them.");
}

#[test]
fn an_invitation_and_a_direct_room_of_somebody_else_are_one_line_each() {
    let mut chat = Chat::in_lobby(0);
    let tea = own("tea", RoomKind::Private, Rank::Invited);
    let added = |own: &OwnRoom| Event::Added { own: own.clone(), by: Some(person("bo")) };
    chat.tell(added(&tea));
    assert_eq!(chat.note(), "bo invites you to #tea, a private room: /join tea.");
    assert!(joins(&mut chat).is_empty());
    chat.write("/join tea");
    assert_eq!(joins(&mut chat), [by_id(&tea)], "the private one, not a public one of the name");
    chat.joined("tea", 0);
    chat.tell(added(&OwnRoom { rank: Rank::Moderator, ..tea.clone() }));
    assert_eq!(chat.note(), "bo made you a moderator of #tea.");
    chat.tell(added(&OwnRoom { rank: Rank::Member, ..tea }));
    assert_eq!(chat.note(), "You are no moderator of #tea any more.");
    chat.effects.clear();
    chat.tell(added(&direct(&["bo"])));
    assert_eq!(chat.note(), "bo has opened the direct room @bo with you.");
    assert_eq!(joins(&mut chat), [by_id(&direct(&["bo"]))]);
    chat.write("/ignore bo");
    chat.tell(added(&own("spam", RoomKind::Private, Rank::Invited)));
    assert!(!chat.note().contains("spam"), "{}", chat.note());
    let mut chat = Chat::in_lobby(0);
    chat.model.opens_own = false;
    chat.tell(added(&direct(&["bo"])));
    assert_eq!(chat.note(), "bo has opened the direct room @bo with you: /msg bo.");
    assert!(joins(&mut chat).is_empty(), "a reader of one room gets no others");
}

#[test]
fn a_room_is_made_shown_and_shared() {
    let mut chat = Chat::in_lobby(0);
    chat.write("/make #cooks private");
    let Some(Effect::Make { name, kind, done }) = chat.effects.pop() else { panic!("not made") };
    assert_eq!((name.as_str(), kind), ("cooks", RoomKind::Private));
    let cooks = own("cooks", RoomKind::Private, Rank::Moderator);
    chat.tell(opened(cooks.clone(), "", &done));
    assert!(chat.note().contains("/invite NICK") && chat.model.title().starts_with("#cooks"));
    assert_eq!(joins(&mut chat), [by_id(&cooks)]);
    assert!(screen(&mut chat, 80, 12).contains(" #cooks  private  not joined yet"));
    chat.effects.clear();
    let room = id_of("cooks").to_string();
    chat.write("/invite bo");
    let (done, words) = act(&mut chat);
    assert_eq!(done, Act::Invite(Invite { room: room.clone(), person: "@bo".into() }));
    assert_eq!(words, "bo is invited to #cooks.");
    chat.write("/invite");
    assert_eq!(chat.effects.pop(), Some(Effect::InviteLink(label("cooks"))));
    let link = InviteLinkOk { code: "Q29kZQ\u{202e}".into(), expires_ms: 604_800_000, uses: 100 };
    chat.tell(Event::InviteLink { room: label("cooks"), link });
    let sentence = "http://h:1/#room=Q29kZQ lets 100 people into #cooks, for 7 days. In a terminal: /accept Q29kZQ";
    assert_eq!(chat.note(), sentence);
    chat.write("/accept http://h:1/#room=Q29kZQ");
    assert_eq!(chat.effects.pop(), Some(Effect::Accept("http://h:1/#room=Q29kZQ".into())));
    chat.write("/rank bo moderator");
    let (done, words) = act(&mut chat);
    let (person, rank) = ("@bo".to_owned(), Rank::Moderator);
    assert_eq!(done, Act::Rank(SetRank { room: room.clone(), person, rank }));
    assert_eq!(words, "bo is a moderator of #cooks now.");
    chat.write("/delete");
    assert!(chat.note().contains("/delete cooks [REASON]"), "{}", chat.note());
    chat.write("/delete lobby");
    assert!(chat.effects.is_empty(), "the name of another room is a mistake");
    chat.write("/delete #Cooks nobody cooks");
    let delete = DeleteRoom { room, reason: "nobody cooks".into() };
    assert_eq!(act(&mut chat), (Act::Delete(delete), "#cooks is deleted.".to_owned()));
    for (bad, example) in [
        ("/make two words", "private nor public"),
        ("/make a:b", "/make kitchen private"),
        ("/rank bo king", "/rank ana moderator"),
        ("/accept", "/accept CODE"),
        ("/invite a:b", "/invite ana"),
    ] {
        chat.write(bad);
        assert!(chat.note().contains(example) && chat.effects.is_empty(), "{}", chat.note());
    }
}

#[test]
fn what_is_changed_of_a_room_is_asked_for_and_what_has_changed_is_said() {
    let mut chat = Chat::in_lobby(0);
    let none = || SetRoom { room: id_of("lobby").to_string(), ..SetRoom::default() };
    let asked = |chat: &mut Chat, line: &str, wanted: SetRoom| {
        chat.write(line);
        assert_eq!(act(chat), (Act::Set(wanted), String::new()), "{line}");
    };
    asked(
        &mut chat,
        "/topic tea and talk",
        SetRoom { topic: Some("tea and talk".into()), ..none() },
    );
    asked(&mut chat, "/topic -", SetRoom { topic: Some(String::new()), ..none() });
    asked(&mut chat, "/set name #hall", SetRoom { name: Some("hall".into()), ..none() });
    asked(&mut chat, "/set speak moderator", SetRoom { speak: Some(Role::Moderator), ..none() });
    asked(&mut chat, "/set speak everybody", SetRoom { speak: Some(Role::Guest), ..none() });
    asked(&mut chat, "/set slow 30s", SetRoom { slow_ms: Some(30_000), ..none() });
    asked(&mut chat, "/set slow off", SetRoom { slow_ms: Some(0), ..none() });
    asked(&mut chat, "/set archive on", SetRoom { archived: Some(true), ..none() });
    asked(&mut chat, "/set invite moderator", SetRoom { invite: Some(Rank::Moderator), ..none() });
    for bad in
        ["/set colour red", "/set slow fast", "/set speak king", "/set archive", "/set name a:b"]
    {
        chat.write(bad);
        assert!(chat.effects.is_empty() && chat.note().contains("/set"), "{bad}: {}", chat.note());
    }
    chat.write("/topic");
    assert!(chat.note().contains("#lobby has no topic"), "{}", chat.note());
    let info = |name: &str| RoomInfo::public(id_of("lobby"), name);
    let hall = |info| Event::Changed {
        room: RoomLabel { id: Some(id_of("lobby")), name: "hall".into() },
        info,
        description: String::new(),
    };
    chat.tell(hall(info("hall")));
    assert_eq!(
        (chat.note().as_str(), chat.model.room().name.as_str()),
        ("#lobby is called #hall now.", "hall")
    );
    let said = RoomInfo {
        topic: "tea\u{202e}".into(),
        speak: Role::Member,
        slow_ms: 30_000,
        archived: true,
        ..info("hall")
    };
    chat.tell(hall(said));
    let notes: Vec<String> = screen(&mut chat, 120, 24).lines().map(str::to_owned).collect();
    for line in [
        "The topic is now: tea",
        "member may say something here now.",
        "Slow mode: each person waits 30 seconds from one message to",
        "This room is archived: it is there to be read.",
        " #hall  archived  2 people  tea",
    ] {
        assert!(notes.iter().any(|note| note.contains(line)), "{line}: {notes:?}");
    }
    chat.write("/set");
    let shown = "name  #hall\ntopic  tea\ndescription  none\norder  none\nsee  everybody\nspeak  people with the role member\nmoderate  people with the role moderator\nslow  30 seconds between two messages of a person\narchive  on\n";
    assert!(chat.note().starts_with(shown), "{}", chat.note());
    chat.write("/topic");
    assert_eq!(chat.note(), "The topic of #hall: tea");
}

#[test]
fn a_room_that_is_left_for_good_goes_and_one_that_is_taken_away_says_why() {
    let mut chat = Chat::in_lobby(0);
    let cooks = own("cooks", RoomKind::Private, Rank::Member);
    chat.tell(mine(&[cooks.clone(), own("tea", RoomKind::Private, Rank::Invited)]));
    let members =
        MemberSample { version: 1, count: 1, sample: Vec::new(), ..MemberSample::default() };
    let (room, info) = (label("cooks"), cooks.room);
    chat.tell(Event::Joined { room, info, description: String::new(), first: 1, head: 0, members });
    chat.effects.clear();
    chat.write("/forget tea");
    assert_eq!(chat.effects.pop(), Some(Effect::Forget(label("tea"))), "it is not open");
    chat.tell(Event::Forgotten(label("tea")));
    assert_eq!(chat.note(), "You have left #tea for good.");
    chat.write("/forget nowhere");
    assert!(chat.note().contains("no room #nowhere"), "{}", chat.note());
    let reason = "this room was deleted".to_owned();
    chat.tell(Event::Removed { room: label("cooks"), reason: reason.clone() });
    let sentence = "You are not in #cooks any more: this room was deleted.";
    assert_eq!(chat.note(), sentence, "nobody makes a public room of its name by what they read");
    assert!(chat.model.own.list().is_empty());
    chat.tell(mine(&[own("plans", RoomKind::Private, Rank::Invited)]));
    chat.tell(Event::SeatGone { id: id_of("plans"), reason });
    assert_eq!(chat.note(), "#plans is not your room any more: this room was deleted.");
    chat.tell(Event::SeatGone { id: id_of("plans"), reason: "again".into() });
    assert!(!chat.note().contains("again"));
    chat.write("/forget");
    assert_eq!(chat.effects.pop(), Some(Effect::Forget(label("lobby"))));
    chat.tell(Event::Forgotten(label("lobby")));
    assert!(chat.model.find_name("lobby").is_none());
}

#[test]
fn a_private_room_beside_a_public_one_of_the_name_is_another_page() {
    let mut chat = Chat::in_lobby(0);
    let mut inner = own("inner", RoomKind::Private, Rank::Invited);
    inner.room.name = "lobby".into();
    chat.tell(Event::Added { own: inner.clone(), by: Some(person("bo")) });
    chat.write("/join lobby");
    assert_eq!(joins(&mut chat), [by_id(&inner)]);
    assert_eq!(chat.model.rooms.len(), 3);
    let why = "there is no room with this id".to_owned();
    let (room, request, suggestion) = (Some(by_id(&inner)), Request::Join, None);
    chat.tell(Event::Refused { room, request, why, suggestion });
    assert_eq!(chat.model.rooms.len(), 2, "the public one stays");
    assert_eq!(chat.model.room().id, Some(id_of("lobby")));
}

#[test]
fn tab_completes_the_words_of_these_commands() {
    let mut chat = Chat::in_lobby(0);
    for (typed, whole) in [
        ("/msg b", "/msg bo "),
        ("/invite b", "/invite bo "),
        ("/rank bo mo", "/rank bo moderator "),
        ("/make tea p", "/make tea private "),
        ("/set ar", "/set archive "),
        ("/forget lo", "/forget lobby "),
    ] {
        chat.keys(typed);
        assert_eq!(chat.tab(), whole);
        chat.press(crossterm::event::KeyCode::Char('u'), crossterm::event::KeyModifiers::CONTROL);
    }
    chat.tell(opened(direct(&["bo"]), "", ""));
    chat.keys("#");
    assert_eq!(chat.tab(), "#lobby ", "a direct room has no name");
}
