//! The gate before the work of every command: allows it, or says why not.

use throng_protocol::{ErrorCode, Refusal, Role, RoomId, Scopes};

use crate::rights::action::{Action, Bots, Who};

/// Who wants to do it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Principal {
    /// A client that has not said hello.
    Stranger,
    /// A person with this role.
    Person(Role),
    /// A bot that does what this role may, within its scopes.
    Bot(Role, Scopes),
    /// A bot whose token is good for nothing any more.
    EndedBot,
}

impl Principal {
    /// The same with at least this role: that of somebody who keeps a room, there.
    pub(crate) fn at_least(self, least: Role) -> Self {
        match self {
            Self::Person(role) => Self::Person(role.max(least)),
            Self::Bot(role, scopes) => Self::Bot(role.max(least), scopes),
            Self::Stranger | Self::EndedBot => self,
        }
    }
}

/// The configuration of rights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Whether joining a room that does not exist creates it.
    pub(crate) rooms_open: bool,
}

impl Policy {
    /// Whether a principal may do an action.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may(self, principal: Principal, action: Action) -> Result<(), Refusal> {
        let row = action.row();
        // Nobody's role is that of a stranger.
        let role = match (principal, row.bots) {
            (Principal::Stranger, _) => None,
            (Principal::Person(role), _) => Some(role),
            (Principal::Bot(_, scopes), Bots::With(scope)) if !scopes.contains(scope) => {
                let message = format!("the token of this bot lacks the scope `{}`", scope.name());
                return Err(Refusal::new(ErrorCode::Forbidden, message));
            }
            (Principal::Bot(..), Bots::Never) => {
                let message = "a bot may not do this: its owner can";
                return Err(Refusal::new(ErrorCode::Forbidden, message));
            }
            (Principal::Bot(role, _), Bots::Any | Bots::With(_)) => Some(role),
            (Principal::EndedBot, _) if row.who == Who::Anybody => None,
            (Principal::EndedBot, _) => {
                let message = "the token of this bot has expired or was revoked";
                return Err(Refusal::new(ErrorCode::BadToken, message));
            }
        };
        self.judge(role, row.who)
    }

    /// Whether somebody with this role may do what this is for; `None` for a stranger.
    fn judge(self, role: Option<Role>, who: Who) -> Result<(), Refusal> {
        match (role, who) {
            (_, Who::Anybody) | (None, Who::Stranger) | (Some(_), Who::Person) => Ok(()),
            (Some(role), Who::From(least)) if role >= least => Ok(()),
            (Some(role), Who::WhereOpenOrFrom(least)) if self.rooms_open || role >= least => Ok(()),
            (Some(role), Who::Keeper) if role >= Role::Moderator => Ok(()),
            (Some(_), Who::From(Role::Guest | Role::Member)) => {
                let message = "this needs an account: register first";
                Err(Refusal::new(ErrorCode::NoAccount, message))
            }
            (Some(_), Who::From(least) | Who::WhereOpenOrFrom(least)) => Err(Self::needs(least)),
            (Some(_), Who::Keeper) => {
                let message = "only moderators of the server, or of the room, may do this";
                Err(Refusal::new(ErrorCode::Forbidden, message))
            }
            (Some(_), Who::WhereOpen) if self.rooms_open => Ok(()),
            (Some(_), Who::WhereOpen) => {
                let message = "there is no such room, and rooms are not made by joining here";
                Err(Refusal::new(ErrorCode::NoSuchRoom, message))
            }
            (
                None,
                Who::Person | Who::WhereOpen | Who::WhereOpenOrFrom(_) | Who::From(_) | Who::Keeper,
            ) => {
                let message = "the first command is `hello`, with a nick or a token";
                Err(Refusal::new(ErrorCode::HelloFirst, message))
            }
            (Some(_), Who::Stranger) => {
                let message = "you have said hello; `nick` changes the nick";
                Err(Refusal::new(ErrorCode::HelloTwice, message))
            }
        }
    }

    /// The refusal for who has a role below this one.
    pub(crate) fn needs(least: Role) -> Refusal {
        let message = format!("only somebody with the role {} may do this", least.name());
        Refusal::new(ErrorCode::Forbidden, message)
    }

    /// Whether a bot with this list of rooms may do something in a room; with `None`, on the whole server. What it
    /// gets is the same for every other room, and for those that do not exist.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_be_in(list: Option<&[RoomId]>, room: Option<RoomId>) -> Result<(), Refusal> {
        match (list, room) {
            (None, _) => Ok(()),
            (Some(list), Some(room)) if list.contains(&room) => Ok(()),
            (Some(_), _) => {
                let message = "this bot may only be in the rooms of its list, and do things there";
                Err(Refusal::new(ErrorCode::Forbidden, message))
            }
        }
    }

    /// Whether somebody may do something to somebody else: only to those below, and nobody is below an owner
    /// but those with another role.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn may_touch(actor: Role, subject: Role) -> Result<(), Refusal> {
        if actor > subject {
            return Ok(());
        }
        let (actor, subject) = (actor.name(), subject.name());
        let message =
            format!("the role {actor} may do nothing to somebody with the role {subject}");
        Err(Refusal::new(ErrorCode::Forbidden, message))
    }

    /// Whether the raid switch forbids an action while it is on. What [speaks](Action::speaks) is judged by the room's
    /// task, the rest before the work of the command.
    pub(crate) fn is_held_back(role: Role, action: Action) -> bool {
        let is_meant = matches!(
            action,
            Action::MakeRoom
                | Action::FoundRoom
                | Action::OpenDirect
                | Action::MakeInviteLink
                | Action::Accept
                | Action::Register
        );
        role == Role::Guest && (is_meant || action.speaks())
    }

    /// The rule that decides about an action of somebody, in words.
    pub(crate) fn rule(self, principal: Principal, action: Action) -> String {
        let of_people = self.rule_of_people(action);
        match (principal, action.row().bots) {
            (Principal::Bot(role, scopes), Bots::With(scope)) if scopes.contains(scope) => format!(
                "the token of this bot has the scope `{}`, and with its owner's role and its scopes it is a {}: \
                 {of_people}",
                scope.name(),
                role.name()
            ),
            (Principal::Stranger | Principal::Person(_), _) | (Principal::Bot(..), Bots::Any) => {
                of_people
            }
            (Principal::Bot(..) | Principal::EndedBot, _) => {
                self.may(principal, action).err().map_or(of_people, |refusal| refusal.message)
            }
        }
    }

    fn rule_of_people(self, action: Action) -> String {
        match action.row().who {
            Who::Anybody => "everybody may do this".into(),
            Who::Stranger => "this is only done once, at the beginning".into(),
            Who::Person => {
                "everybody who is here may do this, unless a restriction forbids it".into()
            }
            Who::From(least) => format!("this needs the role {} or a higher one", least.name()),
            Who::Keeper => {
                "this needs the role moderator or a higher one; in a room, its moderators may \
                            do it too"
                    .into()
            }
            Who::WhereOpenOrFrom(least) => format!(
                "everybody may do this where rooms are open (rooms_open), and the role {} in any case",
                least.name()
            ),
            Who::WhereOpen if self.rooms_open => "everybody may make rooms (rooms_open)".into(),
            Who::WhereOpen => {
                "the settings of the server let nobody make rooms (rooms_open)".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use throng_protocol::{ErrorCode, Role, RoomId, Scope, Scopes};

    use super::{Policy, Principal};
    use crate::rights::action::{Action, Bots, Who};

    /// All refused actions, with the error codes.
    fn refused(principal: Principal, rooms_open: bool) -> Vec<(Action, ErrorCode)> {
        let policy = Policy { rooms_open };
        let judge = |action| policy.may(principal, action).err().map(|it| (action, it.code));
        Action::ALL.into_iter().filter_map(judge).collect()
    }

    #[test]
    fn a_stranger_may_say_hello_and_bye_and_nothing_else() {
        let refused = refused(Principal::Stranger, true);
        let allowed = |action: &Action| !refused.iter().any(|(it, _)| it == action);
        assert_eq!(
            Action::ALL.into_iter().filter(allowed).collect::<Vec<_>>(),
            [Action::Hello, Action::Bye]
        );
        assert!(refused.iter().all(|(_, code)| *code == ErrorCode::HelloFirst), "{refused:?}");
    }

    #[test]
    fn each_role_may_do_what_the_one_before_it_may_and_more() {
        let code = |refused: &[(Action, ErrorCode)], action| {
            refused.iter().find(|(it, _)| *it == action).map(|(_, code)| *code)
        };
        let guest = refused(Principal::Person(Role::Guest), true);
        assert_eq!(code(&guest, Action::Hello), Some(ErrorCode::HelloTwice));
        for action in Action::ALL {
            let expected = match action.row().who {
                Who::Stranger => Some(ErrorCode::HelloTwice),
                Who::Anybody | Who::Person | Who::WhereOpen | Who::WhereOpenOrFrom(_) => None,
                Who::From(Role::Guest | Role::Member) => Some(ErrorCode::NoAccount),
                Who::From(_) | Who::Keeper => Some(ErrorCode::Forbidden),
            };
            assert_eq!(code(&guest, action), expected, "{action:?}");
        }
        let mut before = guest.len();
        for role in [Role::Member, Role::Moderator, Role::Administrator] {
            let now = refused(Principal::Person(role), true);
            assert!(now.len() < before, "{role:?}");
            before = now.len();
        }
        let owner = refused(Principal::Person(Role::Owner), false);
        let left =
            [(Action::Hello, ErrorCode::HelloTwice), (Action::MakeRoom, ErrorCode::NoSuchRoom)];
        assert_eq!(owner, left);
    }

    /// Every set of scopes.
    fn all_scopes() -> impl Iterator<Item = Scopes> {
        (0..16).map(Scopes::from_bits)
    }

    #[test]
    fn a_bot_may_do_what_its_scopes_and_its_role_allow_and_nothing_else() {
        let policy = Policy { rooms_open: true };
        for action in Action::ALL {
            for (role, scopes) in
                Role::ALL.into_iter().flat_map(|it| all_scopes().map(move |to| (it, to)))
            {
                let of_bot = policy.may(Principal::Bot(role, scopes), action);
                let of_person = policy.may(Principal::Person(role), action);
                let has_scope = match action.row().bots {
                    Bots::Any => true,
                    Bots::With(scope) => scopes.contains(scope),
                    Bots::Never => false,
                };
                let case = format!("{action:?} {role:?} {scopes}: {of_bot:?}");
                match has_scope {
                    true => assert_eq!(of_bot.is_ok(), of_person.is_ok(), "{case}"),
                    false => {
                        assert_eq!(
                            of_bot.map_err(|it| it.code),
                            Err(ErrorCode::Forbidden),
                            "{case}"
                        );
                    }
                }
            }
            let ended = policy.may(Principal::EndedBot, action).err().map(|it| it.code);
            let expected = (action != Action::Bye).then_some(ErrorCode::BadToken);
            assert_eq!(ended, expected, "{action:?}");
        }
    }

    #[test]
    fn no_bot_gets_more_by_a_scope_than_the_scope_says() {
        for action in Action::ALL {
            let Bots::With(scope) = action.row().bots else { continue };
            if let Who::From(least) = action.row().who {
                assert!(least <= scope.role(), "{action:?}: a bot with {scope:?} never may");
            }
        }
        for (action, scope) in [
            (Action::Join, Scope::Read),
            (Action::Send, Scope::Send),
            (Action::Restrict, Scope::Moderate),
            (Action::GiveRole, Scope::Admin),
        ] {
            assert_eq!(action.row().bots, Bots::With(scope));
        }
        for never in [Action::MakeBot, Action::Claim, Action::Register, Action::LogOut] {
            assert_eq!(never.row().bots, Bots::Never);
        }
    }

    #[test]
    fn a_bot_with_a_list_is_in_its_rooms_alone() {
        let [one, two] = [1, 2].map(|number| RoomId::from_parts(number, 0));
        let may = |list: Option<&[RoomId]>, room| Policy::may_be_in(list, room).is_ok();
        assert!(may(None, None) && may(None, Some(one)));
        assert!(may(Some(&[one]), Some(one)));
        assert!(!may(Some(&[one]), Some(two)) && !may(Some(&[one]), None) && !may(Some(&[]), None));
    }

    /// The table of scopes in `protocol/README.md` is made from the table of actions.
    #[test]
    fn the_specification_has_the_table_of_scopes() {
        let mut table = "| a bot needs | for |\n|---|---|\n".to_owned();
        let with = Scope::ALL.map(|scope| (format!("`{}`", scope.name()), Bots::With(scope)));
        let rows = [("no scope".to_owned(), Bots::Any)].into_iter().chain(with);
        for (needed, bots) in rows.chain([("(never)".to_owned(), Bots::Never)]) {
            let actions = Action::ALL.into_iter().filter(|action| action.row().bots == bots);
            let words: Vec<_> = actions
                .map(|action| match action {
                    Action::MakeRoom => "`join` of a room that does not exist".to_owned(),
                    other => format!("`{}`", other.row().name),
                })
                .collect();
            table.push_str(&format!("| {needed} | {} |\n", words.join(", ")));
        }
        let specification = include_str!("../../protocol/README.md");
        assert!(specification.contains(&table), "protocol/README.md needs this table:\n{table}");
    }

    /// What a person may do with a role: always, where the settings open rooms, in the rooms that they keep, or never.
    fn cell(role: Role, action: Action) -> &'static str {
        let may =
            |rooms_open, role| Policy { rooms_open }.may(Principal::Person(role), action).is_ok();
        let is_keepers = action.row().who == Who::Keeper;
        match (may(false, role), may(true, role), may(false, Role::Moderator)) {
            (true, ..) => "yes",
            (_, true, _) => "where `rooms_open`",
            (_, _, true) if is_keepers => "in rooms that they keep",
            _ => "no",
        }
    }

    /// The table of roles in `protocol/README.md` is made from the table of actions.
    #[test]
    fn the_specification_has_the_table_of_roles() {
        let names = Role::ALL.map(Role::name).join(" | ");
        let mut table = format!("| command | {names} |\n|---|---|---|---|---|---|\n");
        let mut rows: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
        // That comes before there is anybody with a role.
        for action in Action::ALL.into_iter().filter(|it| it.row().who != Who::Stranger) {
            let cells: Vec<_> = Role::ALL.iter().map(|role| cell(*role, action)).collect();
            let word = match action {
                Action::MakeRoom => "`join` of a room that does not exist".to_owned(),
                other => format!("`{}`", other.row().name),
            };
            match rows.iter_mut().find(|(other, _)| *other == cells) {
                Some((_, words)) => words.push(word),
                None => rows.push((cells, vec![word])),
            }
        }
        for (cells, words) in rows {
            table.push_str(&format!("| {} | {} |\n", words.join(", "), cells.join(" | ")));
        }
        let specification = include_str!("../../protocol/README.md");
        assert!(specification.contains(&table), "protocol/README.md needs this table:\n{table}");
    }

    #[test]
    fn nobody_touches_an_equal_or_somebody_above() {
        for (at, actor) in Role::ALL.into_iter().enumerate() {
            for (other, subject) in Role::ALL.into_iter().enumerate() {
                assert_eq!(Policy::may_touch(actor, subject).is_ok(), at > other);
            }
        }
    }

    #[test]
    fn every_action_is_found_by_the_name_of_its_command() {
        for action in Action::ALL {
            let found = Action::named(action.row().name).expect("named");
            assert_eq!(found.row().name, action.row().name);
        }
        assert_eq!(Action::named("dance"), None);
    }
}
