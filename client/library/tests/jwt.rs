//! People whom an application vouches for, with the library against the real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_std::future::timeout;
use async_std::task::block_on;
use futures::StreamExt;
use serde_json::json;
use support::jwt::{Signer, claims_with, now_s, trust};
use support::server::Server;
use support::{PATIENCE, eventually};
use throng_client::{Client, ConnectError, DisconnectReason, ErrorCode, Event, Options, Role};

#[test]
fn a_session_outlives_its_jwts_by_fetching_new_ones() {
    let folder = tempfile::tempdir().expect("a directory");
    let signer = Arc::new(Signer::es256().named("a"));
    let more = "nick_claim = \"name\"\nroles_claim = \"role\"\n\
                [jwt.roles]\nstaff = \"moderator\"";
    let file = trust(folder.path(), &[&signer], more);
    let flags = ["--issuers-file", file.to_str().expect("a path"), "--jwt-grace", "0s"];
    let server = Server::with(flags).start();
    let fetched = Arc::new(AtomicU64::new(0));
    let (signing, counting) = (Arc::clone(&signer), Arc::clone(&fetched));
    let options = Options::jwt(move || {
        let number = counting.fetch_add(1, Ordering::SeqCst);
        let role = if number == 0 { "member" } else { "staff" };
        let others = json!({"name": "ana", "role": role, "exp": now_s() + 3});
        let jwt = signing.sign(&claims_with("17", others));
        async move { Ok(jwt) }
    });
    block_on(async {
        let (ana, mut events) = Client::connect(&server.url(), options).await.expect("let in");
        assert_eq!((ana.token(), ana.me().expect("greeted").nick), (None, "ana".to_owned()));
        ana.join("lobby").await.expect("joined");
        // Longer than any of them is good.
        eventually("four were fetched", || fetched.load(Ordering::SeqCst) >= 4);
        assert_eq!(ana.send("lobby", "still here").await.expect("said").seq, 1);
        assert_eq!(ana.role(), Role::Moderator);
        ana.close().await;
        let mut greetings = 0;
        while let Some(event) = timeout(PATIENCE, events.next()).await.expect("in time") {
            greetings += u32::from(matches!(event, Event::Greeted { .. }));
        }
        assert_eq!(greetings, 1, "the connection stayed");
    });
}

#[test]
fn without_a_good_jwt_there_is_no_connection_and_a_reason() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = trust(folder.path(), &[&Signer::es256()], "");
    let server = Server::with(["--issuers-file", file.to_str().expect("a path")]).start();
    let connect = |options| block_on(Client::connect(&server.url(), options)).map(drop);
    let other = Signer::es256().sign(&claims_with("17", json!({})));
    let forged = Options::jwt(move || {
        let other = other.clone();
        async move { Ok(other) }
    });
    match connect(forged) {
        Err(ConnectError::Failed(DisconnectReason::Hello(fault))) => {
            assert_eq!(fault.code, ErrorCode::BadJwt);
        }
        other => panic!("{other:?}"),
    }
    let none = Options::jwt(|| async { Err("our application is down".to_owned()) });
    match connect(none) {
        Err(ConnectError::Failed(why @ DisconnectReason::Jwt { .. })) => {
            assert!(why.to_string().contains("our application is down"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}
