//! Rooms: how they are created and listed, and who their members are.

use support::client::{Client, join, leave, send, typing};
use support::{eventually, fresh_cid};
use throng_protocol::{ErrorCode, Event, RoomsPage, User};

use super::Server;

#[test]
fn rooms_are_listed_in_pages_with_their_counts() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    for name in ["delta", "alpha", "Charlie", "bravo", "echo"] {
        ana.join(name);
    }
    bo.join("alpha");
    let names =
        |page: &RoomsPage| page.rooms.iter().map(|room| room.name.clone()).collect::<Vec<_>>();
    let page = ana.rooms(None, Some(2));
    assert_eq!(names(&page), ["alpha", "bravo"]);
    assert_eq!((page.rooms[0].members, page.rooms[1].members), (2, 1));
    assert!(page.more);
    let page = ana.rooms(Some("bravo"), Some(2));
    assert_eq!(names(&page), ["Charlie", "delta"], "by their folded names");
    let page = ana.rooms(Some("DELTA"), None);
    assert_eq!(names(&page), ["echo"]);
    assert!(!page.more);
}

#[test]
fn rooms_are_found_by_a_part_of_their_names() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for name in ["Straße", "strand", "Ostrava", "lobby", "astronomy", "b"] {
        ana.join(name);
    }
    let names =
        |page: &RoomsPage| page.rooms.iter().map(|room| room.name.clone()).collect::<Vec<_>>();
    let page = ana.find_rooms("#STR", None);
    assert_eq!(names(&page), ["astronomy", "Ostrava"], "in the order of their folds");
    assert!(page.more);
    let page = ana.find_rooms("#STR", page.after.as_deref());
    assert_eq!(names(&page), ["strand", "Straße"]);
    assert_eq!((page.more, page.after), (false, None), "it ends with the list");
    assert_eq!(names(&ana.find_rooms("strasse", None)), ["Straße"]);
    for whole in ["", "#"] {
        assert_eq!(names(&ana.find_rooms(whole, None)).len(), 2, "{whole:?} leaves none out");
    }
    for nothing in ["xyz", "a b", "##str", "<b>", "\u{0}", &"a".repeat(5_000)] {
        assert_eq!(ana.find_rooms(nothing, None), RoomsPage::default(), "{nothing:?}");
    }
}

#[test]
fn names_that_fold_alike_are_one_room_under_its_first_spelling() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    assert_eq!(ana.join("Straße").room.name, "Straße");
    assert_eq!(bo.join("STRASSE").room.name, "Straße");
    bo.send("strasse", "same place");
    assert_eq!(ana.expect_message("Straße").text, "same place");
}

#[test]
fn names_that_differ_are_two_rooms_and_are_listed_in_order() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let names = ["com", "corn", "team-0", "team-1", "team-2", "team-9", "team-l"];
    for name in names.iter().rev() {
        assert_eq!(ana.join(name).room.name, *name);
    }
    let listed = ana.rooms(None, None).rooms;
    assert_eq!(listed.iter().map(|room| &*room.name).collect::<Vec<_>>(), names);
    let found = ana.find_rooms("rn", None).rooms;
    assert_eq!(found.iter().map(|room| &*room.name).collect::<Vec<_>>(), ["corn"]);
}

#[test]
fn a_command_for_a_room_needs_a_membership() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    ana.fail(send("lobby", &fresh_cid(), "hello?"), ErrorCode::NotJoined);
    ana.fail(typing("lobby"), ErrorCode::NotJoined);
    ana.fail(leave("lobby"), ErrorCode::NotJoined);
    ana.join("lobby");
    ana.leave("lobby");
    ana.fail(send("lobby", &fresh_cid(), "hello?"), ErrorCode::NotJoined);
    assert_eq!(ana.join("lobby").head, 0, "nothing was said");
}

#[test]
fn members_are_told_who_came_and_went() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let page = ana.join("lobby");
    let start = page.members.expect("the answer has members");
    assert_eq!((start.count, &*start.sample), (1, &[ana.greeting.user.clone()][..]));

    let mut bo = server.guest("bo");
    bo.join("lobby");
    let mut there = Members::new(start.version, start.sample);
    there.follow(&mut ana, |members| members.len() == 2);
    let of_bo = bo.greeting.user.clone();
    assert!(there.users.contains(&of_bo), "{:?}", there.users);

    bo.rename("bob");
    there.follow(&mut ana, |members| members.iter().any(|user| user.nick == "bob"));
    assert_eq!(there.users.len(), 2, "the same two people");

    bo.leave("lobby");
    there.follow(&mut ana, |members| members.len() == 1);
    let asked = ana.members("lobby").members;
    assert_eq!((asked.count, asked.version), (1, there.version), "asking agrees with the events");
}

#[test]
fn a_large_room_tells_a_count_and_a_sample() {
    let server = Server::with(["--members-listed-max", "5"]).start();
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let mut others: Vec<Client> = (0..60).map(|n| server.guest(&format!("other{n}"))).collect();
    for other in &mut others {
        other.join("lobby");
    }
    let members = ana.members("lobby").members;
    assert_eq!(members.count, 61);
    let listed = members.sample.len();
    assert!((1..=30).contains(&listed), "{listed} are a sample of 61");
    let told = loop {
        let told = ana.expect_members("lobby");
        if told.count > 50 {
            break told;
        }
    };
    assert!(told.joined.is_none() && told.left.is_none(), "no lists in a large room: {told:?}");
    drop(others);
    eventually("they have left", || ana.members("lobby").members.count == 1);
}

#[test]
fn sessions_of_one_person_count_once() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let mut phone = server.known(ana.token());
    ana.join("lobby");
    assert_eq!(phone.join("lobby").members.expect("who is there").count, 1);
    phone.leave("lobby");
    assert_eq!(ana.members("lobby").members.count, 1, "ana is still there");
}

#[test]
fn typing_reaches_the_others() {
    let server = Server::start();
    let (mut ana, mut bo) = (server.guest("ana"), server.guest("bo"));
    ana.join("lobby");
    bo.join("lobby");
    ana.typing("lobby");
    assert_eq!(bo.expect_typing("lobby").who, ["ana"]);
}

/// A client's list of a room's members, updated by events.
struct Members {
    version: u64,
    users: Vec<User>,
}

impl Members {
    fn new(version: u64, users: Vec<User>) -> Self {
        Self { version, users }
    }

    /// Applies events until `is_so`.
    fn follow(&mut self, client: &mut Client, is_so: impl Fn(&[User]) -> bool) {
        while !is_so(&self.users) {
            let Event::Members(told) = client.push() else { continue };
            if told.version <= self.version {
                continue;
            }
            assert_eq!(told.version, self.version + 1, "the versions have no gap");
            self.version = told.version;
            let (joined, left) = (told.joined.unwrap_or_default(), told.left.unwrap_or_default());
            self.users.retain(|user| !left.contains(&user.id));
            for user in joined {
                self.users.retain(|known| known.id != user.id);
                self.users.push(user);
            }
            assert_eq!(self.users.len() as u64, told.count, "the count agrees with the lists");
        }
    }
}

#[test]
fn a_leave_right_behind_its_join_leaves_the_room() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    for n in 0..50 {
        let room = format!("room-{n}");
        let mut bo = server.anybody();
        let joined = bo.wire.post(join(&room));
        let left = bo.wire.post(leave(&room));
        let [joined, left] = bo.answers([joined, left]);
        assert!(left.is_ok());
        if let Err(refused) = joined {
            assert_eq!(refused.code, ErrorCode::Superseded);
        }
        ana.join(&room);
        assert_eq!(ana.members(&room).members.count, 1, "bo has left");
        ana.leave(&room);
    }
}
