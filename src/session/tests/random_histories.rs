//! Random histories of people in rooms against a simple model: joins, invitations, mutes, bans, kicks, roles, ranks,
//! groups and what rooms narrow to them, archives and deletions between the messages. Each command is refused exactly where the model says so, and each
//! person is shown exactly what was said while they were there.

use std::collections::{BTreeMap, BTreeSet};

use support::client::{Client, join, leave, send};
use support::fresh_cid;
use throng_protocol::{
    Command, DeleteRoom, ErrorCode, Event, GiveRole, Invite, Kick, Leave, Lift, MakeRoom, MineOk,
    OwnRoom, Rank, Restrict, RestrictionKind, Right, Role, RoomGroups, RoomKind, SetRank, SetRoom,
};

use super::moderation::{assign, make_group};
use super::{Server, done};

/// How many commands a history has.
const STEPS: usize = 400;

/// How many histories there are.
const HISTORIES: u64 = 12;

/// After this many commands everybody looks at what they were shown.
const LOOK_EVERY: usize = 20;

/// A person by their place in the history.
type Who = usize;

const NICKS: [&str; 5] = ["ana", "bo", "cy", "dee", "mia"];

/// The one with an account, whose role changes.
const MIA: Who = 4;

/// A room as the model has it.
struct Room {
    id: String,
    kind: RoomKind,
    seats: BTreeMap<Who, Rank>,
    live: BTreeSet<Who>,
    muted: BTreeSet<Who>,
    banned: BTreeSet<Who>,
    speak: Role,
    see: Role,
    /// Whether the group may see it, and speak there.
    group_sees: bool,
    group_speaks: bool,
    is_archived: bool,
    head: u64,
    /// What each person was to be shown since they looked last.
    shown: BTreeMap<Who, Vec<(u64, String)>>,
}

struct History {
    _server: Server,
    clients: Vec<Client>,
    rooms: Vec<Room>,
    mia: Role,
    /// Whether the one with an account is in the group.
    is_mia_in: bool,
    /// Gives groups, and narrows rooms to them. Is in no room, so that nothing else depends on it.
    ada: Client,
    random: fastrand::Rng,
    said: u64,
    made: u64,
}

fn reason() -> String {
    "as the history wants it".to_owned()
}

impl History {
    fn new(seed: u64) -> Self {
        let server = Server::start();
        let mut clients: Vec<_> = NICKS[..MIA].iter().map(|nick| server.guest(nick)).collect();
        clients.push(server.member(NICKS[MIA]));
        let random = fastrand::Rng::with_seed(seed);
        let mut ada = server.staff("ada", Role::Administrator);
        done(&mut ada, make_group("staff"));
        let mut history = Self {
            _server: server,
            clients,
            rooms: Vec::new(),
            mia: Role::Member,
            is_mia_in: false,
            ada,
            random,
            said: 0,
            made: 0,
        };
        history.make(RoomKind::Public, 0);
        history.make(RoomKind::Private, 0);
        history
    }

    fn role(&self, who: Who) -> Role {
        if who == MIA { self.mia } else { Role::Guest }
    }

    fn keeps(&self, who: Who, room: &Room) -> bool {
        let rank = room.seats.get(&who).copied();
        let is_staff = self.role(who) >= Role::Moderator;
        rank == Some(Rank::Moderator)
            || is_staff
                && match room.kind {
                    RoomKind::Public => self.is_shown_to(who, room),
                    _ => rank == Some(Rank::Member),
                }
    }

    /// Whether somebody sees a public room.
    fn is_shown_to(&self, who: Who, room: &Room) -> bool {
        self.role(who) >= room.see
            || room.seats.get(&who) == Some(&Rank::Moderator)
            || (room.group_sees && who == MIA && self.is_mia_in)
    }

    /// The role that counts in a room.
    fn role_in(&self, who: Who, room: &Room) -> Role {
        let role = self.role(who);
        if self.keeps(who, room) { role.max(Role::Moderator) } else { role }
    }

    /// What a command that only the keepers of a room may give is refused with.
    fn keeper(&self, by: Who, at: usize) -> Result<(), ErrorCode> {
        let keeps_some = self.role(by) >= Role::Moderator
            || self.rooms.iter().any(|it| it.seats.get(&by) == Some(&Rank::Moderator));
        if !keeps_some {
            return Err(ErrorCode::Forbidden);
        }
        self.sees(by, at)?;
        if self.keeps(by, &self.rooms[at]) { Ok(()) } else { Err(ErrorCode::Forbidden) }
    }

    fn sees(&self, who: Who, at: usize) -> Result<(), ErrorCode> {
        let room = &self.rooms[at];
        let may = match room.kind {
            RoomKind::Public => self.is_shown_to(who, room),
            _ => room.seats.contains_key(&who),
        };
        if may { Ok(()) } else { Err(ErrorCode::NoSuchRoom) }
    }

    fn touches(&self, by: Who, whom: Who, at: usize) -> Result<(), ErrorCode> {
        let room = &self.rooms[at];
        let is_above = self.role_in(by, room) > self.role_in(whom, room);
        if is_above { Ok(()) } else { Err(ErrorCode::Forbidden) }
    }

    /// Gives a command, and checks that it is refused as the model says, or not at all.
    fn ask(&mut self, by: Who, command: Command, expected: Result<(), ErrorCode>) -> bool {
        let answer = self.clients[by].ask(command.clone());
        let code = answer.map(drop).map_err(|fault| fault.code);
        assert_eq!(code, expected, "{} {command:?}", NICKS[by]);
        expected.is_ok()
    }

    fn make(&mut self, kind: RoomKind, by: Who) {
        self.made += 1;
        let name = format!("room-{}", self.made);
        let make = MakeRoom { name, kind, ..MakeRoom::default() };
        let own: OwnRoom = self.clients[by].get(Command::MakeRoom(make));
        self.rooms.push(Room {
            id: own.room.id.to_string(),
            kind,
            seats: [(by, Rank::Moderator)].into(),
            live: BTreeSet::new(),
            muted: BTreeSet::new(),
            banned: BTreeSet::new(),
            speak: Role::Guest,
            see: Role::Guest,
            group_sees: false,
            group_speaks: false,
            is_archived: false,
            head: 0,
            shown: BTreeMap::new(),
        });
    }

    fn step(&mut self) {
        let by = self.random.usize(..NICKS.len());
        let whom = self.random.usize(..NICKS.len());
        let at = self.random.usize(..self.rooms.len());
        match self.random.u32(..100) {
            0..20 => self.join(by, at),
            20..55 => self.send(by, at),
            55..58 => self.leave(by, at),
            58..62 => self.forget(by, at),
            62..70 => self.invite(by, whom, at),
            70..74 => self.kick(by, whom, at),
            74..84 => self.restrict(by, whom, at),
            84..90 => self.lift(by, whom, at),
            90..92 => self.set(by, at),
            92..94 => self.narrow(at),
            94..96 => self.rank(by, whom, at),
            96..97 => self.change_group(),
            97..99 => self.change_role(),
            _ => self.delete(by, at),
        }
    }

    fn join(&mut self, by: Who, at: usize) {
        let room = &self.rooms[at];
        let is_banned = room.banned.contains(&by);
        let admitted = if is_banned { Err(ErrorCode::Banned) } else { Ok(()) };
        let expected = self.sees(by, at).and(admitted);
        let command = join(&room.id);
        if self.ask(by, command, expected) {
            let room = &mut self.rooms[at];
            room.live.insert(by);
            let is_invited = room.seats.get(&by) == Some(&Rank::Invited);
            if is_invited || (by == MIA && !room.seats.contains_key(&by)) {
                room.seats.insert(by, Rank::Member);
            }
        }
    }

    fn send(&mut self, by: Who, at: usize) {
        let (role, room) = (self.role(by), &self.rooms[at]);
        let is_rooms = room.seats.get(&by) == Some(&Rank::Moderator);
        let expected = if !room.live.contains(&by) {
            Err(ErrorCode::NotJoined)
        } else if room.muted.contains(&by) {
            Err(ErrorCode::Muted)
        } else if room.is_archived
            || (role < room.speak
                && !is_rooms
                && !(room.group_speaks && by == MIA && self.is_mia_in))
        {
            Err(ErrorCode::Forbidden)
        } else {
            Ok(())
        };
        self.said += 1;
        let text = format!("{} says {}", NICKS[by], self.said);
        let command = send(&room.id, &fresh_cid(), &text);
        if self.ask(by, command, expected) {
            let room = &mut self.rooms[at];
            room.head += 1;
            for member in &room.live {
                room.shown.entry(*member).or_default().push((room.head, text.clone()));
            }
        }
    }

    fn leave(&mut self, by: Who, at: usize) {
        let is_there = self.rooms[at].live.contains(&by);
        let expected = if is_there { Ok(()) } else { Err(ErrorCode::NotJoined) };
        self.ask(by, leave(&self.rooms[at].id.clone()), expected);
        self.rooms[at].live.remove(&by);
    }

    fn forget(&mut self, by: Who, at: usize) {
        let expected = self.sees(by, at);
        let room = self.rooms[at].id.clone();
        if !self.ask(by, Command::Leave(Leave { room, forget: true }), expected) {
            return;
        }
        let room = &mut self.rooms[at];
        room.live.remove(&by);
        let rank = room.seats.remove(&by);
        if room.kind == RoomKind::Public || rank.is_none() {
            return;
        }
        let mut members: Vec<_> = room
            .seats
            .iter()
            .filter(|(_, rank)| **rank >= Rank::Member)
            .map(|(who, _)| *who)
            .collect();
        members.sort_by_key(|who| self.clients[*who].greeting.user.id);
        match members.first() {
            None => self.gone(at),
            Some(next) if room.seats.values().all(|rank| *rank < Rank::Moderator) => {
                room.seats.insert(*next, Rank::Moderator);
            }
            Some(_) => {}
        }
    }

    fn invite(&mut self, by: Who, whom: Who, at: usize) {
        let room = &self.rooms[at];
        let is_member = room.seats.get(&by).is_some_and(|rank| *rank >= Rank::Member);
        let expected = self.sees(by, at).and_then(|()| {
            if room.kind == RoomKind::Public {
                Err(ErrorCode::BadCommand)
            } else if !is_member || room.banned.contains(&whom) {
                Err(ErrorCode::Forbidden)
            } else {
                Ok(())
            }
        });
        let (room, person) = (room.id.clone(), NICKS[whom].to_owned());
        if self.ask(by, Command::Invite(Invite { room, person }), expected) {
            self.rooms[at].seats.entry(whom).or_insert(Rank::Invited);
        }
    }

    fn kick(&mut self, by: Who, whom: Who, at: usize) {
        let expected = self.keeper(by, at).and_then(|()| self.touches(by, whom, at));
        let (room, person) = (self.rooms[at].id.clone(), NICKS[whom].to_owned());
        if self.ask(by, Command::Kick(Kick { room, person, reason: reason() }), expected) {
            self.put_out(whom, at);
        }
    }

    fn put_out(&mut self, whom: Who, at: usize) {
        let room = &mut self.rooms[at];
        room.live.remove(&whom);
        if room.kind == RoomKind::Private {
            room.seats.remove(&whom);
        }
    }

    fn restrict(&mut self, by: Who, whom: Who, at: usize) {
        let is_ban = self.random.bool();
        let kind = if is_ban { RestrictionKind::Ban } else { RestrictionKind::Mute };
        let expected = self.keeper(by, at).and_then(|()| self.touches(by, whom, at));
        let (room, person) = (Some(self.rooms[at].id.clone()), Some(NICKS[whom].to_owned()));
        let (address, for_ms) = (None, None);
        let restrict = Restrict { kind, person, address, room, for_ms, reason: reason() };
        if self.ask(by, Command::Restrict(restrict), expected) {
            if is_ban {
                self.rooms[at].banned.insert(whom);
                self.put_out(whom, at);
            } else {
                self.rooms[at].muted.insert(whom);
            }
        }
    }

    fn lift(&mut self, by: Who, whom: Who, at: usize) {
        let is_ban = self.random.bool();
        let kind = if is_ban { RestrictionKind::Ban } else { RestrictionKind::Mute };
        let expected = self.keeper(by, at).and_then(|()| self.touches(by, whom, at));
        let (room, person) = (Some(self.rooms[at].id.clone()), Some(NICKS[whom].to_owned()));
        let lift = Lift { kind, person, address: None, room, reason: reason() };
        if self.ask(by, Command::Lift(lift), expected) {
            let room = &mut self.rooms[at];
            if is_ban { &mut room.banned } else { &mut room.muted }.remove(&whom);
        }
    }

    fn set(&mut self, by: Who, at: usize) {
        let expected = self.keeper(by, at);
        let speak =
            [Role::Guest, Role::Guest, Role::Member, Role::Moderator][self.random.usize(..4)];
        let archived = self.random.u32(..4) == 0;
        let set = SetRoom {
            room: self.rooms[at].id.clone(),
            speak: Some(speak),
            archived: Some(archived),
            ..SetRoom::default()
        };
        if self.ask(by, Command::SetRoom(set), expected) {
            let room = &mut self.rooms[at];
            (room.speak, room.is_archived) = (speak, archived);
            // Where everybody may, no group is left.
            room.group_speaks &= speak > Role::Guest;
        }
    }

    /// The administrator narrows a room to a role and the group, or opens it again.
    fn narrow(&mut self, at: usize) {
        if self.rooms[at].kind != RoomKind::Public {
            return;
        }
        let room = self.rooms[at].id.clone();
        let groups = RoomGroups::default();
        let set = SetRoom { room, ..SetRoom::default() };
        let staff = || vec!["staff".to_owned()];
        let (see, of_group) = (self.random.u32(..4), self.random.bool());
        let set = match see {
            0 | 1 => SetRoom { see: Some(Role::Guest), ..set },
            2 => {
                let names = if of_group { staff() } else { Vec::new() };
                let groups = Some(Box::new(groups.with(Right::See, names)));
                SetRoom { see: Some(Role::Moderator), groups, ..set }
            }
            _ => SetRoom { groups: Some(Box::new(groups.with(Right::Speak, staff()))), ..set },
        };
        done(&mut self.ada, Command::SetRoom(set));
        let room = &mut self.rooms[at];
        match see {
            0 | 1 => (room.see, room.group_sees) = (Role::Guest, false),
            2 => (room.see, room.group_sees) = (Role::Moderator, of_group),
            _ => {
                room.group_speaks = true;
                if room.speak == Role::Guest {
                    room.speak = Role::Administrator;
                }
            }
        }
        self.put_out_unseeing();
    }

    fn change_group(&mut self) {
        self.is_mia_in = !self.is_mia_in;
        let command = assign("staff", NICKS[MIA], self.is_mia_in);
        done(&mut self.ada, command);
        self.put_out_unseeing();
    }

    /// Nobody is in a room that they do not see.
    fn put_out_unseeing(&mut self) {
        for at in 0..self.rooms.len() {
            let out = (0..NICKS.len()).filter(|who| self.sees(*who, at).is_err());
            for who in out.collect::<Vec<_>>() {
                self.rooms[at].live.remove(&who);
            }
        }
    }

    fn rank(&mut self, by: Who, whom: Who, at: usize) {
        let to = if self.random.bool() { Rank::Moderator } else { Rank::Member };
        let room = &self.rooms[at];
        let is_member = match room.seats.get(&whom) {
            Some(rank) => *rank >= Rank::Member,
            None => room.kind == RoomKind::Public && whom == MIA,
        };
        let others = room.seats.iter().filter(|(who, _)| **who != whom);
        let has_other = others.into_iter().any(|(_, rank)| *rank == Rank::Moderator);
        let expected = self.keeper(by, at).and_then(|()| {
            if !is_member {
                Err(ErrorCode::NoSuchPerson)
            } else if room.kind == RoomKind::Private && to == Rank::Member && !has_other {
                Err(ErrorCode::Forbidden)
            } else {
                Ok(())
            }
        });
        let (room, person) = (room.id.clone(), NICKS[whom].to_owned());
        if self.ask(by, Command::Rank(SetRank { room, person, rank: to }), expected) {
            self.rooms[at].seats.insert(whom, to);
            self.put_out_unseeing();
        }
    }

    fn change_role(&mut self) {
        self.mia = if self.mia == Role::Member { Role::Moderator } else { Role::Member };
        let (person, role, reason) = (NICKS[MIA].to_owned(), self.mia, reason());
        done(&mut self.ada, Command::Role(GiveRole { person, role, reason }));
        self.put_out_unseeing();
    }

    fn delete(&mut self, by: Who, at: usize) {
        let expected = self.keeper(by, at);
        let room = self.rooms[at].id.clone();
        if self.ask(by, Command::DeleteRoom(DeleteRoom { room, reason: reason() }), expected) {
            self.gone(at);
        }
    }

    /// A room is gone, and another one of its kind takes its place.
    fn gone(&mut self, at: usize) {
        let (id, kind) = (self.rooms[at].id.clone(), self.rooms[at].kind);
        self.rooms[at].seats.clear();
        for who in 0..NICKS.len() {
            self.ask(who, join(&id), Err(ErrorCode::NoSuchRoom));
        }
        self.look();
        let by = self.random.usize(..NICKS.len());
        self.make(kind, by);
        let new = self.rooms.pop().expect("it was made");
        self.rooms[at] = new;
    }

    /// Everybody was shown what the model says, and has the rooms that it says.
    fn look(&mut self) {
        // What somebody does not see now is not in their list, and is there again with the group or the role.
        let own = |who| {
            let seen = (0..self.rooms.len()).filter(|at| self.sees(who, *at).is_ok());
            let rooms = seen.map(|at| &self.rooms[at]);
            rooms.filter_map(|it| Some((it.id.clone(), *it.seats.get(&who)?))).collect()
        };
        let mut seats: Vec<Vec<_>> = (0..NICKS.len()).map(own).collect();
        for (who, client) in self.clients.iter_mut().enumerate() {
            client.barrier();
            let pushes = client.take_pushes();
            let messages: Vec<_> = pushes
                .into_iter()
                .filter_map(|push| match push {
                    Event::Message(it) => Some((it.room.to_string(), it.seq, it.text)),
                    _ => None,
                })
                .collect();
            for room in &mut self.rooms {
                let of_room = messages.iter().filter(|(id, _, _)| *id == room.id);
                let shown: Vec<_> = of_room.map(|(_, seq, text)| (*seq, text.clone())).collect();
                let expected = room.shown.remove(&who).unwrap_or_default();
                assert_eq!(shown, expected, "{} in {}", NICKS[who], room.id);
            }
            let mine: MineOk = client.get(Command::Mine(throng_protocol::ListMine::default()));
            let mut has: Vec<_> =
                mine.rooms.into_iter().map(|own| (own.room.id.to_string(), own.rank)).collect();
            has.sort();
            let mut expected = std::mem::take(&mut seats[who]);
            expected.sort();
            assert_eq!(has, expected, "the rooms of {}", NICKS[who]);
        }
    }
}

#[test]
fn everybody_is_shown_what_they_may_see_and_nothing_else() {
    for seed in 0..HISTORIES {
        let mut history = History::new(seed);
        for step in 1..=STEPS {
            history.step();
            if step.is_multiple_of(LOOK_EVERY) {
                history.look();
            }
        }
        history.look();
        println!("seed {seed}: {} messages tried", history.said);
    }
}
