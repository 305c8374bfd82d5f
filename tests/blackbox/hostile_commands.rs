//! Frames that are valid WebSocket and bad commands: each gets an error that says what is wrong, and the
//! connection lives on.

use support::server::Server;
use throng_protocol::Event;

const GROWTH_MAX: u64 = 12 * 1024 * 1024;

#[test]
fn a_storm_of_bad_frames_costs_bounded_memory() {
    let server = Server::start();
    let mut ana = server.guest("ana");
    let max = usize::try_from(ana.greeting.limits.frame_bytes).expect("fits");
    let huge_number = format!(r#"{{"type":"ping","id":1,"x":{}}}"#, "9".repeat(max - 100));
    let huge_text = format!(r#"{{"type":"dance","id":1,"x":"{}"}}"#, "y".repeat(max - 100));
    let many_keys = format!(r#"{{"type":"x","id":1{}}}"#, ",\"k\":0".repeat((max - 100) / 6));
    let storms = [huge_number, huge_text, many_keys, "[".repeat(max)];
    let before = server.resident();
    for n in 0..2_000 {
        ana.wire.text(&storms[n % storms.len()]);
        assert!(matches!(ana.wire.event(), Event::Error(_) | Event::Ok(_)));
    }
    let growth = server.resident().saturating_sub(before);
    assert!(growth < GROWTH_MAX, "the server grew by {growth} bytes");
    ana.barrier();
}
