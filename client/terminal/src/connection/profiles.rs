//! Profiles, presence and nicks of the past through the client library.

use std::time::Duration;

use throng_client::{Presence, ProfileChange};
use throng_protocol::SetProfile;

use super::Connection;
use crate::effect::Attendance;
use crate::event::{Event, Request};

impl Connection {
    pub(super) fn set_profile(&self, set: SetProfile) {
        let SetProfile { display_name, colour, pronouns, status, status_for_ms } = set;
        let change = ProfileChange::new();
        let change = display_name.into_iter().fold(change, ProfileChange::display_name);
        let change = colour.into_iter().fold(change, ProfileChange::colour);
        let change = pronouns.into_iter().fold(change, ProfileChange::pronouns);
        let change = match (status, status_for_ms.map(Duration::from_millis)) {
            (Some(status), Some(time)) => change.status_for(status, time),
            (Some(status), None) => change.status(status),
            (None, _) => change,
        };
        let setting = self.client.set_profile(change);
        self.request(None, Request::Other, setting, |profile| vec![Event::Whois(profile)]);
    }

    pub(super) fn request_profile(&self, person: String) {
        let profiles = self.client.profiles([person]);
        self.request(None, Request::Other, profiles, |ok| {
            ok.profiles.into_iter().map(Event::Whois).collect()
        });
    }

    pub(super) fn request_nick_history(&self, person: &str) {
        let history = self.client.nick_history(person);
        self.request(None, Request::Other, history, |history| vec![Event::NickHistory(history)]);
    }

    /// `aloud` if the person said it; a client that idles says nothing about it.
    pub(super) fn attend(&self, attendance: Attendance, aloud: bool) {
        let (is_away, saying) = match attendance {
            Attendance::Away => (true, self.client.set_away(true)),
            Attendance::Here => (false, self.client.set_away(false)),
            Attendance::Dnd => (false, self.client.set_dnd(true)),
            Attendance::Back => (false, self.client.set_back()),
        };
        let request = if aloud { Request::Other } else { Request::Background };
        self.request(None, request, saying, move |ok| {
            let sentence = match ok.presence {
                Presence::Away => "You are shown as away. /back takes it back.",
                Presence::Dnd => {
                    "You are shown as not to be disturbed, and nothing rings. /back takes it back."
                }
                _ if is_away => "Another device of yours is in use: you are shown as online.",
                _ => "You are shown as online.",
            };
            if aloud { vec![Event::Done(sentence.to_owned())] } else { Vec::new() }
        });
    }
}
