//! The table of commands: for each its name, its arguments, the words of the help, how its answer is printed,
//! and the function that does the work.
//!
//! To add a command, write its function into a file of this folder and a row here.

use super::arguments::Kind::{Number, Switch, Text};
use super::arguments::{optional, required};
use super::row::{Row, Shown, age, column, seconds};
use super::{room, session, status};

/// All commands, in the order in which the help lists them.
pub(super) static TABLE: &[Row] = &[
    Row {
        name: "status",
        about: "Show how the server is",
        arguments: &[],
        shown: Shown::Fields(&[
            column("version", "version"),
            column("process", "process"),
            column("data_dir", "data directory"),
            column("epoch", "epoch"),
            seconds("uptime", "up for"),
            column("connections", "connections"),
            column("sessions", "sessions"),
            column("rooms", "rooms"),
            column("rooms_in_memory", "rooms in memory"),
            column("members", "memberships"),
            column("log_writable", "log writable"),
        ]),
        run: |server, _| Box::pin(status::show(server)),
    },
    Row {
        name: "room list",
        about: "List the rooms, and how many people are in each",
        arguments: &[
            optional("query", Text, "Only rooms that have this in their names"),
            optional("occupied", Switch, "Only rooms that somebody is in"),
        ],
        shown: Shown::Table(
            "rooms",
            &[column("id", "ID"), column("members", "MEMBERS"), column("name", "NAME")],
        ),
        run: |server, arguments| Box::pin(room::list(server, arguments)),
    },
    Row {
        name: "room show",
        about: "Show one room",
        arguments: &[required("room", Text, "The room's id or name")],
        shown: Shown::Fields(&[
            column("id", "id"),
            column("name", "name"),
            column("members", "members"),
            column("first", "first seq"),
            column("head", "last seq"),
        ]),
        run: |server, arguments| Box::pin(room::show(server, arguments)),
    },
    Row {
        name: "session list",
        about: "List the sessions: connections that have said hello",
        arguments: &[optional("address", Text, "Only sessions from this address or network")],
        shown: Shown::Table(
            "sessions",
            &[
                column("number", "NUMBER"),
                age("since", "SINCE"),
                column("address", "ADDRESS"),
                column("person", "PERSON"),
                column("nick", "NICK"),
            ],
        ),
        run: |server, arguments| Box::pin(session::list(server, arguments)),
    },
    Row {
        name: "session close",
        about: "Close one session; its client may come back",
        arguments: &[required("number", Number, "The session's number in the list")],
        shown: Shown::Fields(&[column("closed", "closed"), column("nick", "nick")]),
        run: |server, arguments| Box::pin(session::close(server, arguments)),
    },
];

/// The command with this name.
pub(super) fn find(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::TABLE;

    #[test]
    fn every_row_can_be_written_as_arguments_of_a_program() {
        let mut names = HashSet::new();
        for row in TABLE {
            assert!(names.insert(row.name), "{} stands twice in the table", row.name);
            assert!(row.name.split(' ').count() <= 2, "{}", row.name);
            let group = row.name.split(' ').next();
            assert!(!TABLE.iter().any(|it| it.name != row.name && Some(it.name) == group));
            assert!(!row.about.ends_with('.'), "{}", row.name);
            for argument in row.arguments {
                assert_ne!(argument.name, "command", "{}: it names the command itself", row.name);
                assert!(!argument.about.ends_with('.'), "{}: {}", row.name, argument.name);
            }
        }
    }
}
