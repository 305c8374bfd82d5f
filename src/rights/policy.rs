//! The gate before the work of every command: allows it, or says why not.

use throng_protocol::{ErrorCode, Refusal, Role};

use crate::rights::action::{Action, Who};

/// Who wants to do it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Principal {
    /// A client that has not said hello.
    Stranger,
    /// A person with this role.
    Person(Role),
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
        match (principal, action.row().who) {
            (_, Who::Anybody)
            | (Principal::Stranger, Who::Stranger)
            | (Principal::Person(_), Who::Person) => Ok(()),
            (Principal::Person(role), Who::From(least)) if role >= least => Ok(()),
            (Principal::Person(_), Who::From(Role::Guest | Role::Member)) => {
                let message = "this needs an account: register first";
                Err(Refusal::new(ErrorCode::NoAccount, message))
            }
            (Principal::Person(_), Who::From(least)) => {
                let message = format!("only somebody with the role {} may do this", least.name());
                Err(Refusal::new(ErrorCode::Forbidden, message))
            }
            (Principal::Person(_), Who::WhereOpen) if self.rooms_open => Ok(()),
            (Principal::Person(_), Who::WhereOpen) => {
                let message = "there is no such room, and rooms are not made by joining here";
                Err(Refusal::new(ErrorCode::NoSuchRoom, message))
            }
            (Principal::Stranger, Who::Person | Who::WhereOpen | Who::From(_)) => {
                let message = "the first command is `hello`, with a nick or a token";
                Err(Refusal::new(ErrorCode::HelloFirst, message))
            }
            (Principal::Person(_), Who::Stranger) => {
                let message = "you have said hello; `nick` changes the nick";
                Err(Refusal::new(ErrorCode::HelloTwice, message))
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

    /// Whether the raid switch forbids an action while it is on. Sends and typing are judged by the room's task, in
    /// the order of the sends and after the search for a duplicate; the rest before the work of the command.
    pub(crate) fn is_held_back(role: Role, action: Action) -> bool {
        let is_meant =
            matches!(action, Action::Send | Action::Type | Action::MakeRoom | Action::Register);
        role == Role::Guest && is_meant
    }

    /// The rule that decides about an action of a person, in words.
    pub(crate) fn rule(self, action: Action) -> String {
        match action.row().who {
            Who::Anybody => "everybody may do this".into(),
            Who::Stranger => "this is only done once, at the beginning".into(),
            Who::Person => {
                "everybody who is here may do this, unless a restriction forbids it".into()
            }
            Who::From(least) => format!("this needs the role {} or a higher one", least.name()),
            Who::WhereOpen if self.rooms_open => "everybody may make rooms (rooms_open)".into(),
            Who::WhereOpen => {
                "the settings of the server let nobody make rooms (rooms_open)".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use throng_protocol::{ErrorCode, Role};

    use super::{Policy, Principal};
    use crate::rights::action::{Action, Who};

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
                Who::Anybody | Who::Person | Who::WhereOpen => None,
                Who::From(Role::Guest | Role::Member) => Some(ErrorCode::NoAccount),
                Who::From(_) => Some(ErrorCode::Forbidden),
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
