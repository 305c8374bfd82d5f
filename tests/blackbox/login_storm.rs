//! A storm of wrong passwords from many addresses: who was in before gets in, and the storm learns nothing.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use support::client::{PASSWORD, log_in};
use support::server::{Server, raise_nofile};
use support::wire::{How, Wire};
use throng_protocol::{Command, ErrorCode, Event, Greeting, Hello};

/// Twice as many as can hash or wait: half of the cores hash for strangers, and 32 wait behind each hash in each of the
/// two lanes of strangers.
fn strangers_max() -> u16 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u16::try_from(4 * 33 * (cores / 2).max(1)).expect("a machine has fewer cores")
}

fn stranger(server: &Server, number: u16) -> Wire {
    let [high, low] = number.to_be_bytes();
    let source = Some(Ipv4Addr::new(127, 1, high, low));
    Wire::connect_as(server.address(), &How { source, ..How::default() })
}

fn from_known_device(nick: &str, secret: &str) -> Command {
    let Command::Hello(hello) = log_in(nick, PASSWORD) else { panic!("a hello") };
    Command::Hello(Hello { device_secret: Some(secret.into()), ..hello })
}

#[test]
fn in_a_storm_of_wrong_passwords_a_known_device_gets_in_at_once_and_nobody_learns_of_names() {
    raise_nofile();
    let server = Server::strict().start();
    let mut ana = server.guest("ana");
    let secret = ana.register().device_secret.expect("a secret");

    let number = strangers_max();
    let mut strangers: Vec<_> = (1..=number).map(|at| stranger(&server, at)).collect();
    let mut known: Vec<_> = (number + 1..=number + 3).map(|at| stranger(&server, at)).collect();
    for (at, wire) in strangers.iter_mut().enumerate() {
        // Every second one knows the name of an account.
        let nick = if at % 2 == 0 { "ana".to_owned() } else { format!("nobody-{at}") };
        wire.post(log_in(&nick, "turtle in the rain"));
        if at == usize::from(number) / 4 {
            for wire in &mut known {
                wire.post(from_known_device("ana", &secret));
            }
        }
    }
    // Of those who came later, and are more than wait, none takes their place.
    for wire in &mut known {
        let Event::Ok(ok) = wire.event() else { panic!("a known device gets in") };
        let greeting: Greeting = ok.body().expect("the answer to hello");
        assert_eq!(greeting.user, ana.greeting.user);
    }
    let came = |lane: &str, outcome: &str| {
        let label = format!("lane=\"{lane}\",outcome=\"{outcome}\"");
        server.metrics().sum("throng_passwords_total", &label)
    };
    assert_eq!((came("proven", "judged"), came("proven", "busy")), (3.0, 0.0));

    let mut words = [BTreeSet::new(), BTreeSet::new()];
    for (at, wire) in strangers.iter_mut().enumerate() {
        let Event::Error(fault) = wire.event() else { panic!("a wrong password lets nobody in") };
        let waits = matches!(fault.code, ErrorCode::Busy | ErrorCode::RateLimited);
        assert!(waits || fault.code == ErrorCode::WrongPassword, "{fault:?}");
        assert_eq!(fault.retry_ms.is_some(), waits, "{fault:?}");
        if fault.code != ErrorCode::RateLimited {
            words[at % 2].insert(format!("{:?}: {}", fault.code, fault.message));
        }
    }
    assert!(words[0].is_subset(&words[1]), "{words:?}");
    assert!(came("few", "busy") + came("many", "busy") > 0.0, "more came than could wait");
}
