//! An entry of the log in its wire format, encoded once for all clients; what is hidden from most, once more for those who
//! see it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use throng_log::{Body, MessageKind, Shadow};
use throng_protocol::{Deleted, Edited, Kind, Message, PersonId, RoomId, User};
use throng_room::{Encoded, Forms};

/// The JSON of an entry, shared by pages and frames.
#[derive(Clone, Debug)]
pub(crate) struct Entry(Arc<Json>);

#[derive(Debug)]
struct Json {
    seq: u64,
    sender: PersonId,
    forms: Forms<Box<RawValue>>,
    change: Change,
}

/// How somebody sees what is not for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sight {
    /// As everybody does: of what is hidden, its place.
    Other,
    /// As its sender does, for whom nothing is hidden.
    Own,
    /// As those do who keep the room: with a mark.
    Keeper,
}

/// What everybody else gets of an entry that is hidden: nothing but its place.
#[derive(Serialize)]
#[serde(tag = "type", rename = "hidden")]
struct Hidden {
    room: RoomId,
    seq: u64,
}

/// How those who keep a room know what is hidden. It is the last field of every entry that may be.
const MARK: &str = r#","shadow":true}"#;

/// What an entry does to the texts of earlier messages.
#[derive(Clone, Debug)]
enum Change {
    /// Nothing: it is a message.
    None,
    /// It replaces one.
    Edit { message: u64 },
    /// It deletes them.
    Delete(Arc<[u64]>),
}

impl Entry {
    /// As everybody has it.
    pub(crate) fn json(&self) -> &str {
        self.0.forms.all.get()
    }

    /// Who has said it, if they see something else than everybody.
    pub(crate) fn shadowed(&self) -> Option<PersonId> {
        self.0.forms.own.is_some().then_some(self.0.sender)
    }

    /// As somebody has it who sees it like this.
    pub(crate) fn json_for(&self, sight: Sight) -> Cow<'_, str> {
        let Forms { all, own, is_hidden } = &self.0.forms;
        match (own, sight) {
            (Some(own), Sight::Own) => own.get().into(),
            (Some(own), Sight::Keeper) if *is_hidden => marked(own.get()).into(),
            _ => all.get().into(),
        }
    }

    /// The entry for a page of somebody who sees it like this.
    pub(crate) fn seen(&self, sight: Sight) -> Self {
        let json = self.json_for(sight).into_owned();
        let all = RawValue::from_string(json).expect("it is the JSON of an entry");
        let Json { seq, sender, ref change, .. } = *self.0;
        Self(Arc::new(Json { seq, sender, forms: Forms::open(all), change: change.clone() }))
    }
}

fn marked(own: &str) -> String {
    format!("{}{MARK}", &own[..own.len() - 1])
}

fn raw(body: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(body)
        .expect("an entry has string keys only, so it is always JSON")
}

/// The JSON of an entry that was encoded here, as a client reads it.
fn decode<T: DeserializeOwned>(json: &RawValue) -> T {
    serde_json::from_str(json.get()).expect("it was encoded from one")
}

/// The JSON of an entry with this content.
fn encoded(room: RoomId, entry: &throng_log::Entry, body: &Body) -> Box<RawValue> {
    match body {
        Body::Message { kind, text, edited } => raw(&message(room, entry, *kind, text, *edited)),
        Body::Deleted { kind, by } => {
            let message = message(room, entry, *kind, "", None);
            raw(&Message { deleted: Some(*by), ..message })
        }
        Body::Edit { target, text } => raw(&edited(room, entry, *target, text)),
        Body::Delete { targets } => raw(&deleted(room, entry, targets)),
    }
}

/// What becomes of a form of an entry by that of a later one; `None` if it has a later change already.
fn changed(
    (was, form): (&Change, &RawValue),
    by: &Change,
    change: &RawValue,
    seq: u64,
) -> Option<Box<RawValue>> {
    match (was, by) {
        (Change::None, Change::Edit { .. }) => {
            let (message, Edited { seq, text, at, .. }): (Message, _) =
                (decode(form), decode(change));
            // What was read from the log may have later changes already.
            if text.is_empty() || message.deleted.is_some() || message.edited >= Some(seq) {
                return None;
            }
            Some(raw(&Message { text, edited: Some(seq), edited_at: Some(at), ..message }))
        }
        (Change::None, Change::Delete(_)) => {
            let message: Message = decode(form);
            if message.deleted.is_some() {
                return None;
            }
            let (text, edited, edited_at) = (String::new(), None, None);
            Some(raw(&Message { text, edited, edited_at, deleted: Some(seq), ..message }))
        }
        (Change::Edit { .. }, Change::Edit { .. } | Change::Delete(_)) => {
            let edit: Edited = decode(form);
            (!edit.text.is_empty()).then(|| raw(&Edited { text: String::new(), ..edit }))
        }
        (_, Change::None) | (Change::Delete(_), _) => None,
    }
}

impl Encoded for Entry {
    fn encode(room: RoomId, entry: &throng_log::Entry) -> Self {
        let seq = entry.seq;
        let change = match &entry.body {
            Body::Message { .. } | Body::Deleted { .. } => Change::None,
            Body::Edit { target, .. } => Change::Edit { message: *target },
            Body::Delete { targets } => Change::Delete(Arc::clone(targets)),
        };
        let forms = match &entry.shadow {
            Shadow::None => Forms::open(encoded(room, entry, &entry.body)),
            Shadow::Hidden => {
                let own = Some(encoded(room, entry, &entry.body));
                Forms { all: raw(&Hidden { room, seq }), own, is_hidden: true }
            }
            Shadow::Own(own) => Forms {
                own: Some(encoded(room, entry, own)),
                ..Forms::open(encoded(room, entry, &entry.body))
            },
        };
        Self(Arc::new(Json { seq, sender: entry.sender, forms, change }))
    }

    fn seq(&self) -> u64 {
        self.0.seq
    }

    fn bytes_in_page(&self) -> usize {
        let own = self.0.forms.own.as_ref().map_or(0, |own| own.get().len() + MARK.len());
        // And a comma.
        self.json().len().max(own) + 1
    }

    fn message(&self) -> u64 {
        match self.0.change {
            Change::Edit { message } => message,
            Change::None | Change::Delete(_) => self.0.seq,
        }
    }

    fn changes(&self) -> &[u64] {
        match &self.0.change {
            Change::None => &[],
            Change::Edit { message } => std::slice::from_ref(message),
            Change::Delete(targets) => targets,
        }
    }

    // Changes are rare, so that an entry keeps no form of itself beside its JSON.
    fn after(&self, change: &Self) -> Self {
        let Json { seq, sender, ref forms, change: ref was } = *self.0;
        let forms = forms.after(&change.0.forms, |form, by| {
            changed((was, form), &change.0.change, by, change.0.seq)
        });
        Self(Arc::new(Json { seq, sender, forms, change: was.clone() }))
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.forms.all.serialize(serializer)
    }
}

/// The log's form of a message's kind.
pub(crate) fn kind_in_log(kind: Kind) -> MessageKind {
    match kind {
        Kind::Text => MessageKind::Text,
        Kind::Action => MessageKind::Action,
    }
}

fn kind_on_wire(kind: MessageKind) -> Kind {
    match kind {
        MessageKind::Text => Kind::Text,
        MessageKind::Action => Kind::Action,
    }
}

/// A message as somebody reads it who sees it like this; `None` for an entry of another kind, for a deleted one, and for
/// one that is hidden from them.
pub(crate) fn message_of(room: RoomId, entry: &throng_log::Entry, sight: Sight) -> Option<Message> {
    let is_hidden = entry.is_hidden();
    let (body, shadow) = match sight {
        Sight::Own => (entry.own(), false),
        Sight::Other if is_hidden => return None,
        Sight::Other | Sight::Keeper => (&entry.body, is_hidden),
    };
    match body {
        Body::Message { kind, text, edited } => {
            Some(Message { shadow, ..message(room, entry, *kind, text, *edited) })
        }
        _ => None,
    }
}

fn message(
    room: RoomId,
    entry: &throng_log::Entry,
    kind: MessageKind,
    text: &str,
    edited: Option<throng_log::Edited>,
) -> Message {
    Message {
        room,
        seq: entry.seq,
        cid: entry.cid,
        from: sender(entry),
        kind: kind_on_wire(kind),
        text: text.to_owned(),
        at: entry.at,
        deleted: None,
        edited: edited.map(|it| it.by),
        edited_at: edited.map(|it| it.at),
        shadow: false,
    }
}

fn edited(room: RoomId, entry: &throng_log::Entry, message: u64, text: &str) -> Edited {
    Edited {
        room,
        seq: entry.seq,
        cid: entry.cid,
        from: sender(entry),
        message,
        text: text.to_owned(),
        at: entry.at,
        shadow: false,
    }
}

fn deleted(room: RoomId, entry: &throng_log::Entry, targets: &[u64]) -> Deleted {
    Deleted {
        room,
        seq: entry.seq,
        from: (entry.sender != AT_THE_SERVER).then(|| sender(entry)),
        messages: targets.to_vec(),
        at: entry.at,
        shadow: false,
    }
}

fn sender(entry: &throng_log::Entry) -> User {
    User::new(entry.sender, &*entry.nick)
}

/// The sender of what somebody at the server's machine puts into a room's order.
pub(crate) const AT_THE_SERVER: PersonId = PersonId::from_bytes([0; 16]);

#[cfg(test)]
mod tests {
    use throng_log::{Body, MessageKind, Shadow};
    use throng_protocol::{Cid, LogEntry, PersonId, RoomId};
    use throng_room::Encoded;

    use super::Entry;

    fn entry(seq: u64, body: Body) -> Entry {
        let cid = Cid::parse("01JZZZZZZZZZZZZZZZZZZZZZZZ").expect("a cid");
        let (sender, nick) = (PersonId::from_parts(1, 0), "ana".into());
        let entry = throng_log::Entry {
            seq,
            at: 1_000 + seq,
            sender,
            nick,
            cid,
            body,
            shadow: Shadow::None,
        };
        Entry::encode(RoomId::from_parts(1, 0), &entry)
    }

    fn edit(seq: u64, text: &str) -> Entry {
        entry(seq, Body::Edit { target: 1, text: text.into() })
    }

    /// The text of a message or an edit, and which entry of the log it is from.
    fn text(entry: &Entry) -> (String, Option<u64>) {
        match serde_json::from_str(entry.json()).expect("an entry") {
            LogEntry::Message(message) => (message.text, message.edited.or(message.deleted)),
            LogEntry::Edited(edited) => (edited.text, None),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_newest_change_counts_whatever_comes_first() {
        let said = entry(1, Body::message(MessageKind::Text, "tea"));
        let gone = entry(4, Body::Delete { targets: [1].into() });
        let (first, second) = (edit(2, "coffee"), edit(3, "water"));
        assert_eq!(text(&said.after(&first)), ("coffee".into(), Some(2)));
        assert_eq!(text(&said.after(&first).after(&second)), ("water".into(), Some(3)));
        assert_eq!(text(&said.after(&second).after(&first)), ("water".into(), Some(3)));
        assert_eq!(text(&said.after(&edit(2, "")).after(&second)), ("water".into(), Some(3)));
        for deleted in [said.after(&gone), said.after(&gone).after(&second)] {
            assert_eq!(text(&deleted), (String::new(), Some(4)));
        }
        assert_eq!(text(&said.after(&second).after(&gone)), (String::new(), Some(4)));
        // An edit has its text until the next change.
        assert_eq!(text(&first.after(&second)).0, "");
        assert_eq!(text(&second.after(&gone)).0, "");
        assert_eq!((first.message(), second.changes(), gone.message()), (1, &[1][..], 4));
    }
}
