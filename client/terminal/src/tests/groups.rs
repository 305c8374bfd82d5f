//! Named groups, and what a room narrows to them.

use throng_protocol::{
    Assign, DeleteGroup, GroupInfo, GroupPeopleOk, GroupsOk, MakeGroup, RenameGroup, Right, Role,
    RoomGroups, RoomInfo, SetRoom,
};

use super::{Chat, id_of, person};
use crate::effect::{Act, Effect};
use crate::event::Event;
use crate::model::RoomLabel;

fn act(chat: &mut Chat) -> (Act, String) {
    match chat.effects.pop() {
        Some(Effect::Act { act, done }) => (act, done),
        other => panic!("{other:?}: {}", chat.note()),
    }
}

#[test]
fn groups_are_kept_by_commands_and_a_mistake_is_told() {
    let mut chat = Chat::in_lobby(0);
    let (name, group) = (|| "staff".to_owned(), || "staff".to_owned());
    let ana = || "@ana".to_owned();
    let none = String::new;
    for (line, wanted) in [
        ("/group make staff", Act::MakeGroup(MakeGroup { name: name(), reason: none() })),
        (
            "/group make staff they write",
            Act::MakeGroup(MakeGroup { name: name(), reason: "they write".into() }),
        ),
        (
            "/group rename staff crew",
            Act::RenameGroup(RenameGroup { group: group(), name: "crew".into(), reason: none() }),
        ),
        (
            "/group add staff ana",
            Act::Assign(Assign { group: group(), person: ana(), member: true, reason: none() }),
        ),
        (
            "/group remove staff @ana went home",
            Act::Assign(Assign {
                group: group(),
                person: ana(),
                member: false,
                reason: "went home".into(),
            }),
        ),
        ("/group delete staff", Act::DeleteGroup(DeleteGroup { group: group(), reason: none() })),
    ] {
        chat.write(line);
        assert_eq!(act(&mut chat).0, wanted, "{line}");
    }
    chat.write("/groups");
    assert_eq!(chat.effects.pop(), Some(Effect::Groups { all: false }));
    chat.write("/groups all");
    assert_eq!(chat.effects.pop(), Some(Effect::Groups { all: true }));
    // A group that is called like a word of the command.
    for name in ["staff", "make"] {
        chat.write(&format!("/group {name}"));
        assert_eq!(chat.effects.pop(), Some(Effect::GroupPeople(name.into())));
    }
    for bad in [
        "/group",
        "/group a:b",
        "/group make a:b",
        "/group rename staff",
        "/group add staff",
        "/group dance staff",
        "/groups some",
    ] {
        chat.write(bad);
        let note = chat.note();
        assert!(chat.effects.is_empty() && note.contains("/group"), "{bad}: {note}");
    }
}

#[test]
fn groups_and_their_people_are_shown_as_one_line_each() {
    let mut chat = Chat::in_lobby(0);
    let info = |name: &str, members| GroupInfo { name: name.into(), members };
    let page = |groups, more| GroupsOk { groups, more };
    let mut shown = |groups, all| {
        chat.tell(Event::Groups { groups, all });
        chat.note()
    };
    assert_eq!(shown(page(Vec::new(), false), false), "You are in no group.");
    assert!(shown(page(Vec::new(), false), true).contains("/group make"));
    assert_eq!(shown(page(vec![info("staff\u{202e}", None)], false), false), "staff");
    let all = page(vec![info("crew", Some(2)), info("staff", Some(0))], true);
    let note = shown(all, true);
    assert!(note.starts_with("crew  2\nstaff  0\n") && note.contains("more"), "{note}");
    let people = GroupPeopleOk { people: vec![person("ana"), person("bo\u{7}")], more: true };
    chat.tell(Event::GroupPeople { group: "staff".into(), people });
    assert_eq!(chat.note(), "In staff: ana, bo␇ and others");
    chat.tell(Event::GroupPeople { group: "staff".into(), people: GroupPeopleOk::default() });
    assert!(chat.note().contains("/group add staff NICK"), "{}", chat.note());
}

#[test]
fn who_may_do_what_in_a_room_is_set_and_shown() {
    let mut chat = Chat::in_lobby(0);
    let none = || SetRoom { room: id_of("lobby").to_string(), ..SetRoom::default() };
    let to = |right, names: &[&str]| SetRoom {
        groups: Some(Box::new(
            RoomGroups::default().with(right, names.iter().map(|it| (*it).to_owned()).collect()),
        )),
        ..none()
    };
    for (line, wanted) in [
        ("/set see moderator", SetRoom { see: Some(Role::Moderator), ..none() }),
        ("/set see everybody", SetRoom { see: Some(Role::Guest), ..none() }),
        ("/set moderate administrator", SetRoom { moderate: Some(Role::Administrator), ..none() }),
        ("/set see-groups staff", to(Right::See, &["staff"])),
        ("/set speak-groups staff, crew", to(Right::Speak, &["staff", "crew"])),
        ("/set invite-groups none", to(Right::Invite, &[])),
        ("/set moderate-groups staff", to(Right::Moderate, &["staff"])),
        ("/set order 3", SetRoom { order: Some(3), ..none() }),
        ("/set order none", SetRoom { order: Some(0), ..none() }),
        ("/set description Say Hello", SetRoom { description: Some("Say Hello".into()), ..none() }),
        ("/set description -", SetRoom { description: Some(String::new()), ..none() }),
    ] {
        chat.write(line);
        assert_eq!(act(&mut chat), (Act::Set(wanted), String::new()), "{line}");
    }
    for bad in ["/set see king", "/set order first", "/set speak-groups", "/set dance-groups x"] {
        chat.write(bad);
        assert!(chat.effects.is_empty() && chat.note().contains("/set"), "{bad}: {}", chat.note());
    }
    let groups = RoomGroups::default()
        .with(Right::Speak, vec!["staff".into(), "crew".into()])
        .with(Right::See, vec!["staff\u{202e}".into()]);
    let info = RoomInfo {
        speak: Role::Administrator,
        see: Role::Moderator,
        groups: Some(Box::new(groups)),
        order: 2,
        ..RoomInfo::public(id_of("lobby"), "lobby")
    };
    chat.tell(Event::Changed {
        room: RoomLabel { id: Some(id_of("lobby")), name: "lobby".into() },
        info,
        description: "old\u{202e} ones\nnew ones".into(),
    });
    let said = chat.note();
    assert!(said.contains("role moderator or in the group staff now"), "{said}");
    chat.write("/set");
    let shown = chat.note();
    for line in [
        "description  old ones\nnew ones",
        "order  2",
        "see  people with the role moderator or in the group staff",
        "speak  people with the role administrator or in one of the groups staff, crew",
        "moderate  people with the role moderator",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
}
