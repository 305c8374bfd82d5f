//! The reading of commands, events and names.

use throng_protocol::{Cid, Event, Nick, Request, RoomName};

/// The input is what a client or a server sends, or a name.
///
/// # Panics
/// When what was read is not what is written again.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Request::parse(text) {
        Ok(request) => {
            let again = Request::parse(&request.to_json());
            assert_eq!(again.as_ref(), Ok(&request), "{text:?}");
        }
        Err(bad) => assert!(!bad.message.is_empty(), "{text:?}"),
    }
    let _ = Event::parse(text);
    if let Ok(nick) = Nick::parse(text) {
        assert_eq!(Nick::parse(nick.as_str()).as_ref(), Ok(&nick), "{text:?}");
        assert!(nick.as_str().chars().count() <= Nick::CHARS_MAX, "{text:?}");
    }
    if let Ok(room) = RoomName::parse(text) {
        let again = RoomName::parse(room.as_str()).expect("a name is a name");
        assert_eq!(again.fold(), room.fold(), "{text:?}");
    }
    if let Ok(cid) = Cid::parse(text) {
        assert_eq!(Cid::from_bytes(cid.to_bytes()), Some(cid), "{text:?}");
    }
}
