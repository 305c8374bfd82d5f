//! Editing what was said, with the library against the real server.

mod common;

use async_std::task::block_on;
use support::server::Server;
use throng_client::{ErrorCode, Event, Range, SendError};

use common::{code, connect, told};

#[test]
fn an_edit_comes_as_an_event_and_in_pages() {
    let server = Server::start();
    block_on(async {
        let (ana, _ana_events) = connect(&server, "ana").await;
        let (bo, mut bo_events) = connect(&server, "bo").await;
        for client in [&ana, &bo] {
            client.join("lobby").await.expect("it is open");
        }
        let said = ana.send("lobby", "helo").await.expect("said");
        // Queued one after the other: the last one counts.
        let (first, second) =
            (ana.edit("lobby", said.seq, "hallo"), ana.edit("lobby", said.seq, "hello"));
        let first = first.await.expect("edited");
        let second = second.await.expect("edited");
        assert_eq!((first.seq, second.seq), (said.seq + 1, said.seq + 2));
        for (seq, text) in [(first.seq, "hallo"), (second.seq, "hello")] {
            let edited = told(&mut bo_events, |event| match event {
                Event::Edited { edited, .. } => Some(edited.clone()),
                _ => None,
            });
            let edited = edited.await;
            assert_eq!((edited.seq, edited.message, &*edited.text), (seq, said.seq, text));
        }
        let page = bo.history("lobby", Range::After(0), 10).await.expect("a page");
        let [message] = &page.events[..] else { panic!("{page:?}") };
        assert_eq!((&*message.text, message.edited), ("hello", Some(second.seq)));
        let refused = bo.edit("lobby", said.seq, "x").await;
        let Err(SendError::Refused(fault)) = refused else { panic!("{refused:?}") };
        assert_eq!(fault.code, ErrorCode::Forbidden);
        // An edit is no message, so nothing is there to be deleted.
        assert_eq!(code(ana.delete("lobby", first.seq, "").await), ErrorCode::BadCommand);
    });
}
