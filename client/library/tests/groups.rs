//! Named groups and what rooms narrow to them, with the library against the real server.

mod common;

use async_std::task::block_on;
use support::server::Server;
use throng_client::{
    Client, ErrorCode, Event, Events, MakeRoom, RequestError, Right, RoomGroups, RoomKind,
    RoomSettings,
};

use common::{code, connect, told};

/// Somebody with an account.
async fn member(server: &Server, nick: &str) -> (Client, Events) {
    let (client, events) = connect(server, nick).await;
    client.register("seventeen boats in a row", None).await.expect("anybody may");
    (client, events)
}

#[test]
fn an_owner_keeps_groups_and_hides_a_room_from_everybody_else() {
    let mut server = Server::start();
    let line = server.prints("/claim ");
    let secret = line.trim().strip_prefix("/claim ").expect("the secret stands alone").to_owned();
    block_on(async {
        let (ada, _ada_events) = member(&server, "ada").await;
        let (sue, mut sue_events) = member(&server, "sue").await;
        let (eve, _eve_events) = member(&server, "eve").await;
        assert_eq!(code(ada.make_group("staff", "").await), ErrorCode::Forbidden);
        ada.claim(&secret).await.expect("nobody owns the server");
        ada.make_group("staff", "").await.expect("the owner may");
        ada.rename_group("staff", "board", "").await.expect("there is one");
        ada.assign("board", "@sue", true, "").await.expect("she has an account");
        assert_eq!(sue.my_groups().await.expect("her own").groups[0].name, "board");
        let all = ada.all_groups(None).await.expect("the owner may").groups;
        assert_eq!((all.len(), all[0].members), (1, Some(1)));
        let people = ada.group_people("Board", None).await.expect("the owner may").people;
        assert_eq!(people[0].nick, "sue");
        assert!(matches!(ada.make_group("a/b", "").await, Err(RequestError::BadName(_))));

        let groups = RoomGroups::default().with(Right::See, vec!["board".into()]);
        let room = MakeRoom {
            name: "minutes".into(),
            description: "What was said.\nAnd by whom.".into(),
            groups: Some(Box::new(groups)),
            ..MakeRoom::default()
        };
        let minutes = ada.make_room_as(room).await.expect("the owner may").room.id;
        let joined = sue.join("minutes").await.expect("she is in the group");
        assert_eq!(
            (joined.room.id, &*joined.description),
            (minutes, "What was said.\nAnd by whom.")
        );
        assert_eq!(code(eve.join(minutes).await), ErrorCode::NoSuchRoom);
        let other = eve.make_room("minutes", RoomKind::Public, "").await.expect("the name is free");
        assert_ne!(other.room.id, minutes);

        let settings = RoomSettings::of(minutes)
            .order(1)
            .description("")
            .groups(Right::Speak, ["board"])
            .groups(Right::Invite, Vec::<String>::new());
        ada.set_room(settings).await.expect("the owner may");
        sue.send(minutes, "hello").await.expect("the group may");
        ada.assign("board", "@sue", false, "").await.expect("she is in it");
        let removed = told(&mut sue_events, |event| match event {
            Event::Removed { room, .. } => Some(room.id),
            _ => None,
        });
        assert_eq!(removed.await, minutes);
        assert_eq!(code(sue.join(minutes).await), ErrorCode::NoSuchRoom);
        ada.delete_group("board", "over").await.expect("there is one");
        assert_eq!(ada.all_groups(None).await.expect("may").groups, []);
    });
}
