//! Which test covers which code. A new code does not compile until its test is named here, and a name without
//! a test fails.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use throng_protocol::{CloseCode, ErrorCode};

/// Writes the list of all variants, and the function from a variant to its test, from the same rows, so that
/// neither can miss one.
macro_rules! tested {
    ($type:ident, $all:ident, $test_of:ident: $($variant:ident => $test:expr,)+ $(; $never:ident)?) => {
        const $all: &[$type] = &[$($type::$variant),+];

        fn $test_of(code: $type) -> Option<&'static str> {
            match code { $($type::$variant => $test,)+ $($type::$never => None,)? }
        }
    };
}

tested! { ErrorCode, ERRORS, test_of_error:
    BadJson => Some("hostile_commands::json_that_is_almost_right_is_told_with_its_place"),
    BadCommand => Some("hostile_commands::fields_of_the_wrong_type_are_told_under_the_id"),
    UnknownCommand => Some("hostile_commands::a_command_that_nobody_knows_is_told_so"),
    NotText => Some("hostile_commands::a_binary_frame_is_told_to_be_text"),
    HelloFirst => Some("errors::a_command_before_hello_is_told_to_greet_first"),
    HelloTwice => Some("errors::a_second_hello_is_refused"),
    UnsupportedVersion =>
        Some("errors::a_version_that_is_not_spoken_is_refused_and_closed_for_good"),
    BadToken =>
        Some("people::a_token_that_was_not_signed_here_is_refused_and_the_connection_lives"),
    BadJwt => Some("jwt::a_jwt_that_is_not_good_is_refused_and_the_connection_lives"),
    JwtExpired => Some("jwt::an_expired_jwt_is_refused_by_its_own_code"),
    BadCode => Some("people::a_code_of_another_device_is_valid_once_and_a_wrong_one_is_refused"),
    WrongPassword =>
        Some("accounts::a_wrong_password_and_an_unknown_name_get_the_same_answer"),
    SecondFactorNeeded =>
        Some("accounts::a_second_factor_is_asked_for_and_each_code_is_good_once"),
    WrongSecondFactor =>
        Some("accounts::a_second_factor_is_asked_for_and_each_code_is_good_once"),
    BadPassword => Some("accounts::passwords_that_would_be_guessed_are_refused"),
    BadLink => Some("accounts::a_link_for_a_new_password_is_used_once_and_ends_all_logins"),
    RegistrationClosed =>
        Some("accounts::where_accounts_need_an_invitation_it_is_used_once"),
    AccountNeeded => Some("accounts::a_server_without_guests_lets_only_accounts_in"),
    HasAccount => Some("accounts::a_guest_who_registers_keeps_id_nick_and_what_they_said"),
    NoAccount => Some("accounts::guests_have_no_logins_and_no_password"),
    NoSuchPerson => Some("moderation::nobody_touches_an_equal_or_somebody_above"),
    NoSuchReport => Some("peace::a_report_is_settled_once"),
    NoSuchFilter => Some("filters::what_a_filter_refuses_is_not_said_and_a_retry_of_before_gets_its_first_answer"),
    BadFilter => Some("filters::what_is_no_filter_is_refused_with_what_is_wrong"),
    Filtered => Some("filters::what_a_filter_refuses_is_not_said_and_a_retry_of_before_gets_its_first_answer"),
    Forbidden => Some("moderation::nobody_touches_an_equal_or_somebody_above"),
    Muted => Some("moderation::a_muted_person_reads_and_says_nothing_until_it_is_lifted"),
    Banned => Some("moderation::a_ban_from_a_room_takes_every_device_out_and_keeps_it_out"),
    Raid => Some("raid_switch::while_it_is_on_strangers_stay_out_and_guests_say_nothing"),
    BadNick => Some("errors::names_that_break_the_rules_are_refused"),
    NickTaken => Some("people::a_nick_in_use_is_taken_in_every_spelling_that_looks_alike"),
    BadRoom => Some("errors::names_that_break_the_rules_are_refused"),
    NoSuchRoom => Some("rooms::a_closed_server_makes_no_rooms_and_keeps_the_old_ones"),
    RoomNameTaken => Some("private_rooms::a_name_is_taken_once_among_the_rooms_that_somebody_knows"),
    NoSuchGroup => Some("groups::administrators_keep_groups_and_everybody_sees_their_own"),
    GroupNameTaken => Some("groups::administrators_keep_groups_and_everybody_sees_their_own"),
    TooManyGroups => Some("groups::a_room_names_few_groups_and_only_those_that_somebody_holds"),
    NotJoined => Some("rooms::a_command_for_a_room_needs_a_membership"),
    Superseded => Some("resume::a_join_that_a_leave_overtakes_is_told_so"),
    TooManyRooms => Some("errors::a_session_may_be_in_so_many_rooms_and_no_more"),
    BadText => Some("errors::texts_that_cannot_be_shown_are_refused"),
    TextTooLong => Some("errors::a_text_over_the_limit_is_refused_and_one_at_the_limit_is_not"),
    BadCid => Some("errors::an_id_of_a_send_in_no_known_spelling_is_refused"),
    Conflict => Some("retry::the_same_cid_with_another_body_is_a_conflict_and_changes_nothing"),
    RateLimited => Some("limits::sends_over_the_rate_are_told_when_to_try_again"),
    Busy => Some("limits::a_room_with_too_much_to_do_says_busy_and_loses_nothing"),
    StorageUnavailable =>
        Some("disk::a_full_disk_stops_senders_and_not_readers_and_heals_by_itself"),
    Draining => Some("drain::a_hello_that_meets_a_drain_is_told_to_come_back"),
    // A defect: no client can provoke it, or it would have been fixed.
    Internal => None,
    // No server sends it: a client reads a code of a later version as this one.
    ; Unknown
}

tested! { CloseCode, CLOSES, test_of_close:
    Normal => Some("people::a_nick_just_left_is_kept_for_its_owner"),
    GoingAway =>
        Some("drain::a_drain_under_load_loses_nothing_and_tells_everybody_when_to_come_back"),
    ProtocolError => Some("hostile_frames::reserved_bits_and_opcodes_are_violations"),
    NotUtf8 => Some("hostile_frames::text_that_is_not_utf8_is_refused"),
    TooBig =>
        Some("hostile_frames::a_message_over_the_limit_is_too_big_and_one_at_the_limit_is_not"),
    HeartbeatMissed => Some(
        "heartbeat::a_silent_client_is_closed_after_twice_the_heartbeat_and_a_pinging_one_is_not"
    ),
    SlowConsumer => Some("slow::a_reader_that_reads_nothing_at_all_is_closed"),
    HelloLate => Some("heartbeat::a_client_that_says_no_hello_is_closed"),
    Flooding => Some("limits::who_floods_is_told_and_then_closed"),
    // A defect: no client can provoke it, or it would have been fixed.
    ServerFault => None,
    ClosedByAdministrator =>
        Some("admin::one_session_is_closed_with_a_bye_and_no_other"),
    HelloRefused =>
        Some("errors::a_version_that_is_not_spoken_is_refused_and_closed_for_good"),
    LoggedOut =>
        Some("accounts::devices_are_listed_and_logged_out_one_by_one_or_all_at_once"),
    Banned => Some("moderation::a_ban_from_the_server_closes_every_session_and_refuses_the_next"),
    JwtExpired =>
        Some("jwt::a_session_goes_on_by_another_jwt_of_the_same_person_without_a_reconnect"),
}

#[test]
fn every_error_code_and_every_close_code_is_in_the_specification() {
    let specification = include_str!("../../protocol/README.md");
    for code in ERRORS {
        let word = serde_json::to_string(code).expect("a word");
        let word = format!("`{}`", word.trim_matches('"'));
        assert!(specification.contains(&word), "protocol/README.md does not mention {word}");
    }
    for code in CLOSES {
        let number = code.number().to_string();
        assert!(specification.contains(&number), "protocol/README.md does not mention {number}");
    }
}

#[test]
fn every_error_code_and_every_close_code_has_a_test() {
    assert_eq!(CLOSES.len(), CloseCode::ALL.len());
    let myself = std::env::current_exe().expect("this program");
    let listed = Command::new(myself).args(["--list", "--format", "terse"]).output();
    let listed = String::from_utf8(listed.expect("the list of tests").stdout).expect("UTF-8");
    let tests: HashSet<&str> =
        listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    let of_errors = ERRORS.iter().filter_map(|code| test_of_error(*code));
    let of_closes = CLOSES.iter().filter_map(|code| test_of_close(*code));
    for test in of_errors.chain(of_closes) {
        assert!(tests.contains(test) || in_session(test), "there is no test {test}");
    }
}

/// Whether it is one of the tests of commands, which need no process.
fn in_session(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/session/tests");
    let source = fs::read_to_string(folder.join(file).with_extension("rs")).unwrap_or_default();
    source.contains(&format!("#[test]\nfn {name}()"))
}
