//! A wall clock that is wrong for a while: the log reports it, and what was right before is right afterwards.

use throng_protocol::Sent;

use support::clock::FakeClock;
use support::eventually;
use support::server::Server;

const DAY_MS: u64 = 24 * 3_600_000;

/// Far longer than a test takes, and far less than the clock is moved.
const HOUR_MS: u64 = 3_600_000;

fn start(clock: &FakeClock) -> Server {
    Server::setup().env(clock.env()).start()
}

/// How many lines of the log contain this.
fn lines(server: &Server, part: &str) -> usize {
    server.log().lines().filter(|line| line.contains(part)).count()
}

#[test]
fn after_a_step_forward_only_what_was_said_meanwhile_has_wrong_times() {
    let clock = FakeClock::new();
    let mut server = start(&clock);
    let mut ana = server.guest("ana");
    ana.join("lobby");
    let before = ana.send("lobby", "before");

    clock.set("+365d");
    let ahead = ana.send("lobby", "ahead");
    assert!(ahead.at > before.at + 364 * DAY_MS, "the clock says so");
    let again = ana.send("lobby", "ahead as well");
    assert!(again.at >= ahead.at);

    clock.set("+0");
    let check = |after: &Sent, seq| {
        assert_eq!(after.seq, seq);
        assert!((before.at..before.at + HOUR_MS).contains(&after.at), "{after:?}");
    };
    check(&ana.send("lobby", "after"), 4);

    // Also if the server restarts while the clock is ahead, or afterwards.
    clock.set("+365d");
    server.stop();
    server.restart();
    let mut ana = server.known(ana.token());
    ana.join("lobby");
    assert!(ana.send("lobby", "ahead again").at > before.at + 364 * DAY_MS);
    clock.set("+0");
    server.kill9();
    server.restart();
    let mut ana = server.known(ana.token());
    ana.join("lobby");
    check(&ana.send("lobby", "after again"), 6);
}

#[test]
fn a_wrong_clock_makes_nobody_somebody_else() {
    for wrong in ["+100d", "-180d", "@1970-01-01 00:00:10", "+20y"] {
        let clock = FakeClock::new();
        let mut server = start(&clock);
        let ana = server.guest("ana");
        let id = ana.greeting.user.id;
        clock.set(wrong);
        let while_wrong = server.known(ana.token());
        assert_eq!(while_wrong.greeting.user.id, id, "{wrong}, while it is wrong");
        let bo = server.guest("bo");

        // Tokens made meanwhile are valid too, whenever the server was started.
        for then in [wrong, "+0"] {
            clock.set(then);
            for token in [ana.token(), while_wrong.token()] {
                assert_eq!(server.known(token).greeting.user.id, id, "{wrong}, then {then}");
            }
            server.kill9();
            server.restart();
            assert_eq!(server.known(while_wrong.token()).greeting.user.id, id, "{wrong}, {then}");
            let known = server.known(bo.token()).greeting.user.id;
            assert_eq!(known, bo.greeting.user.id, "{wrong}, then {then}, after a restart");
        }
    }
}

#[test]
fn a_log_that_was_made_with_a_wrong_clock_is_a_log_like_any_other() {
    for wrong in ["-180d", "@1970-01-01 00:00:10", "+20y"] {
        let clock = FakeClock::new();
        clock.set(wrong);
        let mut server = start(&clock);
        let mut ana = server.guest("ana");
        ana.join("lobby");
        ana.send("lobby", "in another year");
        clock.set("+0");
        assert_eq!(server.known(ana.token()).greeting.user.id, ana.greeting.user.id, "{wrong}");
        server.stop();
        server.restart();
        let mut again = server.known(ana.token());
        assert_eq!(again.greeting.user.id, ana.greeting.user.id, "{wrong}, after a restart");
        again.join("lobby");
        assert_eq!(again.send("lobby", "now").seq, 2);
    }
}

#[test]
fn a_step_is_logged_once_and_a_clock_behind_the_log_at_each_start() {
    let clock = FakeClock::new();
    let mut server = start(&clock);
    let (forward, back, behind) = ("was set forward by", "was set back by", "behind what the log");
    let mut ana = server.guest("ana");
    ana.join("lobby");
    clock.set("+365d");
    eventually("the step is noticed", || lines(&server, forward) > 0);
    ana.send("lobby", "ahead");
    clock.set("+0");
    eventually("the way back is noticed", || lines(&server, back) > 0);
    eventually("the log has seen more", || lines(&server, behind) > 0);
    // Another step in the log shows that the server has looked at the clocks again: the lines below count.
    clock.set("+2d");
    eventually("another step is noticed", || lines(&server, forward) > 1);
    clock.set("+0");
    eventually("and its way back", || lines(&server, back) > 1);
    assert_eq!((lines(&server, forward), lines(&server, back)), (2, 2), "{}", server.log());
    assert_eq!(lines(&server, behind), 1, "{}", server.log());

    server.stop();
    server.restart();
    eventually("the start notices it", || lines(&server, behind) > 1);
    // A message with the right clock ends it.
    let mut ana = server.known(ana.token());
    ana.join("lobby");
    ana.send("lobby", "right again");
    server.stop();
    server.restart();
    // The server looks at the clocks at least once before it ends.
    server.stop();
    assert_eq!(lines(&server, behind), 2, "{}", server.log());
}
