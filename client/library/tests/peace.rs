//! Keeping people away and reporting messages, with the library against the real server.

mod common;

use async_std::task::block_on;
use support::server::Server;
use throng_client::{AddFilter, Distance, ErrorCode, Event, FilterKind, RoomKind};

use common::{code, connect, told};

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
        let made = told(&mut ana_events, |event| match event {
            Event::Reported(made) => Some(made.clone()),
            _ => None,
        })
        .await;
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

#[test]
fn filters_are_made_listed_and_removed_and_say_why() {
    let server = Server::start();
    block_on(async {
        let (ana, _ana_events) = connect(&server, "ana").await;
        let (eve, _eve_events) = connect(&server, "eve").await;
        let market = ana.make_room("market", RoomKind::Public, "").await.expect("made").room.id;
        eve.join(market).await.expect("it is public");
        let words = AddFilter::new(FilterKind::Words, "watch").reason("no advertising");
        let made = ana.add_filter(words.in_room(market.to_string())).await.expect("its moderator");
        let refused = eve.send(market, "buy a WATCH").await.expect_err("it is filtered");
        assert!(format!("{refused:?}").contains("Filtered"), "{refused:?}");
        let why = eve.why_text(market, "buy a watch").await.expect("about ourselves");
        assert!(!why.allowed && why.rule.contains("no advertising"), "{why:?}");
        assert!(eve.why_text(market, "buy a book").await.expect("about ourselves").allowed);
        let listed = ana.filters(Some(&market), None).await.expect("its moderator").filters;
        assert_eq!((listed[0].number, &*listed[0].text), (made.number, "watch"));
        assert_eq!(code(eve.filters(Some(&market), None).await), ErrorCode::Forbidden);
        let bad = AddFilter::new(FilterKind::Words, "").in_room(market.to_string());
        assert_eq!(code(ana.add_filter(bad).await), ErrorCode::BadFilter);
        ana.remove_filter(made.number, "too strict").await.expect("its moderator");
        eve.send(market, "buy a watch").await.expect("it is said");
        assert_eq!(code(ana.remove_filter(made.number, "").await), ErrorCode::NoSuchFilter);
    });
}
