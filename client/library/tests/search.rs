//! Searching, with the library against the real server.

mod common;

use std::time::Duration;

use async_std::task::{block_on, sleep};
use support::server::Server;
use throng_client::{Client, ErrorCode, Event, RequestError, Search, SearchOk};

use common::{code, connect, told};

/// Searches until `count` messages are found: the index takes them in a moment after they were sent.
async fn found(client: &Client, search: Search, count: usize) -> SearchOk {
    for _ in 0..600 {
        let found = client.search(search.clone()).await.expect("a search");
        if found.hits.len() == count && !found.indexing {
            return found;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{search:?} does not find {count}");
}

#[test]
fn what_was_said_is_found_page_by_page() {
    let server = Server::start();
    block_on(async {
        let (ana, _ana_events) = connect(&server, "ana").await;
        let (bo, mut bo_events) = connect(&server, "bo").await;
        for client in [&ana, &bo] {
            client.join("lobby").await.expect("it is open");
        }
        for number in 0..5 {
            ana.send("lobby", &format!("fox {number}")).await.expect("said");
            told(&mut bo_events, |event| matches!(event, Event::Message { .. }).then_some(()))
                .await;
        }
        let search = Search::new("fox from:ana").in_room("#lobby").limit(2);
        let first = found(&bo, search.clone(), 2).await;
        let second = search.next(&first).expect("there is more");
        let found_then = bo.search(second.clone()).await.expect("a search");
        let last = second.next(&found_then).expect("there is more");
        let found_last = bo.search(last.clone()).await.expect("a search");
        let texts: Vec<&str> = [&first, &found_then, &found_last]
            .iter()
            .flat_map(|found| found.hits.iter().map(|hit| &*hit.message.text))
            .collect();
        assert_eq!(texts, ["fox 4", "fox 3", "fox 2", "fox 1", "fox 0"]);
        assert_eq!(last.next(&found_last), None);
        assert_eq!(first.hits[0].room_name.as_deref(), Some("lobby"));
        assert_eq!(code(bo.search(Search::new("has:fun")).await), ErrorCode::BadCommand);
        let nowhere = bo.search(Search::new("fox").in_room("two words")).await;
        assert!(matches!(nowhere, Err(RequestError::BadName(_))));
    });
}
