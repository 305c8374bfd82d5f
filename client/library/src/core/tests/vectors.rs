//! The core, played through the vectors that all clients share: protocol/vectors/README.md says what a step means.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use std::{fs, panic};

use futures::channel::oneshot;
use serde::Deserialize;
use serde_json::{Map, Value};
use throng_protocol::{Cid, Kind, RoomRef, Sent};

use crate::core::{Core, Speech, Step as NextStep};
use crate::error::{Outcome, SendError};
use crate::event::Event;
use crate::options::Options;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../protocol/vectors");

/// The commands that a vector lists; a client may send others whenever it likes.
const LISTED: [&str; 4] = ["hello", "join", "leave", "send"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Open(bool),
    Close(u16),
    Receive(Value),
    Send { text: String },
    WaitMs(u64),
    Expect(Vec<Map<String, Value>>),
    Shown(Shown),
}

/// What a caller sees of the room. What a vector leaves out is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    seqs: Option<Vec<u64>>,
    gaps: Option<Vec<[u64; 2]>>,
    unsent: Option<Vec<String>>,
    failed: Option<Vec<String>>,
    unknown: Option<Vec<String>>,
}

/// A text of the caller, with the answer as soon as there is one.
struct Said {
    text: String,
    waiting: oneshot::Receiver<Result<Sent, SendError>>,
    answer: Option<Result<Sent, SendError>>,
}

impl Said {
    fn outcome(&self) -> &'static str {
        match &self.answer {
            None => "unsent",
            Some(Ok(_)) => "sent",
            Some(Err(SendError::GaveUp { outcome: Outcome::Unknown })) => "unknown",
            Some(Err(_)) => "failed",
        }
    }
}

struct Player {
    core: Core,
    now: Duration,
    /// Commands that no step has expected yet.
    sent: VecDeque<Value>,
    /// What the placeholders stand for.
    bound: BTreeMap<String, Value>,
    seqs: Vec<u64>,
    gaps: Vec<[u64; 2]>,
    said: Vec<Said>,
}

impl Player {
    fn new() -> Self {
        let mut core = Core::new(&Options::guest("ana"), 7, None);
        core.join(Duration::ZERO, lobby(), None, oneshot::channel().0);
        let (sent, bound, now) = Default::default();
        Self { core, now, sent, bound, seqs: Vec::new(), gaps: Vec::new(), said: Vec::new() }
    }

    fn play(&mut self, step: Step) {
        match step {
            Step::Open(open) => {
                assert!(open);
                self.open();
            }
            Step::Close(code) if self.core.is_linked() => {
                self.core.closed(self.now, code, String::new());
            }
            Step::Close(_) => {} // after a bye
            Step::Receive(frame) => {
                assert!(self.core.is_linked(), "the client has closed: {}", self.core.state());
                self.core.frame(self.now, &self.fill(frame).to_string());
            }
            Step::Send { text } => self.send(text),
            Step::WaitMs(ms) => self.now += Duration::from_millis(ms),
            Step::Expect(commands) => self.expect(commands),
            Step::Shown(shown) => self.compare(shown),
        }
        self.settle();
    }

    /// Time passes until the client dials, and the connection is open.
    fn open(&mut self) {
        while !self.core.is_dialling() {
            match self.core.step(self.now) {
                NextStep::Dial => {}
                NextStep::Wait(Some(at)) => self.now = at,
                other => panic!("the client does not come back: {other:?}"),
            }
        }
        self.core.opened(self.now);
    }

    fn send(&mut self, text: String) {
        let cid = format!("019b2f5e-7c1a-7d3e-8f00-{:012}", self.said.len());
        let (to, waiting) = oneshot::channel();
        let cid = Cid::parse(&cid).expect("a good cid");
        self.core.send(self.now, lobby(), Speech::Message(Kind::Text), text.clone(), cid, to);
        self.said.push(Said { text, waiting, answer: None });
    }

    /// What is due is done, and what the client has to say is heard.
    fn settle(&mut self) {
        if self.core.is_linked() {
            self.core.tick(self.now);
        } else {
            self.core.step(self.now);
        }
        while let Some(text) = self.core.take_write() {
            let command: Value = serde_json::from_str(&text).expect("JSON");
            if command["type"].as_str().is_some_and(|it| LISTED.contains(&it)) {
                self.sent.push_back(command);
            }
        }
        while let Some(event) = self.core.next_event() {
            match event {
                Event::Message { message, .. } => self.seqs.push(message.seq),
                Event::Gap { reset: false, last, next, .. } => self.gaps.push([last + 1, next - 1]),
                Event::Gap { .. } | Event::Left { .. } => {
                    self.seqs.clear();
                    self.gaps.clear();
                }
                _ => {}
            }
        }
        for said in self.said.iter_mut().filter(|said| said.answer.is_none()) {
            said.answer = said.waiting.try_recv().expect("it is answered before it is forgotten");
        }
    }

    fn expect(&mut self, commands: Vec<Map<String, Value>>) {
        assert_eq!(self.sent.len(), commands.len(), "sent {:?}", self.sent);
        for command in commands {
            let sent = self.sent.pop_front().expect("there are as many");
            for (field, wanted) in command {
                if let Some(name) = placeholder(&wanted) {
                    self.bound.entry(name.to_owned()).or_insert_with(|| sent[&field].clone());
                }
                assert_eq!(sent[&field], self.fill(wanted), "{field} of {sent}");
            }
        }
    }

    /// Puts in what the placeholders stand for.
    fn fill(&self, value: Value) -> Value {
        match value {
            Value::Array(items) => items.into_iter().map(|item| self.fill(item)).collect(),
            Value::Object(map) => map.into_iter().map(|(key, it)| (key, self.fill(it))).collect(),
            other => match placeholder(&other) {
                Some(name) => self.bound.get(name).expect(name).clone(),
                None => other,
            },
        }
    }

    fn compare(&self, shown: Shown) {
        let texts = |is: &str| -> Vec<String> {
            let texts = self.said.iter().filter(|said| said.outcome() == is);
            texts.map(|said| said.text.clone()).collect()
        };
        same("seqs", shown.seqs, &self.seqs);
        same("gaps", shown.gaps, &self.gaps);
        same("unsent", shown.unsent, &texts("unsent"));
        same("failed", shown.failed, &texts("failed"));
        same("unknown", shown.unknown, &texts("unknown"));
    }
}

fn lobby() -> RoomRef {
    RoomRef::parse("#lobby").expect("a name")
}

fn placeholder(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text.starts_with('$'))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, wanted: Option<T>, is: &T) {
    assert!(wanted.is_none() || wanted.as_ref() == Some(is), "{what}: {is:?}");
}

#[test]
fn the_vectors_of_all_clients() {
    let mut played = 0;
    for entry in fs::read_dir(FOLDER).expect(FOLDER) {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let vectors = fs::read_to_string(&path).expect("a readable file");
        let vectors: Vec<Vector> = serde_json::from_str(&vectors).expect("vectors");
        for Vector { name, steps } in vectors {
            let mut player = Player::new();
            for (at, step) in steps.into_iter().chain([Step::Expect(Vec::new())]).enumerate() {
                let place = format!("{}, {name}, step {}: {step:?}", path.display(), at + 1);
                let outcome = panic::catch_unwind(panic::AssertUnwindSafe(|| player.play(step)));
                if let Err(panic) = outcome {
                    println!("{place}");
                    panic::resume_unwind(panic);
                }
            }
            played += 1;
        }
    }
    assert!(played > 40, "{played} vectors");
}
