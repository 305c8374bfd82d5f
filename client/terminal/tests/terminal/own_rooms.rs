//! Private and direct rooms at real terminals, and through a pipe.

use support::server::Server;

use crate::harness::Seat;

/// No sentence is cut into rows.
const WIDE: (u16, u16) = (200, 30);

fn starts(server: &Server, nick: &str) -> Seat {
    let seat = Seat::start_sized(server, &["--nick", nick, "--room", "lobby"], WIDE);
    seat.sees(&format!(" {nick}  connected"));
    seat
}

#[test]
fn two_people_talk_alone_and_find_each_other_again_after_a_crash_of_the_server() {
    let mut server = Server::start();
    let (mut ana, mut bo) = (starts(&server, "ana"), starts(&server, "bo"));
    ana.write("/msg bo only for you");
    ana.sees("ana │ only for you");
    ana.sees("@bo ›");
    bo.sees("ana has opened the direct room @ana with you.");
    bo.keys("\x1b3");
    bo.sees("ana │ only for you");
    bo.write("I have it");
    ana.sees("bo │ I have it");
    server.kill9();
    ana.sees("offline");
    server.restart();
    ana.sees("ana  connected");
    bo.sees("bo  connected");
    ana.write("are you still there?");
    bo.sees("ana │ are you still there?");
    bo.write("/forget");
    bo.sees("the direct room of two people stays theirs");
    bo.write("/quit");
    drop(bo);
    let mut bo = starts(&server, "bo");
    bo.sees(" 3 @ana");
    bo.keys("\x1b3");
    bo.sees("ana │ are you still there?");
    bo.write("/rooms mine");
    bo.sees("@ana  direct");
}

#[test]
fn a_private_room_is_entered_by_invitation_and_by_link_and_comes_back_on_the_next_start() {
    let server = Server::start();
    let (mut ana, mut bo, mut cy) =
        (starts(&server, "ana"), starts(&server, "bo"), starts(&server, "cy"));
    ana.write("/make cooks private");
    ana.sees("#cooks is private");
    ana.sees(" #cooks  private  1 person");
    ana.write("/invite bo");
    ana.sees("bo is invited to #cooks.");
    bo.sees("ana invites you to #cooks, a private room: /join cooks.");
    bo.write("/join cooks");
    bo.sees(" #cooks  private  2 people");
    ana.write("/invite");
    ana.sees("lets 100 people into #cooks, for 7 days");
    let link = ana.look(|seen| {
        let shown = seen.screen().contents();
        let at = shown.find("http://").expect("the link");
        shown[at..].split_whitespace().next().expect("a word").to_owned()
    });
    cy.write(&format!("/accept {link}"));
    cy.sees(" #cooks  private  3 people");
    ana.write("/topic who cooks today");
    bo.sees("The topic is now: who cooks today");
    ana.write("/set name soup");
    bo.sees("#cooks is called #soup now.");
    cy.sees("#soup ›");
    ana.write("/rank bo moderator");
    bo.sees("ana made you a moderator of #soup.");
    cy.write("/delete soup");
    cy.sees("may do this");
    cy.write("/forget");
    cy.sees("You have left #soup for good.");
    cy.write("/rooms");
    cy.sees("#lobby  3");
    cy.look(|seen| assert!(!seen.screen().contents().contains("#soup  ")));
    bo.write("/quit");
    drop(bo);
    let mut bo = starts(&server, "bo");
    bo.sees(" 3 *soup");
    bo.keys("\x1b3");
    bo.sees(" #soup  private  2 people  who cooks today");
    bo.write("/delete soup");
    ana.sees("You are not in #soup any more: this room was deleted.");
}

/// Who makes the public room first reads what the others say there.
#[test]
fn somebody_new_makes_no_public_room_under_the_name_of_a_private_one() {
    let mut server = Server::start();
    let mut ana = starts(&server, "ana");
    ana.write("/make cooks private");
    ana.sees(" #cooks  private  1 person");
    ana.write("between us");
    ana.sees("│ between us");
    server.kill9();
    std::fs::remove_dir_all(server.data_dir()).expect("it has data");
    server.restart();
    ana.sees("The server no longer knows your token");
    ana.keys("\x1b2");
    ana.sees(" #lobby  1 person");
    ana.write("/rooms");
    ana.sees("│ #lobby  1");
    ana.look(|seen| assert!(!seen.screen().contents().contains("│ #cooks  1")));
}
