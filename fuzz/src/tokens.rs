//! What proves who somebody is: tokens, and the codes of other devices.

use throng::internals::TokenKey;
use throng_protocol::LinkCode;

const NOW: u64 = 1_000;

/// The input is a token, and then a change of one that is valid: pairs of a place and a byte.
///
/// # Panics
/// When a token passes that was not issued.
pub fn check(data: &[u8]) {
    let key = TokenKey::new(&[7; 32]);
    let issued = key.issue("ana", NOW);
    assert!(key.is_valid(&issued, NOW));
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(!key.is_valid(text, NOW) || text == issued, "{text:?} passes");
        if let Some(code) = LinkCode::parse(text) {
            assert_eq!(LinkCode::parse(&code.to_string()), Some(code), "{text:?}");
        }
    }
    let mut changed = issued.clone().into_bytes();
    for pair in data.chunks_exact(2).take(8) {
        let place = usize::from(pair[0]) % (changed.len() + 1);
        match pair[1] {
            0 if place < changed.len() => drop(changed.remove(place)),
            byte if byte > 127 => changed.insert(place, byte & 127),
            byte if place < changed.len() => changed[place] = byte,
            _ => {}
        }
    }
    if let Ok(changed) = String::from_utf8(changed) {
        assert!(!key.is_valid(&changed, NOW) || changed == issued, "{changed:?} passes");
    }
}
