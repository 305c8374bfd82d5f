//! The browser client's examples, and its hostile texts.

use serde_json::{Value, json};

use super::{Align, Block, Inline, mentions, parse};

fn examples(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("a list of examples")
}

fn block(block: &Block) -> Value {
    match block {
        Block::Paragraph(children) => json!({ "type": "paragraph", "children": line(children) }),
        Block::Fence { language, text } => {
            json!({ "type": "fence", "language": language, "text": text })
        }
        Block::Quote(children) => json!({ "type": "quote", "children": tree(children) }),
        Block::List { ordered, items } => {
            let items = items
                .iter()
                .map(|item| json!({ "number": item.number, "children": tree(&item.children) }));
            json!({ "type": "list", "ordered": ordered, "items": items.collect::<Value>() })
        }
        Block::Table { align, head, rows } => {
            let align = align.iter().map(|align| {
                align.map(|align| match align {
                    Align::Left => "left",
                    Align::Centre => "center",
                    Align::Right => "right",
                })
            });
            let row = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| line(cell)).collect::<Value>();
            let rows: Value = rows.iter().map(row).collect();
            json!({ "type": "table", "align": align.collect::<Vec<_>>(), "head": row(head), "rows": rows })
        }
    }
}

fn node(node: &Inline) -> Value {
    match node {
        Inline::Plain(text) => json!({ "type": "plain", "text": text }),
        Inline::Strong(children) => json!({ "type": "strong", "children": line(children) }),
        Inline::Emphasis(children) => json!({ "type": "emphasis", "children": line(children) }),
        Inline::Struck(children) => json!({ "type": "struck", "children": line(children) }),
        Inline::Code(text) => json!({ "type": "code", "text": text }),
        Inline::Break => json!({ "type": "break" }),
        Inline::Link { href, host, children } => {
            json!({ "type": "link", "href": href, "host": host, "children": line(children) })
        }
        Inline::Room(name) => json!({ "type": "room", "name": name }),
        Inline::Mention { text, own } => json!({ "type": "mention", "text": text, "own": own }),
    }
}

fn tree(blocks: &[Block]) -> Value {
    blocks.iter().map(block).collect()
}

fn line(nodes: &[Inline]) -> Value {
    nodes.iter().map(node).collect()
}

#[test]
fn both_clients_read_a_text_in_the_same_way() {
    let examples = examples(include_str!("../../../web/tests/golden/markdown.json"));
    assert!(examples.len() > 50);
    for example in examples {
        let text = example["text"].as_str().expect("a text");
        let words = example["words"].as_bool().unwrap_or(false);
        let read = tree(&parse(text, Some("ana"), words));
        assert_eq!(read, example["tree"], "{}: {text:?}", example["name"]);
    }
}

#[test]
fn both_clients_see_the_same_mentions() {
    let examples = examples(include_str!("../../../web/tests/golden/mention.json"));
    assert!(examples.len() > 90);
    for example in examples {
        let text = |field: &str| example[field].as_str().expect("a text");
        let is = |field: &str| example[field].as_bool().unwrap_or(false);
        // Our own texts never mention us: they are parsed without a nick.
        let me = Some(text("nick")).filter(|_| !is("mine"));
        let read = mentions(&parse(text("text"), me, is("words")));
        assert_eq!(read, is("mentions"), "{}", text("name"));
    }
}
