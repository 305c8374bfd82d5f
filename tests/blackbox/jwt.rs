//! People of another application, across restarts; keys that change under a running server; and a file of issuers
//! that can't be used.

use std::fs;

use serde_json::json;
use support::client::Client;
use support::jwt::{Signer, claims_with, jwks, now_s, trust};
use support::program::program;
use support::server::Server;
use support::wire::Wire;
use support::{eventually, fresh_cid};
use tempfile::TempDir;
use throng_protocol::{Command, ErrorCode, Event, Fault, Hello, Role};

const ALL: &str = "nick_claim = \"name\"\nrooms_claim = \"rooms\"\nroles_claim = \"role\"\n\
                   [jwt.roles]\nstaff = \"moderator\"";

fn hello(jwt: &str) -> Command {
    Command::Hello(Hello { jwt: Some(jwt.to_owned()), ..Hello::default() })
}

fn client(server: &Server, jwt: &str) -> Client {
    Client::greet(Wire::connect(server.address()), hello(jwt))
}

fn try_hello(server: &Server, jwt: &str) -> Result<(), Fault> {
    let mut wire = Wire::connect(server.address());
    wire.post(hello(jwt));
    match wire.event() {
        Event::Ok(_) => Ok(()),
        Event::Error(fault) => Err(fault),
        other => panic!("an answer should have come, not {other:?}"),
    }
}

fn start(folder: &TempDir, keys: &[&Signer]) -> Server {
    let file = trust(folder.path(), keys, ALL);
    Server::with(["--issuers-file", file.to_str().expect("a path")]).start()
}

#[test]
fn a_person_of_another_application_is_the_same_after_a_crash_and_with_the_newest_rights() {
    let (folder, signer) = (TempDir::new().expect("a directory"), Signer::es256());
    let mut server = start(&folder, &[&signer]);
    let sign = |ago: u64, others| {
        let mut claims = claims_with("17", others);
        claims["iat"] = json!(now_s() - ago);
        signer.sign(&claims)
    };
    let strong = sign(9, json!({"name": "ana", "rooms": "*", "role": "staff"}));
    let weak = sign(5, json!({"name": "ana", "rooms": ["lobby"], "role": "member"}));
    let mut ana = client(&server, &strong);
    assert_eq!(ana.greeting.role, Role::Moderator);
    ana.join("lobby");
    let cid = fresh_cid();
    let said = ana.send_as("lobby", &cid, "hello");
    client(&server, &weak).bye();
    server.kill9();
    server.restart();
    // The older one has not expired. It brings nothing back.
    let mut back = client(&server, &strong);
    assert_eq!((&back.greeting.user, back.greeting.role), (&ana.greeting.user, Role::Member));
    back.fail(support::client::join("board"), ErrorCode::Forbidden);
    back.join("lobby");
    let again = back.send_as("lobby", &cid, "hello");
    assert_eq!((again.seq, again.dup), (said.seq, true));
}

#[test]
fn keys_change_while_the_server_runs() {
    let folder = TempDir::new().expect("a directory");
    let (old, new) = (Signer::es256().named("old"), Signer::eddsa().named("new"));
    let server = start(&folder, &[&old, &new]);
    let set = |keys: &[&Signer]| {
        fs::write(folder.path().join("next.json"), jwks(keys)).expect("written");
        fs::rename(folder.path().join("next.json"), folder.path().join("jwks.json"))
            .expect("moved");
    };
    set(&[&old]);
    let (by_old, by_new) =
        (old.sign(&claims_with("1", json!({}))), new.sign(&claims_with("1", json!({}))));
    let is_bad = |jwt: &str| try_hello(&server, jwt).is_err_and(|it| it.code == ErrorCode::BadJwt);
    eventually("the file is looked at", || is_bad(&by_new));
    let mut ana = client(&server, &by_old);
    set(&[&old, &new]);
    eventually("the new key is known", || try_hello(&server, &by_new).is_ok());
    assert_eq!(try_hello(&server, &by_old), Ok(()));
    set(&[&new]);
    eventually("the old key is void", || is_bad(&by_old));
    ana.barrier();
}

#[test]
fn a_file_of_issuers_that_cannot_be_used_stops_the_start_and_says_why() {
    let folder = TempDir::new().expect("a directory");
    let file = trust(folder.path(), &[&Signer::es256()], "algorithm = \"none\"");
    let missing = folder.path().join("missing.toml");
    for (file, words) in [(file, "algorithm"), (missing, "missing.toml")] {
        let data = TempDir::new().expect("a directory");
        let output = program()
            .args(["--listen", "127.0.0.1:0", "--metrics-listen", "off"])
            .arg("--data-dir")
            .arg(data.path())
            .arg("--issuers-file")
            .arg(&file)
            .output()
            .expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
