//! The gate before the work of every command: allows it, or says why not.

use throng_protocol::{ErrorCode, Refusal};

use crate::rights::action::{Action, Who};

/// Who wants to do it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Principal {
    /// A client that has not said hello.
    Stranger,
    /// A person.
    Person,
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
            | (Principal::Person, Who::Person) => Ok(()),
            (Principal::Person, Who::WhereOpen) if self.rooms_open => Ok(()),
            (Principal::Person, Who::WhereOpen) => {
                let message = "there is no such room, and rooms are not made by joining here";
                Err(Refusal::new(ErrorCode::NoSuchRoom, message))
            }
            (Principal::Stranger, Who::Person | Who::WhereOpen) => {
                let message = "the first command is `hello`, with a nick or a token";
                Err(Refusal::new(ErrorCode::HelloFirst, message))
            }
            (Principal::Person, Who::Stranger) => {
                let message = "you have said hello; `nick` changes the nick";
                Err(Refusal::new(ErrorCode::HelloTwice, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use throng_protocol::ErrorCode;

    use super::{Policy, Principal};
    use crate::rights::action::Action;

    const ALL: [Action; 14] = [
        Action::Hello,
        Action::Nick,
        Action::Link,
        Action::ListRooms,
        Action::Join,
        Action::MakeRoom,
        Action::Leave,
        Action::Send,
        Action::History,
        Action::ListMembers,
        Action::Type,
        Action::Ping,
        Action::Bye,
        Action::WhoAmI,
    ];

    /// All refused actions, with the error codes.
    fn refused(principal: Principal, rooms_open: bool) -> Vec<(Action, ErrorCode)> {
        let policy = Policy { rooms_open };
        let judge = |action| policy.may(principal, action).err().map(|it| (action, it.code));
        ALL.into_iter().filter_map(judge).collect()
    }

    #[test]
    fn a_stranger_may_say_hello_and_bye_and_nothing_else() {
        let refused = refused(Principal::Stranger, true);
        let allowed = |action: &Action| !refused.iter().any(|(it, _)| it == action);
        assert_eq!(
            ALL.into_iter().filter(allowed).collect::<Vec<_>>(),
            [Action::Hello, Action::Bye]
        );
        assert!(refused.iter().all(|(_, code)| *code == ErrorCode::HelloFirst), "{refused:?}");
    }

    #[test]
    fn a_person_may_do_everything_but_say_hello_again() {
        let principal = Principal::Person;
        assert_eq!(refused(principal, true), [(Action::Hello, ErrorCode::HelloTwice)]);
        let closed =
            [(Action::Hello, ErrorCode::HelloTwice), (Action::MakeRoom, ErrorCode::NoSuchRoom)];
        assert_eq!(refused(principal, false), closed);
    }
}
