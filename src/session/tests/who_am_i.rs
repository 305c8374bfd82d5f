//! `whoami`.

use throng_protocol::{Command, ErrorCode, WhoAmI, WhoAmIOk};

use super::Server;

const WHO_AM_I: Command = Command::WhoAmI(WhoAmI {});

#[test]
fn a_person_on_two_devices_is_one_person_with_two_connections() {
    let server = Server::start();
    let mut desk = server.guest("ana");
    let mut phone = server.known(desk.token());
    phone.rename("anna");
    let [on_desk, on_phone]: [WhoAmIOk; 2] = [desk.get(WHO_AM_I), phone.get(WHO_AM_I)];
    assert_eq!((&on_desk.user, on_desk.since), (&on_phone.user, on_phone.since));
    assert_eq!((on_desk.user.nick.as_str(), on_desk.user.id), ("anna", desk.greeting.user.id));
    assert_ne!(on_desk.connection, on_phone.connection);
    assert!(on_desk.since <= on_desk.connected && on_desk.connected <= on_phone.connected);
}

#[test]
fn a_stranger_is_nobody() {
    let server = Server::start();
    let mut wire = server.wire();
    let id = wire.post(WHO_AM_I);
    assert_eq!(wire.expect_fault(ErrorCode::HelloFirst).id, Some(id));
}
