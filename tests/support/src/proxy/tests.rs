//! The proxy's methods do what they promise.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::Proxy;
use crate::PATIENCE;
use crate::wire::{How, tcp};

/// A server that repeats every byte, and passes each to the test.
fn echo() -> (std::net::SocketAddr, Receiver<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (to, got) = sync_channel(16);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let to = to.clone();
            thread::spawn(move || {
                let mut byte = [0];
                while stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    // The test may have ended, and the client may be gone.
                    let _ = to.send(byte[0]);
                    let _ = stream.write_all(&byte);
                }
            });
        }
    });
    (address, got)
}

fn connect(proxy: &Proxy) -> TcpStream {
    tcp(proxy.address(), &How::default()).expect("the proxy listens")
}

fn read(stream: &mut TcpStream) -> Option<u8> {
    let mut byte = [0];
    match stream.read(&mut byte) {
        Ok(read) => (read == 1).then_some(byte[0]),
        Err(error) if crate::wire::is_timeout(&error) => panic!("neither a byte nor an end"),
        Err(_) => None,
    }
}

fn say(stream: &mut TcpStream, byte: u8) {
    stream.write_all(&[byte]).expect("the proxy reads");
}

/// A connection over which this byte went there and back.
fn connect_and_say(proxy: &Proxy, byte: u8) -> TcpStream {
    let mut stream = connect(proxy);
    say(&mut stream, byte);
    assert_eq!(read(&mut stream), Some(byte));
    stream
}

#[test]
fn a_cut_ends_what_is_open_and_takes_what_comes() {
    let (address, _got) = echo();
    let proxy = Proxy::to(address);
    let mut ana = connect_and_say(&proxy, 1);
    proxy.cut();
    assert_eq!(read(&mut ana), None);
    connect_and_say(&proxy, 2);
    assert_eq!(proxy.asked(), 2);
}

#[test]
fn who_is_refused_is_let_in_later() {
    let (address, _got) = echo();
    let proxy = Proxy::to(address);
    let mut ana = connect(&proxy);
    proxy.refuse();
    assert_eq!(read(&mut ana), None);
    assert_eq!(read(&mut connect(&proxy)), None);
    proxy.accept();
    connect_and_say(&proxy, 3);
}

#[test]
fn what_is_held_arrives_in_its_order_once_it_is_released() {
    let (address, got) = echo();
    let proxy = Proxy::to(address);
    let mut ana = connect(&proxy);
    proxy.hold();
    let mut bo = connect(&proxy);
    say(&mut ana, 1);
    say(&mut bo, 9);
    say(&mut ana, 2);
    assert!(got.try_recv().is_err(), "nothing arrived");
    proxy.release();
    assert_eq!([read(&mut ana), read(&mut ana), read(&mut bo)], [Some(1), Some(2), Some(9)]);
}

#[test]
fn what_is_held_is_lost_with_a_cut() {
    let (address, got) = echo();
    let proxy = Proxy::to(address);
    let mut ana = connect_and_say(&proxy, 1);
    proxy.hold();
    say(&mut ana, 2);
    proxy.cut();
    assert_eq!(read(&mut ana), None);
    proxy.release();
    say(&mut connect(&proxy), 3);
    let all = [(); 2].map(|()| got.recv_timeout(PATIENCE).expect("a byte"));
    assert_eq!(all, [1, 3]);
}

#[test]
fn a_mute_server_hears_and_is_not_heard() {
    let (address, got) = echo();
    let proxy = Proxy::to(address);
    let mut ana = connect_and_say(&proxy, 1);
    proxy.mute();
    say(&mut ana, 2);
    let all = [(); 2].map(|()| got.recv_timeout(PATIENCE).expect("a byte"));
    assert_eq!(all, [1, 2], "it arrives");
    // A new connection is not mute.
    connect_and_say(&proxy, 3);
    proxy.cut();
    assert_eq!(read(&mut ana), None, "and no answer to 2");
}
