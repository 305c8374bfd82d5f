//! Profiles, nicks of the past and presence, with the library against the real server.

mod common;

use std::time::Duration;

use async_std::task::block_on;
use support::server::Server;
use throng_client::{ErrorCode, Event, Presence, ProfileChange, RequestError};

use common::{code, connect, told};

#[test]
fn what_somebody_says_about_themselves_is_read_by_others() {
    let server = Server::start();
    block_on(async {
        let (ana, _ana_events) = connect(&server, "ana").await;
        let (bo, _bo_events) = connect(&server, "bo").await;
        let change = ProfileChange::new().display_name("Ana María").pronouns("she/her");
        let hour = Duration::from_secs(3_600);
        let change = change.colour("#FF8800").status_for("at lunch", hour);
        assert_eq!(code(ana.set_profile(change.clone()).await), ErrorCode::NoAccount);
        ana.register("turtle in the sun", None).await.expect("it is open");
        let set = ana.set_profile(change).await.expect("it is in order");
        assert_eq!(set.colour.as_deref(), Some("#ff8800"));
        let read = bo.profiles(["@ana", "@bo"]).await.expect("both are there").profiles;
        assert_eq!((&read[0].display_name, &read[0].pronouns), (&set.display_name, &set.pronouns));
        let status = read[0].status.as_ref().expect("for an hour");
        assert!(status.text == "at lunch" && status.left_ms.is_some_and(|left| left > 3_000_000));
        assert_eq!((&*read[1].user.nick, &read[1].display_name), ("bo", &None));
        let none: [&str; 0] = [];
        assert_eq!(code(bo.profiles(none).await), ErrorCode::BadCommand);
        assert!(matches!(bo.profiles(["two words"]).await, Err(RequestError::BadName(_))));
        assert_eq!(code(bo.clear_profile("@ana", "").await), ErrorCode::Forbidden);
        assert_eq!(code(bo.nick_history("@ana").await), ErrorCode::Forbidden);
    });
}

#[test]
fn who_is_away_is_shown_to_the_room_and_to_ourselves() {
    let server = Server::start();
    block_on(async {
        let (ana, mut ana_events) = connect(&server, "ana").await;
        let (bo, mut bo_events) = connect(&server, "bo").await;
        for client in [&ana, &bo] {
            client.join("lobby").await.expect("it is open");
        }
        assert_eq!(ana.set_away(true).await.expect("anybody may").presence, Presence::Away);
        told(&mut ana_events, |event| match event {
            Event::Presence(presence) => (*presence == Presence::Away).then_some(()),
            _ => None,
        })
        .await;
        told(&mut bo_events, |event| match event {
            Event::Members { away, .. } => (*away == 1).then_some(()),
            _ => None,
        })
        .await;
        ana.set_dnd(true).await.expect("anybody may");
        assert_eq!(ana.presence(), Presence::Dnd);
        let shown = bo.profiles(["@ana"]).await.expect("she is there").profiles;
        assert_eq!(shown[0].user.presence, Presence::Dnd);
        assert_eq!(ana.set_back().await.expect("anybody may").presence, Presence::Online);
    });
}
