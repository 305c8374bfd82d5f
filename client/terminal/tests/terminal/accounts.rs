//! Accounts and moderation at real terminals, and in a pipe.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use support::process::wait;
use support::server::Server;
use throng_protocol::{
    Command as Wire, MakeBot, MakeBotOk, Register, RegisterOk, RevokeBot, Scope,
};

use crate::harness::{Seat, environment};

const PASSWORD: &str = "turtle in the sun";

/// No sentence is cut into rows.
const WIDE: (u16, u16) = (200, 30);

/// The secret with which the server's owner is made.
fn secret(server: &mut Server) -> String {
    let line = server.prints("/claim ");
    line.trim().strip_prefix("/claim ").expect("the secret stands alone").to_owned()
}

/// Answers a question for a password.
fn answers(seat: &mut Seat, question: &str) {
    seat.sees(&format!("{question} ›"));
    seat.write(PASSWORD);
}

fn registers(seat: &mut Seat) {
    seat.write("/register");
    answers(seat, "The new password");
    answers(seat, "The new password again");
    seat.sees("is your account now");
}

/// The files in which the program keeps tokens, with their texts.
fn kept(server: &Server) -> Vec<(std::path::PathBuf, String)> {
    of_kind(server, "token")
}

/// The files with this ending that the terminal keeps about who one is.
fn of_kind(server: &Server, ending: &str) -> Vec<(std::path::PathBuf, String)> {
    let folder = server.home().join("state/throng-chat");
    let files =
        std::fs::read_dir(folder).expect("it is there").map(|file| file.expect("it").path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == ending));
    files.map(|path| (path.clone(), std::fs::read_to_string(&path).expect("a text"))).collect()
}

fn shows_no_password(seat: &Seat) {
    seat.look(|seen| {
        let shown = String::from_utf8_lossy(&seen.raw);
        assert!(!shown.contains("turtle"), "the password was shown");
    });
}

#[test]
fn somebody_registers_logs_out_logs_in_and_mutes() {
    let mut server = Server::start();
    let secret = secret(&mut server);
    let mut ana = Seat::start_sized(&server, &["--room", "lobby"], WIDE);
    ana.sees("1 person");
    ana.write("/nick ana");
    ana.sees("You are ana now");
    ana.write("before the account");
    ana.sees("│ before the account");
    registers(&mut ana);
    let files = kept(&server);
    let [(path, text)] = files.as_slice() else { panic!("{files:?}") };
    assert!(text.ends_with("\nana\n") && !text.contains("turtle"), "{text}");
    let mode = std::fs::metadata(path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    ana.write("/logins");
    ana.sees("throng-chat/");
    ana.write("/logout");
    ana.sees("You are logged out on this device");
    ana.sees("closed");
    assert_eq!(kept(&server), [], "a token that is good for nothing is not kept");
    let devices = of_kind(&server, "device");
    assert!(matches!(&*devices, [(_, text)] if text.starts_with("ana\n")), "{devices:?}");
    ana.write("/login ana");
    ana.sees("Password of ana ›");
    ana.write("turtle in the rain");
    ana.sees("You are not logged in");
    ana.write("/login ana");
    answers(&mut ana, "Password of ana");
    ana.sees("connected");
    ana.write("after the login");
    ana.sees("ana │ before the account");
    ana.sees("│ after the login");
    shows_no_password(&ana);

    let mut bo = Seat::start_sized(&server, &["--nick", "bo", "--room", "lobby"], WIDE);
    bo.sees("│ after the login");
    ana.write("/mute bo here cool down");
    ana.sees("only moderators of the server, or of the room, may do this");
    ana.write(&format!("/claim {secret}"));
    ana.sees("You are the owner of this server now");
    ana.write("/mute bo 10m here cool down");
    ana.sees("bo may say nothing in #lobby for 10 minutes.");
    bo.write("let me speak");
    bo.sees("Not sent: ");
    bo.sees("cool down");
    bo.write("/discard");
    bo.sees_no("Not sent: ");
    bo.write("/why send");
    bo.sees("send is refused");
    ana.write("/unmute bo here");
    ana.sees("bo is not muted in #lobby any more.");
    bo.write("thank you");
    ana.sees("│ thank you");
    ana.write("/kick bo off topic");
    ana.sees("bo was taken out of #lobby.");
    bo.sees("You are not in #lobby any more");
    bo.sees("off topic");
    bo.write("/join lobby");
    ana.sees("2 people");
    ana.write("/audit here");
    ana.sees("ana: kick bo: off topic");
    ana.write("/ban bo enough");
    ana.sees("bo is banned on the whole server.");
    bo.sees("closed");
    bo.sees("enough");
    bo.write("/quit");
    bo.ends();
    let mut again = Seat::start(&server, &["--nick", "bo", "--room", "lobby"]);
    again.sees("enough");
    assert_eq!(again.ends(), 1, "it does not come back again and again");
}

#[test]
fn another_terminal_logs_in_with_a_password_and_is_logged_out_from_the_first() {
    let server = Server::start();
    let mut ana = Seat::start_sized(&server, &["--nick", "ana", "--room", "lobby"], WIDE);
    ana.sees("1 person");
    registers(&mut ana);
    let mut other = Seat::start(&server, &["--login", "ana", "--room", "lobby"]);
    other.sees("Password of ana:");
    other.keys("x\u{15}");
    other.write(PASSWORD);
    other.sees("connected");
    other.write("from the other one");
    ana.sees("ana │ from the other one");
    shows_no_password(&other);
    other.write("/quit");
    assert_eq!(other.ends(), 0);
    let mut other = Seat::start_sized(&server, &["--room", "lobby"], WIDE);
    other.sees(" ana  connected");
    ana.write("/logout others");
    ana.sees("Your other devices are logged out.");
    other.sees("you were logged out");
    other.sees("closed");
    other.write("/quit");
    other.ends();
    assert_eq!(kept(&server).len(), 1, "a token that is good for nothing is not kept");
    // A login can also end while the program does not run.
    let mut other = Seat::start(&server, &["--login", "ana", "--room", "lobby"]);
    other.sees("Password of ana:");
    other.write(PASSWORD);
    other.sees("connected");
    other.write("/quit");
    other.ends();
    assert_eq!(kept(&server).len(), 2);
    ana.sees("1 person");
    ana.write("/logins");
    ana.sees("(this device)");
    ana.write("/logout others");
    ana.until("a second answer", |seen| {
        seen.screen().contents().matches("Your other devices are logged out.").count() == 2
    });
    let mut other = Seat::start(&server, &["--room", "lobby"]);
    other.sees("your login on this device has ended");
    assert_eq!(other.ends(), 1);
    assert_eq!(kept(&server).len(), 1);
    let mut cancelled = Seat::start(&server, &["--login", "ana"]);
    cancelled.sees("Password of ana:");
    cancelled.keys("\u{3}");
    cancelled.sees("No password was given.");
    assert_eq!(cancelled.ends(), 1);
}

/// Runs the program in a pipe with a password in the environment.
fn piped(server: &Server, password: Option<&str>, arguments: &[&str], input: &str) -> Output {
    let password = password.map(|password| ("CHAT_PASSWORD", password));
    run_piped(server, password.as_slice(), arguments, input)
}

fn run_piped(server: &Server, secrets: &[(&str, &str)], arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng-chat"));
    command.arg(server.address().to_string()).arg("--plain").args(arguments);
    command.envs(environment(server)).env_remove("CHAT_PASSWORD").env_remove("CHAT_TOKEN");
    command.envs(secrets.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it was piped");
    // A program that has ended already does not read.
    let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
    drop(stdin);
    wait(&mut child);
    child.wait_with_output().expect("it has ended")
}

#[test]
fn a_pipe_takes_the_password_from_the_environment() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "ops"]);
    ana.sees("1 person");
    registers(&mut ana);
    let login = ["--login", "ana", "--room", "ops"];
    let none = piped(&server, None, &login, "hello\n");
    assert_eq!(none.status.code(), Some(1));
    assert!(err(&none).contains("CHAT_PASSWORD"), "{}", err(&none));
    let wrong = piped(&server, Some("turtle in the rain"), &login, "hello\n");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(err(&wrong).contains("--login NAME"), "{}", err(&wrong));
    let sent = piped(&server, Some(PASSWORD), &[&login[..], &["--send"]].concat(), "one line\n");
    assert_eq!(sent.status.code(), Some(0), "{}", err(&sent));
    ana.sees("ana │ one line");
    // The token of that login is what the next start comes with.
    let said = piped(&server, None, &["--room", "ops"], "and another\n");
    assert_eq!(said.status.code(), Some(0), "{}", err(&said));
    ana.sees("ana │ and another");
    let none = piped(&server, None, &["--room", "ops"], "/register\nmore\n");
    assert!(err(&none).contains("CHAT_PASSWORD"), "{}", err(&none));
}

#[test]
fn a_bot_is_made_listed_and_ended_and_a_pipe_is_one_with_its_token() {
    let server = Server::start();
    let mut ana = Seat::start(&server, &["--nick", "ana", "--room", "ops"]);
    ana.sees("1 person");
    registers(&mut ana);
    ana.write("a word");
    ana.sees("ana │ a word");
    ana.write("/bot new herald read,send 30d #ops");
    ana.sees("The token of herald:");
    ana.write("/bot list");
    ana.sees("herald: read,send in 1 room");
    ana.write("/bot revoke herald");
    ana.sees("The bot herald has ended.");

    let mut olga = server.guest("olga");
    let (password, invitation) = (PASSWORD.to_owned(), None);
    let _: RegisterOk = olga.get(Wire::Register(Register { password, invitation }));
    let scopes = vec![Scope::Read, Scope::Send];
    let (nick, for_ms, rooms, reason) = ("crier".into(), None, None, String::new());
    let made: MakeBotOk = olga.get(Wire::BotNew(MakeBot { nick, scopes, for_ms, rooms, reason }));
    let saved = kept(&server).len();
    let send = ["--room", "ops", "--send"];
    let said = with_token(&server, &made.token, &send, "hear, hear\n");
    assert_eq!(said.status.code(), Some(0), "{}", err(&said));
    ana.sees("crier │ hear, hear");
    assert_eq!(kept(&server).len(), saved, "nothing is saved");
    let named = with_token(&server, &made.token, &[&send[..], &["--nick", "x"]].concat(), "");
    assert!(err(&named).contains("leave out --nick"), "{}", err(&named));
    let end = RevokeBot { bot: "crier".into(), reason: String::new() };
    let _ = olga.ask(Wire::BotRevoke(end)).expect("revoked");
    let ended = with_token(&server, &made.token, &send[..2], "once more\n");
    assert_eq!(ended.status.code(), Some(1));
    assert!(err(&ended).contains("CHAT_TOKEN"), "{}", err(&ended));
    assert!(!err(&ended).contains(&made.token));
}

/// Runs the program in a pipe as a bot.
fn with_token(server: &Server, token: &str, arguments: &[&str], input: &str) -> Output {
    run_piped(server, &[("CHAT_TOKEN", token)], arguments, input)
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
