//! Keeping people away and reporting messages, with the library against the real server.

use async_std::future::timeout;
use async_std::task::block_on;
use futures::StreamExt;
use support::PATIENCE;
use support::server::Server;
use throng_client::{Client, Distance, ErrorCode, Events, Options, RequestError, RoomKind};

async fn connect(server: &Server, nick: &str) -> (Client, Events) {
    Client::connect(&server.url(), Options::guest(nick)).await.expect("the server is there")
}

fn code<T: std::fmt::Debug>(answer: Result<T, RequestError>) -> ErrorCode {
    match answer {
        Err(RequestError::Refused(fault)) => fault.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn somebody_is_kept_away_and_their_message_reported() {
    let server = Server::start();
    block_on(async {
        let (ana, mut ana_events) = connect(&server, "ana").await;
        let (eve, _eve_events) = connect(&server, "eve").await;
        let (bo, _bo_events) = connect(&server, "bo").await;
        let market = ana.make_room("market", RoomKind::Public, "").await.expect("made").room.id;
        for client in [&eve, &bo] {
            client.join(market).await.expect("it is public");
        }
        let said = eve.send(market, "buy a watch").await.expect("it is said");
        bo.report(market, said.seq, "it sells watches").await.expect("anybody may");
        let made = loop {
            let event = timeout(PATIENCE, ana_events.next()).await.expect("in time");
            if let throng_client::Event::Reported(made) = event.expect("it goes on") {
                break made;
            }
        };
        assert_eq!(made.room, market);
        let page = ana.reports(Some(market), None).await.expect("its moderator may");
        assert_eq!((page.reports.len(), &*page.reports[0].text), (1, "buy a watch"));
        assert_eq!(code(bo.reports(None::<&str>, None).await), ErrorCode::Forbidden);
        ana.settle(made.number, "a word was enough").await.expect("settled");
        assert_eq!(code(ana.settle(made.number, "again").await), ErrorCode::NoSuchReport);

        bo.keep_away("@eve", Distance::Block).await.expect("anybody may");
        let kept = bo.kept_away().await.expect("it is ours").people;
        assert_eq!((&*kept[0].user.nick, kept[0].distance), ("eve", Distance::Block));
        assert_eq!(code(eve.open_direct(["bo"]).await), ErrorCode::Forbidden);
    });
}
