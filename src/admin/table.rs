//! The table of commands: for each its name, its arguments, the words of the help, how its answer is printed,
//! and the function that does the work.
//!
//! To add a command, write its function into a file of this folder and a row here.

use super::arguments::Kind::{Number, Switch, Text};
use super::arguments::{Argument, optional, required};
use super::row::{Column, Row, Shown, age, column, seconds};
use super::{audit, filter, group, message, peace, room, session, status, token, user};

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
            column("private_rooms", "private rooms"),
            column("rooms_in_memory", "rooms in memory"),
            column("members", "memberships"),
            column("raid", "raid switch on"),
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
            optional("private", Switch, "The private and direct rooms instead of the public ones"),
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
            column("kind", "kind"),
            column("topic", "topic"),
            column("description", "description"),
            column("order", "place in the list"),
            column("see", "who may see"),
            column("speak", "who may speak"),
            column("invite", "who may invite"),
            column("moderate", "which moderators of the server keep it"),
            column("slow", "slow mode, seconds"),
            column("archived", "archived"),
            column("members", "members"),
            column("first", "first seq"),
            column("head", "last seq"),
        ]),
        run: |server, arguments| Box::pin(room::show(server, arguments)),
    },
    Row {
        name: "room people",
        about: "List who is in a private or direct room, here or not",
        arguments: &[required("room", Text, "The room's id")],
        shown: Shown::Table(
            "people",
            &[column("person", "ID"), column("rank", "RANK"), column("nick", "NICK")],
        ),
        run: |server, arguments| Box::pin(room::people(server, arguments)),
    },
    Row {
        name: "room set",
        about: "Change what is said of a room, and who may do what there",
        arguments: &[
            required("room", Text, "The room's id or name"),
            optional("name", Text, "Another name"),
            optional("topic", Text, "What the room is about"),
            optional("description", Text, "What the room is for, at length"),
            optional("order", Number, "Its place in the list: 1 comes first, 0 for none"),
            optional("see", Text, "The least role that sees a public room: guest for everybody"),
            optional("see-groups", Text, "Groups that see it as well, with commas; empty for none"),
            optional("speak", Text, "The least role that may say something: guest for everybody"),
            optional("speak-groups", Text, "Groups that may as well, with commas; empty for none"),
            optional("invite", Text, "Who may invite: member, or moderator of the room"),
            optional("invite-groups", Text, "Groups that may as well, with commas; empty for none"),
            optional("moderate", Text, "The least role that keeps it: moderator or administrator"),
            optional(
                "moderate-groups",
                Text,
                "Groups whose moderators keep it as well, with commas; empty for none",
            ),
            optional(
                "slow",
                Number,
                "Seconds from one message of a person to the next; 0 for none",
            ),
            optional("archived", Text, "on: it is kept to be read; off"),
            REASON,
        ],
        shown: Shown::Fields(&[column("changed", "changed")]),
        run: |server, arguments| Box::pin(room::set(server, arguments)),
    },
    Row {
        name: "room delete",
        about: "Delete a room for everybody",
        arguments: &[required("room", Text, "The room's id or name"), REASON],
        shown: Shown::Fields(&[column("deleted", "deleted")]),
        run: |server, arguments| Box::pin(room::delete(server, arguments)),
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
    Row {
        name: "user list",
        about: "List the accounts",
        arguments: &[optional("role", Text, "Only accounts with this role")],
        shown: Shown::Table("users", USER),
        run: |server, arguments| Box::pin(user::list(server, arguments)),
    },
    Row {
        name: "user show",
        about: "Show one account",
        arguments: &[USER_NAME],
        shown: Shown::Fields(&[
            column("name", "name"),
            column("person", "id"),
            column("role", "role"),
            age("made", "made"),
            column("logins", "logins"),
            column("sessions", "sessions"),
            column("presence", "presence"),
            column("display_name", "display name"),
            column("pronouns", "pronouns"),
            column("colour", "colour"),
            column("status", "status"),
        ]),
        run: |server, arguments| Box::pin(user::show(server, arguments)),
    },
    Row {
        name: "user nicks",
        about: "List what somebody was called, with an account or without one, the newest first",
        arguments: &[required("person", Text, "The person's id or nick")],
        shown: Shown::Table(
            "nicks",
            &[age("at", "WHEN"), column("from", "FROM"), column("to", "TO")],
        ),
        run: |server, arguments| Box::pin(user::nicks(server, arguments)),
    },
    Row {
        name: "user clear-profile",
        about: "Take away all that somebody says about themselves",
        arguments: &[USER_NAME, REASON],
        shown: Shown::Fields(&[column("cleared", "cleared")]),
        run: |server, arguments| Box::pin(user::clear_profile(server, arguments)),
    },
    Row {
        name: "user role",
        about: "Give an account another role",
        arguments: &[
            USER_NAME,
            required("role", Text, "member, moderator, administrator or owner"),
            REASON,
        ],
        shown: Shown::Fields(&[column("name", "name"), column("role", "role")]),
        run: |server, arguments| Box::pin(user::role(server, arguments)),
    },
    Row {
        name: "user reset",
        about: "Make a secret with which somebody sets a new password, within 24 hours",
        arguments: &[
            USER_NAME,
            optional("second-factor", Switch, "Turn the second factor off too, which was lost"),
        ],
        shown: Shown::Fields(&[column("name", "name"), column("secret", "secret")]),
        run: |server, arguments| Box::pin(user::reset(server, arguments)),
    },
    Row {
        name: "user logout",
        about: "End all logins of an account, and close its sessions",
        arguments: &[USER_NAME, optional("reason", Text, "Why, for the audit log")],
        shown: Shown::Fields(&[
            column("name", "name"),
            column("logins", "logins ended"),
            column("sessions", "sessions closed"),
        ]),
        run: |server, arguments| Box::pin(user::log_out(server, arguments)),
    },
    Row {
        name: "invite",
        about: "Make an invitation with which accounts can be made",
        arguments: &[
            optional("uses", Number, "For how many accounts [1]"),
            optional("hours", Number, "For how long it is good [168]"),
        ],
        shown: Shown::Fields(&[
            column("secret", "secret"),
            column("uses", "uses"),
            column("hours", "hours"),
        ]),
        run: |server, arguments| Box::pin(user::invite(server, arguments)),
    },
    Row {
        name: "claim",
        about: "Make the secret with which an account becomes the owner's, within 24 hours",
        arguments: &[],
        shown: Shown::Fields(&[column("secret", "secret")]),
        run: |server, arguments| Box::pin(user::owner(server, arguments)),
    },
    Row {
        name: "token new",
        about: "Make a bot of somebody's, and show its token this one time",
        arguments: &[
            required("owner", Text, "The name of the account that the bot belongs to"),
            required("nick", Text, "What the bot is called"),
            required("scopes", Text, "read, send, moderate, admin: one or more, with commas"),
            optional("rooms", Text, "The only rooms where it may be: ids or names, with commas"),
            optional("hours", Number, "For how long; until it is revoked without it"),
            REASON,
        ],
        shown: Shown::Fields(&[
            column("nick", "nick"),
            column("bot", "id"),
            column("token", "token"),
        ]),
        run: |server, arguments| Box::pin(token::new(server, arguments)),
    },
    Row {
        name: "token list",
        about: "List the bots",
        arguments: &[optional("owner", Text, "Only the bots of this account")],
        shown: Shown::Table(
            "bots",
            &[
                column("bot", "ID"),
                age("made", "MADE"),
                seconds("left", "LEFT"),
                column("owner", "OWNER"),
                column("scopes", "SCOPES"),
                column("rooms", "ROOMS"),
                column("sessions", "SESSIONS"),
                column("nick", "NICK"),
            ],
        ),
        run: |server, arguments| Box::pin(token::list(server, arguments)),
    },
    Row {
        name: "token revoke",
        about: "End a bot: its token is good for nothing, and its sessions are closed",
        arguments: &[required("bot", Text, "The bot's nick or id"), REASON],
        shown: Shown::Fields(&[column("revoked", "revoked"), column("bot", "id")]),
        run: |server, arguments| Box::pin(token::revoke(server, arguments)),
    },
    Row {
        name: "message delete",
        about: "Delete the text of one message for good",
        arguments: &[
            required("room", Text, "The room's id or name"),
            required("seq", Number, "The message's number in the room"),
            REASON,
        ],
        shown: Shown::Fields(&[
            column("deleted", "deleted"),
            column("room", "room"),
            column("seq", "message"),
        ]),
        run: |server, arguments| Box::pin(message::delete(server, arguments)),
    },
    Row {
        name: "message purge",
        about: "Delete the texts of all that somebody has said lately",
        arguments: &[
            required("person", Text, "The person's id or nick"),
            required("minutes", Number, "How far back, at most a week"),
            ROOM,
            REASON,
        ],
        shown: Shown::Fields(&[
            column("deleted", "deleted"),
            column("person", "person"),
            column("room", "room"),
        ]),
        run: |server, arguments| Box::pin(message::purge(server, arguments)),
    },
    Row {
        name: "group list",
        about: "List the groups, and how many people are in each",
        arguments: &[],
        shown: Shown::Table("groups", &[column("members", "MEMBERS"), column("name", "NAME")]),
        run: |server, arguments| Box::pin(group::list(server, arguments)),
    },
    Row {
        name: "group show",
        about: "List who is in a group",
        arguments: &[GROUP],
        shown: Shown::Table("people", &[column("person", "ID"), column("name", "NAME")]),
        run: |server, arguments| Box::pin(group::show(server, arguments)),
    },
    Row {
        name: "group make",
        about: "Make a group, in which nobody is yet",
        arguments: &[required("name", Text, "What it is called"), REASON],
        shown: Shown::Fields(&[column("made", "made")]),
        run: |server, arguments| Box::pin(group::make(server, arguments)),
    },
    Row {
        name: "group rename",
        about: "Give a group another name; its people and rooms stay",
        arguments: &[GROUP, required("name", Text, "Its name from now on"), REASON],
        shown: Shown::Fields(&[column("renamed", "renamed")]),
        run: |server, arguments| Box::pin(group::rename(server, arguments)),
    },
    Row {
        name: "group delete",
        about: "Delete a group; rooms that name it stay as narrow as they are",
        arguments: &[GROUP, REASON],
        shown: Shown::Fields(&[column("deleted", "deleted")]),
        run: |server, arguments| Box::pin(group::delete(server, arguments)),
    },
    Row {
        name: "group assign",
        about: "Put somebody with an account into a group",
        arguments: &[GROUP, MEMBER, REASON],
        shown: Shown::Fields(&[column("person", "in"), column("group", "group")]),
        run: |server, arguments| Box::pin(group::assign(server, arguments)),
    },
    Row {
        name: "group dismiss",
        about: "Take somebody out of a group",
        arguments: &[GROUP, MEMBER, REASON],
        shown: Shown::Fields(&[column("person", "out"), column("group", "group")]),
        run: |server, arguments| Box::pin(group::dismiss(server, arguments)),
    },
    Row {
        name: "mute",
        about: "Let somebody say nothing",
        arguments: &[WHOM, ROOM, MINUTES, REASON],
        shown: Shown::Fields(&[column("done", "muted")]),
        run: |server, arguments| Box::pin(peace::mute(server, arguments)),
    },
    Row {
        name: "unmute",
        about: "Let somebody speak again",
        arguments: &[WHOM, ROOM, REASON],
        shown: Shown::Fields(&[column("done", "unmuted")]),
        run: |server, arguments| Box::pin(peace::unmute(server, arguments)),
    },
    Row {
        name: "ban",
        about: "Keep a person or an address out",
        arguments: &[WHOM, ROOM, MINUTES, REASON],
        shown: Shown::Fields(&[column("done", "banned")]),
        run: |server, arguments| Box::pin(peace::ban(server, arguments)),
    },
    Row {
        name: "unban",
        about: "Let a person or an address in again",
        arguments: &[WHOM, ROOM, REASON],
        shown: Shown::Fields(&[column("done", "unbanned")]),
        run: |server, arguments| Box::pin(peace::unban(server, arguments)),
    },
    Row {
        name: "shadow",
        about: "Hide from others what somebody says, without their knowing",
        arguments: &[WHOM, ROOM, MINUTES, REASON],
        shown: Shown::Fields(&[column("done", "shadow-banned")]),
        run: |server, arguments| Box::pin(peace::shadow(server, arguments)),
    },
    Row {
        name: "unshadow",
        about: "Let others see again what somebody says from now on",
        arguments: &[WHOM, ROOM, REASON],
        shown: Shown::Fields(&[column("done", "not shadow-banned any more")]),
        run: |server, arguments| Box::pin(peace::unshadow(server, arguments)),
    },
    Row {
        name: "restrictions",
        about: "List who is muted, banned or shadow-banned",
        arguments: &[required("kind", Text, "mute, ban or shadow")],
        shown: Shown::Table(
            "restrictions",
            &[
                column("subject", "WHOM"),
                column("room", "ROOM"),
                seconds("left", "LEFT"),
                age("made", "SINCE"),
                column("reason", "REASON"),
            ],
        ),
        run: |server, arguments| Box::pin(peace::list(server, arguments)),
    },
    Row {
        name: "kick",
        about: "Take somebody out of a room; they may come back",
        arguments: &[
            required("room", Text, "The room's id or name"),
            required("person", Text, "The person's id or nick"),
            REASON,
        ],
        shown: Shown::Fields(&[column("kicked", "kicked"), column("room", "room")]),
        run: |server, arguments| Box::pin(peace::kick(server, arguments)),
    },
    Row {
        name: "raid on",
        about: "Keep strangers out: no new guests, guests say nothing, no accounts are made",
        arguments: &[
            optional("minutes", Number, "For how long; without it until it is turned off"),
            REASON,
        ],
        shown: RAID,
        run: |server, arguments| Box::pin(peace::raid_on(server, arguments)),
    },
    Row {
        name: "raid off",
        about: "Let strangers in again",
        arguments: &[REASON],
        shown: RAID,
        run: |server, arguments| Box::pin(peace::raid_off(server, arguments)),
    },
    Row {
        name: "raid status",
        about: "Show whether strangers are kept out",
        arguments: &[],
        shown: RAID,
        run: |server, arguments| Box::pin(peace::raid_status(server, arguments)),
    },
    Row {
        name: "filter list",
        about: "List the rules about what may be said, on the server and in rooms",
        arguments: &[ROOM],
        shown: FILTERS,
        run: |server, arguments| Box::pin(filter::list(server, arguments)),
    },
    Row {
        name: "filter add",
        about: "Make a rule about what may be said",
        arguments: &[
            required("kind", Text, "words, pattern, links (all but these domains) or domains"),
            required("text", Text, "Words or domains with commas, or a regular expression"),
            ROOM,
            optional("action", Text, "refuse, or report [refuse]"),
            optional("exempt", Text, "From which role on nobody is concerned [moderator]"),
            optional("reason", Text, "Why, for people whose text it refuses"),
        ],
        shown: Shown::Fields(&[column("number", "number")]),
        run: |server, arguments| Box::pin(filter::add(server, arguments)),
    },
    Row {
        name: "filter remove",
        about: "End a rule about what may be said",
        arguments: &[required("number", Number, "The number of the filter in the list"), REASON],
        shown: Shown::Fields(&[column("removed", "removed")]),
        run: |server, arguments| Box::pin(filter::remove(server, arguments)),
    },
    Row {
        name: "filter test",
        about: "Show which rules find something in a text",
        arguments: &[required("text", Text, "What would be said"), ROOM],
        shown: FILTERS,
        run: |server, arguments| Box::pin(filter::test(server, arguments)),
    },
    Row {
        name: "audit list",
        about: "Show who did what to whom, the newest first",
        arguments: &[ROOM, optional("before", Number, "Only entries before this number")],
        shown: Shown::Table(
            "entries",
            &[
                column("number", "NUMBER"),
                age("at", "WHEN"),
                column("by_name", "BY"),
                column("action", "ACTION"),
                column("subject", "WHOM"),
                column("reason", "REASON"),
            ],
        ),
        run: |server, arguments| Box::pin(audit::list(server, arguments)),
    },
    Row {
        name: "audit export",
        about: "Print the audit log as JSON Lines, the oldest entry first",
        arguments: &[
            ROOM,
            optional(
                "since",
                Text,
                "Only entries from this time on: 2026-12-01, or with 12:00:00Z",
            ),
            optional("after", Number, "Only entries after this number: where an export ended"),
        ],
        shown: Shown::Lines("entries"),
        run: |server, arguments| Box::pin(audit::export(server, arguments)),
    },
];

const RAID: Shown = Shown::Fields(&[
    column("on", "on"),
    age("since", "since"),
    seconds("left", "left"),
    column("by_name", "by"),
    column("automatic", "by itself"),
    column("reason", "reason"),
]);

const FILTERS: Shown = Shown::Table(
    "filters",
    &[
        column("number", "NUMBER"),
        age("made", "MADE"),
        column("by_name", "BY"),
        column("room_name", "ROOM"),
        column("action", "ACTION"),
        column("exempt", "EXEMPT"),
        column("kind", "KIND"),
        column("text", "TEXT"),
        column("reason", "REASON"),
    ],
);

const USER: &[Column] =
    &[column("person", "ID"), age("made", "MADE"), column("role", "ROLE"), column("name", "NAME")];

const USER_NAME: Argument = required("user", Text, "The account's name, or the person's id");
const GROUP: Argument = required("group", Text, "The group's name");
const MEMBER: Argument = required("person", Text, "The name of the account, or the person's id");
const WHOM: Argument = required("whom", Text, "A nick, a person's id, or an address or network");
const ROOM: Argument = optional("room", Text, "Only in this room: its id or name");
const MINUTES: Argument = optional("minutes", Number, "For how long; for good without it");
const REASON: Argument = optional("reason", Text, "Why, for the audit log and the person");

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
