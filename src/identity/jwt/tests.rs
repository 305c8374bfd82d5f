//! Which tokens are good: each test begins with one that is, and changes one thing about it.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use async_std::task::block_on;
use serde_json::{Value, json};
use support::jwt::{AUDIENCE, ISSUER, Signer, claims, claims_with, jwks, now_s, part, trust};
use tempfile::TempDir;
use throng_protocol::{ErrorCode, JWT_BYTES_MAX, Refusal, Role};

use super::{BadJwt, IssuersError, Jwts, Vouched};
use crate::base::metrics::Metrics;
use crate::base::tasks::Tasks;

fn folder() -> TempDir {
    TempDir::new().expect("a temporary directory")
}

fn load(file: &std::path::Path) -> Result<Jwts, IssuersError> {
    let tasks = Tasks::new(Duration::from_secs(9), Metrics::new());
    Jwts::load(Some(file), Arc::clone(&tasks))
}

fn trusting(folder: &TempDir, keys: &[&Signer], more: &str) -> Jwts {
    load(&trust(folder.path(), keys, more)).expect("the issuers can be read")
}

/// A server that trusts one key in a file of its own.
fn trusting_file(folder: &TempDir, key: &[u8], algorithms: &str) -> Result<Jwts, IssuersError> {
    fs::write(folder.path().join("key"), key).expect("written");
    let file = folder.path().join("issuers.toml");
    let text = format!(
        "[[jwt]]\nissuer = {ISSUER:?}\naudience = {AUDIENCE:?}\nalgorithms = {algorithms}\n\
         key_file = \"key\"\n"
    );
    fs::write(&file, text).expect("written");
    load(&file)
}

fn judge(jwts: &Jwts, jwt: &str) -> Result<Vouched, BadJwt> {
    block_on(jwts.judge(jwt))
}

fn refused(jwts: &Jwts, jwt: &str) -> String {
    judge(jwts, jwt).expect_err("it must be refused").to_string()
}

fn code(jwts: &Jwts, jwt: &str) -> ErrorCode {
    Refusal::from(judge(jwts, jwt).expect_err("it must be refused")).code
}

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

#[test]
fn a_token_of_every_algorithm_is_good_by_a_set_and_by_a_file() {
    for signer in [Signer::hs256(SECRET), Signer::rs256(), Signer::es256(), Signer::eddsa()] {
        let name = signer.algorithm();
        let list = format!("[{name:?}]");
        let folder = folder();
        let jwt = signer.sign(&claims("ana"));
        let by_file = trusting_file(&folder, &signer.key_file(), &list).expect(name);
        assert_eq!(&*judge(&by_file, &jwt).expect(name).id.subject, "ana", "{name}");
        let jwk = signer.jwk().to_string();
        let by_jwk = trusting_file(&folder, jwk.as_bytes(), &list).expect(name);
        assert!(judge(&by_jwk, &jwt).is_ok(), "{name}");
        let signer = signer.named("a");
        let by_set = trusting(&folder, &[&signer], "");
        assert!(judge(&by_set, &signer.sign(&claims("ana"))).is_ok(), "{name}");
    }
}

#[test]
fn a_token_is_signed_with_the_algorithm_of_its_key_and_no_other() {
    // What a public key is known by is no secret: signed with it as one, a token says nothing.
    for public in [Signer::rs256(), Signer::es256(), Signer::eddsa()] {
        let folder = folder();
        let list = format!("[{:?}]", public.algorithm());
        let jwts = trusting_file(&folder, &public.key_file(), &list).expect("read");
        let as_secret = Signer::hs256(&public.key_file());
        assert_eq!(code(&jwts, &as_secret.sign(&claims("ana"))), ErrorCode::BadJwt);
        // The header may say what it wants.
        for algorithm in ["HS256", "RS256", "ES256", "EdDSA", "RS384", "PS256"] {
            let header = json!({"alg": algorithm});
            if algorithm != public.algorithm() {
                refused(&jwts, &public.sign_as(&header, &claims("ana")));
                refused(&jwts, &as_secret.sign_as(&header, &claims("ana")));
            }
        }
    }
    // A secret and a public key beside each other: each keeps its algorithm.
    let folder = folder();
    let (public, secret) = (Signer::rs256().named("p"), Signer::hs256(SECRET).named("s"));
    let jwts = trusting(&folder, &[&public, &secret], "");
    assert!(judge(&jwts, &public.sign(&claims("ana"))).is_ok());
    assert!(judge(&jwts, &secret.sign(&claims("ana"))).is_ok());
    let swapped = Signer::hs256(&public.key_file()).named("p");
    refused(&jwts, &swapped.sign(&claims("ana")));
    refused(&jwts, &secret.sign_as(&json!({"alg": "HS256", "kid": "p"}), &claims("ana")));
}

#[test]
fn an_algorithm_that_the_operator_did_not_list_is_not_used() {
    let folder = folder();
    let (listed, other) = (Signer::es256().named("a"), Signer::eddsa().named("b"));
    let jwts = trusting(&folder, &[&listed], "");
    fs::write(folder.path().join("jwks.json"), jwks(&[&listed, &other])).expect("written");
    let both = load(&folder.path().join("issuers.toml")).expect("read");
    assert!(judge(&jwts, &listed.sign(&claims("ana"))).is_ok());
    assert!(judge(&both, &listed.sign(&claims("ana"))).is_ok());
    assert!(refused(&both, &other.sign(&claims("ana"))).contains("know the key"));
}

#[test]
fn a_token_without_a_signature_is_none() {
    let folder = folder();
    let signer = Signer::es256();
    let jwts = trusting(&folder, &[&signer], "");
    let body = part(&claims("ana"));
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let head = part(&json!({"alg": algorithm, "typ": "JWT"}));
        refused(&jwts, &format!("{head}.{body}."));
        refused(&jwts, &format!("{head}.{body}"));
    }
    let good = signer.sign(&claims("ana"));
    let unsigned = &good[..=good.rfind('.').expect("three parts")];
    refused(&jwts, unsigned);
    let other = Signer::es256().sign(&claims("ana"));
    assert!(refused(&jwts, &other).contains("not signed"), "another key");
}

#[test]
fn no_changed_token_passes() {
    let folder = folder();
    let signer = Signer::eddsa().named("a");
    let jwts = trusting(&folder, &[&signer], "");
    let good = signer.sign(&claims("ana"));
    assert!(judge(&jwts, &good).is_ok());
    for at in 0..good.len() {
        let mut changed = good.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert!(judge(&jwts, &changed).is_err(), "byte {at} of {good}");
    }
    let parts: Vec<&str> = good.split('.').collect();
    for odd in [
        String::new(),
        "..".to_owned(),
        format!("{good}."),
        format!("{good}.{}", parts[2]),
        format!("{}.{}", parts[0], parts[2]),
        format!("{}==.{}.{}", parts[0], parts[1], parts[2]),
        "é.é.é".to_owned(),
    ] {
        assert_eq!(code(&jwts, &odd), ErrorCode::BadJwt, "{odd}");
    }
    let long = claims_with("ana", json!({"more": "x".repeat(JWT_BYTES_MAX)}));
    assert!(refused(&jwts, &signer.sign(&long)).contains("8192 bytes"));
    let many = claims_with("ana", json!({"more": "x".repeat(JWT_BYTES_MAX / 2)}));
    assert!(judge(&jwts, &signer.sign(&many)).is_ok());
}

#[test]
fn a_key_is_found_by_its_name_in_the_operators_set_and_nowhere_else() {
    let folder = folder();
    let (one, two) = (Signer::es256().named("one"), Signer::es256().named("two"));
    let jwts = trusting(&folder, &[&one, &two], "");
    assert!(judge(&jwts, &two.sign(&claims("ana"))).is_ok());
    let header = |kid: Value| json!({"alg": "ES256", "kid": kid});
    for kid in ["one", "three", "", "../jwks.json", "/dev/null", "two\u{0}", "two' OR '1'='1"] {
        refused(&jwts, &two.sign_as(&header(json!(kid)), &claims("ana")));
    }
    for kid in [json!(2), json!(["two"]), json!({"two": 1})] {
        refused(&jwts, &two.sign_as(&header(kid), &claims("ana")));
    }
    // Without a name no key is meant, whichever it was.
    for signer in [&one, &two] {
        let nameless = signer.sign_as(&json!({"alg": "ES256"}), &claims("ana"));
        assert!(refused(&jwts, &nameless).contains("know the key"));
    }
    // Whatever a token brings to be checked by: also with the right signature it is not looked at.
    for (name, value) in [
        ("jwk", two.jwk()),
        ("jku", json!("https://app.example/keys")),
        ("x5u", json!("https://app.example/certificate")),
        ("x5c", json!(["MIIB"])),
    ] {
        let mut header = two.header();
        header[name] = value;
        let words = refused(&jwts, &two.sign_as(&header, &claims("ana")));
        assert!(words.contains(name), "{name}: {words}");
    }
    let stranger = Signer::es256().named("two");
    let mut header = stranger.header();
    header["jwk"] = stranger.jwk();
    refused(&jwts, &stranger.sign_as(&header, &claims("ana")));
    for crit in [json!(["exp"]), json!([]), json!(["b64"])] {
        let mut header = two.header();
        header["crit"] = crit;
        refused(&jwts, &two.sign_as(&header, &claims("ana")));
    }
}

#[test]
fn a_token_for_something_else_is_refused() {
    let folder = folder();
    let signer = Signer::es256();
    let jwts = trusting(&folder, &[&signer], "");
    let with = |others| signer.sign(&claims_with("ana", others));
    assert!(judge(&jwts, &with(json!({"aud": ["another", AUDIENCE]}))).is_ok());
    for (others, words) in [
        (json!({"aud": "another"}), "audience"),
        (json!({"aud": ["another"]}), "audience"),
        (json!({"aud": null}), "`aud`"),
        (json!({"iss": "https://other.example"}), "who issued"),
        (json!({"iss": [ISSUER]}), "can read"),
        (json!({"sub": null}), "`"),
        (json!({"sub": ""}), "`sub`"),
        (json!({"sub": 17}), "`"),
        (json!({"sub": "x".repeat(256)}), "`sub`"),
        (json!({"sub": "a\u{0}b"}), "`sub`"),
    ] {
        let said = refused(&jwts, &with(others.clone()));
        assert!(said.contains(words), "{others}: {said}");
    }
    for kind in ["at+jwt", "logout+jwt", "JOSE"] {
        let header = json!({"alg": "ES256", "typ": kind});
        assert!(refused(&jwts, &signer.sign_as(&header, &claims("ana"))).contains(kind));
    }
    assert!(judge(&jwts, &signer.sign_as(&json!({"alg": "ES256"}), &claims("ana"))).is_ok());
}

#[test]
fn the_times_of_a_token_are_bounded_on_every_side() {
    let folder = folder();
    let signer = Signer::es256();
    let jwts = trusting(&folder, &[&signer], "leeway_seconds = 10\nlifetime_max_seconds = 3600");
    let now = now_s();
    let with = |others| signer.sign(&claims_with("ana", others));
    let good = judge(&jwts, &with(json!({"exp": now + 100}))).expect("good");
    assert!((90_000..=100_000).contains(&good.expires_in_ms), "{}", good.expires_in_ms);
    for (others, expected) in [
        (json!({"iat": now - 60, "exp": now - 30}), ErrorCode::JwtExpired),
        (json!({"nbf": now + 60}), ErrorCode::BadJwt),
        (json!({"iat": now + 60, "exp": now + 90}), ErrorCode::BadJwt),
        (json!({"exp": now + 3_700}), ErrorCode::BadJwt),
        (json!({"exp": null}), ErrorCode::BadJwt),
        (json!({"iat": null}), ErrorCode::BadJwt),
        (json!({"exp": "never"}), ErrorCode::BadJwt),
        (json!({"exp": 1e300}), ErrorCode::BadJwt),
        (json!({"iat": -1}), ErrorCode::BadJwt),
        (json!({"nbf": "soon"}), ErrorCode::BadJwt),
    ] {
        assert_eq!(code(&jwts, &with(others.clone())), expected, "{others}");
    }
    // Within the leeway, clocks may differ.
    assert!(judge(&jwts, &with(json!({"iat": now - 60, "exp": now - 5}))).is_ok());
    assert!(judge(&jwts, &with(json!({"iat": now + 5, "nbf": now + 5}))).is_ok());
    assert!(judge(&jwts, &with(json!({"exp": now as f64 + 200.5}))).is_ok());
}

#[test]
fn claims_become_nick_rooms_and_role_and_never_the_owners() {
    let folder = folder();
    let signer = Signer::es256();
    let more = "nick_claim = \"name\"\nrooms_claim = \"rooms\"\nroles_claim = \"groups\"\n\
                [jwt.roles]\nstaff = \"moderator\"\nboard = \"administrator\"";
    let jwts = trusting(&folder, &[&signer], more);
    let of = |others| judge(&jwts, &signer.sign(&claims_with("ana", others)));
    let said = of(json!({"name": "Ana", "rooms": ["#a", "b"], "groups": ["staff", "x"]}));
    let said = said.expect("good");
    assert_eq!(said.grant.nick.as_deref(), Some("Ana"));
    assert_eq!(said.grant.rooms, Some(vec!["#a".into(), "#b".into()]));
    assert_eq!(said.role, Some(Role::Moderator));
    let role = |groups: Value| of(json!({"groups": groups})).expect("good").role;
    assert_eq!(role(json!("board")), Some(Role::Administrator));
    for groups in [json!("owner"), json!(["owner", "Owner", "moderator"]), json!([]), json!(null)] {
        assert_eq!(role(groups.clone()), Some(Role::Member), "{groups}");
    }
    let rooms = |rooms: Value| of(json!({"rooms": rooms})).map(|said| said.grant.rooms);
    assert_eq!(rooms(json!("*")).expect("good"), None);
    assert_eq!(rooms(json!([])).expect("good"), Some(vec![]));
    assert_eq!(of(json!({})).expect("good").grant.rooms, Some(vec![]), "nothing said: no room");
    for bad in [json!("a"), json!(["two words"]), json!([1]), json!({"a": 1}), json!(true)] {
        assert!(rooms(bad.clone()).is_err(), "{bad}");
    }
    assert!(of(json!({"groups": [1]})).is_err() && of(json!({"name": 1})).is_err());
    let plain = trusting(&folder, &[&signer], "");
    let all = json!({"name": "Ana", "rooms": [], "groups": "board"});
    let said = judge(&plain, &signer.sign(&claims_with("ana", all))).expect("good");
    assert_eq!((said.role, said.grant.nick, said.grant.rooms), (None, None, None), "as configured");
}

#[test]
fn a_file_of_issuers_that_would_weaken_something_is_refused() {
    let folder = folder();
    let (signer, weak) = (Signer::es256(), Signer::hs256(b"too short"));
    let problem = |more: &str| {
        let file = trust(folder.path(), &[&signer], more);
        load(&file).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(problem(""), "");
    for (more, words) in [
        ("roles_claim = \"r\"\n[jwt.roles]\nroot = \"owner\"", "owner"),
        ("roles_claim = \"r\"\n[jwt.roles]\nroot = \"guest\"", "member, moderator"),
        ("[jwt.roles]\nstaff = \"moderator\"", "roles_claim"),
        ("leeway_seconds = 3600", "leeway_seconds"),
        ("lifetime_max_seconds = 0", "lifetime_max_seconds"),
        ("key_file = \"jwks.json\"", "exactly one"),
        ("issuer_url = \"x\"", "unknown field"),
    ] {
        let said = problem(more);
        assert!(said.contains(words) && said.contains("issuers.toml"), "{more}: {said}");
    }
    let of_file = |key: &[u8], list: &str| {
        let error = trusting_file(&folder, key, list).err();
        error.map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(of_file(b"too short", "[\"HS256\"]").contains("too short"));
    assert!(of_file(weak.jwk().to_string().as_bytes(), "[\"HS256\"]").contains("too short"));
    assert!(of_file(&Signer::rs256().key_file(), "[\"HS256\"]").contains("no secret"));
    assert!(of_file(&Signer::rs256().key_file(), "[\"ES256\"]").contains("Invalid"));
    assert!(of_file(&signer.key_file(), "[\"ES256\", \"RS256\"]").contains("one entry"));
    for list in ["[\"none\"]", "[\"PS256\"]", "[\"es256\"]"] {
        assert!(of_file(&signer.key_file(), list).contains("algorithms"), "{list}");
    }
    assert!(of_file(&signer.key_file(), "[]").contains("empty"));
    let private = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    assert!(of_file(private, "[\"ES256\"]").contains("private"));
    let twice = jwks(&[&Signer::es256().named("a"), &Signer::es256().named("a")]);
    let file = trust(folder.path(), &[&signer], "");
    fs::write(folder.path().join("jwks.json"), twice).expect("written");
    assert!(load(&file).err().is_some_and(|error| error.to_string().contains("same `kid`")));
}
