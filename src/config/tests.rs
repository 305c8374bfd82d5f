//! The configuration as an operator meets it: sources in; a configuration or error messages out.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::cli::{self, Invocation};
use super::settings::{SETTINGS, Setting, flag, variable};
use super::{Config, ConfigError, Fault, Loaded, Origin, markdown};

/// A TOML file that is removed with its test.
struct File(PathBuf);

impl File {
    fn new(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("throng-{}.toml", uuid::Uuid::now_v7()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn parse(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Invocation, ConfigError> {
    let arguments = ["throng"].iter().chain(arguments).map(OsString::from);
    let pair = |(name, value): &(&str, &str)| (OsString::from(name), OsString::from(value));
    cli::parse(arguments, environment.iter().map(pair))
}

fn load(arguments: &[&str], environment: &[(&str, &str)]) -> Loaded {
    match parse(arguments, environment) {
        Ok(Invocation::Serve(loaded) | Invocation::ShowConfig(loaded)) => loaded,
        other => panic!("{other:?}"),
    }
}

fn load_file(text: &str) -> Loaded {
    load(&["--config", File::new(text).path()], &[])
}

fn faults(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<Fault> {
    match parse(arguments, environment) {
        Err(ConfigError::Refused(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

fn words(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    faults(arguments, environment).iter().map(Fault::to_string).collect()
}

/// An allowed value that differs from the default and goes with all other defaults.
fn another(setting: &Setting) -> String {
    let candidates = [
        "17",
        "12345",
        "false",
        "json",
        "invite",
        "boss",
        "debug",
        "[::1]:0",
        "https://chat.example",
        "10.0.0.0/8",
        "96KiB",
        "300KiB",
        "96MiB",
        "90ms",
        "15s",
        "25h",
        "91d",
    ];
    let fits = |text: &&&str| {
        let mut config = Config::default();
        let is_set = (setting.set)(&mut config, text).is_ok();
        is_set && config != Config::default() && super::check::clashes(&config).is_empty()
    };
    let found = candidates.iter().find(fits);
    (*found.unwrap_or_else(|| panic!("no candidate fits {}", setting.key))).to_owned()
}

/// The keys that are not at their default, with their values and origins.
fn changed(loaded: &Loaded) -> Vec<(&'static str, String, Origin)> {
    let set = loaded.all().filter(|given| given.origin != Origin::Default);
    set.map(|given| (given.key, given.value, given.origin)).collect()
}

#[test]
fn every_default_passes_its_own_parser_and_all_go_together() {
    for setting in SETTINGS {
        let mut config = Config::default();
        assert_eq!((setting.set)(&mut config, setting.default), Ok(()), "{}", setting.key);
        let shown = (setting.show)(&config);
        assert_eq!((setting.set)(&mut config, &shown), Ok(()), "{}", setting.key);
        assert_eq!(config, Config::default(), "{}", setting.key);
    }
    let loaded = load(&[], &[]);
    assert_eq!(loaded.config, Config::default());
    assert_eq!(changed(&loaded), []);
}

#[test]
fn a_flag_with_a_list_may_be_repeated_and_no_other_flag_may() {
    let loaded = load(&["--trust", "10.0.0.0/8", "--trust", "::1/128,192.0.2.0/24"], &[]);
    assert_eq!(loaded.config.trust.len(), 3);
    let twice = ["--listen", "127.0.0.1:1", "--listen", "127.0.0.1:2"].map(OsString::from);
    let args = std::iter::once("throng".into()).chain(twice);
    assert!(matches!(cli::parse(args, std::iter::empty()), Err(ConfigError::Usage(_))));
}

#[test]
fn every_setting_can_be_given_by_flag_variable_and_file() {
    for setting in SETTINGS {
        let (key, text) = (setting.key, another(setting));
        let mut expected = Config::default();
        (setting.set)(&mut expected, &text).unwrap();
        let shown = (setting.show)(&expected);

        let flag = format!("--{}", flag(key));
        let by_flag = load(&[&flag, &text], &[]);
        assert_eq!(changed(&by_flag), [(key, shown.clone(), Origin::Flag(flag))]);
        assert_eq!(by_flag.config, expected);

        let by_variable = load(&[], &[(&variable(key), &text)]);
        let origin = Origin::Environment(variable(key));
        assert_eq!(changed(&by_variable), [(key, shown.clone(), origin)]);
        assert_eq!(by_variable.config, expected);

        let file = File::new(&format!("{key} = \"{text}\""));
        let by_file = load(&["--config", file.path()], &[]);
        assert_eq!(changed(&by_file), [(key, shown, Origin::File(file.0.clone()))]);
        assert_eq!(by_file.config, expected);
    }
}

#[test]
fn a_flag_goes_before_a_variable_and_a_variable_before_the_file() {
    for (key, flag, [by_flag, by_variable, by_file]) in [
        ("listen", "--listen", ["[::1]:1", "[::1]:2", "[::1]:3"]),
        ("rooms_max", "--rooms-max", ["1001", "1002", "1003"]),
        ("grace", "--grace", ["11s", "12s", "13s"]),
        ("outbox_bytes_max", "--outbox-bytes-max", ["201KiB", "202KiB", "203KiB"]),
        ("trust", "--trust", ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]),
        ("log", "--log", ["debug", "warn", "error"]),
    ] {
        let file = File::new(&format!("{key} = \"{by_file}\""));
        let name = variable(key);
        let config = ["--config", file.path()];
        let with_flag = ["--config", file.path(), flag, by_flag];
        let value = |loaded: Loaded| changed(&loaded).remove(0).1;

        assert_eq!(value(load(&with_flag, &[(&name, by_variable)])), by_flag);
        assert_eq!(value(load(&with_flag, &[])), by_flag);
        assert_eq!(value(load(&config, &[(&name, by_variable)])), by_variable);
        assert_eq!(value(load(&config, &[])), by_file);
    }
}

#[test]
fn a_setting_may_be_false_or_empty_over_one_that_is_not() {
    let file = File::new("rooms_open = false\ntrust = [\"10.0.0.0/8\"]");
    let loaded = load(&["--config", file.path(), "--rooms-open", "true", "--trust", ""], &[]);
    assert!(loaded.config.rooms_open);
    assert_eq!(loaded.config.trust, []);
}

#[test]
fn the_file_takes_numbers_truth_values_and_lists_as_toml_writes_them() {
    let config = load_file(
        "rooms_max = 1_000\nrooms_open = false\nframe_bytes_max = 40_000\n\
         trust = [\"10.0.0.0/8\", \"::1\"]\norigins = []\n",
    )
    .config;
    assert_eq!((config.rooms_max, config.rooms_open), (1000, false));
    assert_eq!(config.frame_bytes_max, 40_000);
    let trust: Vec<_> = config.trust.iter().map(ToString::to_string).collect();
    assert_eq!(trust, ["10.0.0.0/8", "::1/128"]);
}

#[test]
fn the_file_is_named_by_the_flag_before_the_variable() {
    let (one, other) = (File::new("rooms_max = 1001"), File::new("rooms_max = 1002"));
    let loaded = load(&[], &[("THRONG_CONFIG", other.path())]);
    assert_eq!(loaded.config.rooms_max, 1002);
    let loaded = load(&["--config", one.path()], &[("THRONG_CONFIG", other.path())]);
    assert_eq!(loaded.config.rooms_max, 1001);
    assert_eq!(loaded.file.as_ref(), Some(&one.0));
}

#[test]
fn a_wrong_value_is_told_with_key_value_origin_and_what_is_allowed() {
    let file = File::new("grace = 20");
    let path = file.path();
    assert_eq!(
        words(&["--config", path, "--listen", "localhost"], &[("THRONG_ROOMS_MAX", "-5")]),
        [
            "listen = \"localhost\" (flag --listen): not an IP address with a port; allowed: \
             ADDR:PORT with a numeric address, such as 127.0.0.1:8080 or [::]:8080; port 0 takes \
             a free one"
                .to_owned(),
            "rooms_max = \"-5\" (environment THRONG_ROOMS_MAX): not a whole number; allowed: a \
             whole number from 1 to 10000000"
                .to_owned(),
            format!(
                "grace = \"20\" (file {path}): a unit is missing; allowed: a time from 0s to 1h, \
                 written like 250ms, 30s, 5m, 2h or 7d"
            ),
        ]
    );
}

#[test]
fn a_flag_with_a_negative_number_is_told_like_any_wrong_value() {
    assert!(words(&["--rooms-max", "-5"], &[])[0].starts_with("rooms_max = \"-5\" (flag --rooms"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = File::new("grace = 20\nsends_bust = 3\n[limits]\nrooms_max = 1");
    let error = parse(
        &["--config", file.path(), "--log", "inof", "--frame-bytes-max", "2KiB"],
        &[("THRONG_LITSEN", "x"), ("THRONG_RETRY", "91d"), ("HOME", "/"), ("XTHRONG_LISTEN", "x")],
    )
    .unwrap_err();
    let text = error.to_string();
    for part in [
        "`THRONG_LITSEN`; did you mean `THRONG_LISTEN`?",
        "`sends_bust`; did you mean `sends_burst`?",
        "no setting `limits`",
        "log = \"inof\"",
        "grace = \"20\"",
        "frame_bytes_max = 2KiB (flag --frame-bytes-max) does not go with text_bytes_max = 4KiB (default)",
        "token_ttl = 90d (default) does not go with retry = 91d (environment THRONG_RETRY)",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(text.matches("\n  - ").count(), 7, "{text}");
}

#[test]
fn a_wrong_value_that_another_source_overrides_is_told_too() {
    assert_eq!(faults(&["--rooms-max", "1000"], &[("THRONG_ROOMS_MAX", "many")]).len(), 1);
}

#[test]
fn a_dash_in_a_key_of_the_file_gets_the_right_key_as_a_suggestion() {
    let file = File::new("data-dir = \"x\"");
    let told = &words(&["--config", file.path()], &[])[0];
    assert!(told.ends_with("there is no setting `data-dir`; did you mean `data_dir`?"), "{told}");
}

#[test]
fn a_name_that_is_near_to_none_gets_no_suggestion() {
    for name in ["THRONG_XYZZY", "THRONG_"] {
        let told = &words(&[], &[(name, "x")])[0];
        assert_eq!(*told, format!("environment {name}: there is no setting `{name}`"));
    }
    let file = File::new("config = \"other.toml\"");
    assert!(words(&["--config", file.path()], &[])[0].ends_with("there is no setting `config`"));
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let file = File::new("rooms_max = 1000\nlisten = \"x\n");
    let told = words(&["--config", file.path()], &[]).remove(0);
    assert!(told.contains(file.path()) && told.contains("line 2, column"), "{told}");
    let twice = File::new("rooms_max = 1000\nrooms_max = 1001");
    assert!(words(&["--config", twice.path()], &[])[0].contains("duplicate key"));
}

#[test]
fn a_missing_file_is_told_with_who_named_it() {
    let told = words(&[], &[("THRONG_CONFIG", "/nowhere/throng.toml")]).remove(0);
    let expected = "/nowhere/throng.toml (named by environment THRONG_CONFIG): the file cannot be";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn tables_and_nested_lists_are_no_values() {
    for text in ["[listen]\naddress = \"x\"", "trust = [[\"10.0.0.0/8\"]]", "trust = [{a = 1}]"] {
        let file = File::new(text);
        let told = words(&["--config", file.path()], &[]);
        assert!(told.len() == 1 && told[0].contains("a table or nested list"), "{told:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_refused_and_a_foreign_variable_ignored() {
    use std::os::unix::ffi::OsStringExt;
    let bad = || OsString::from_vec(vec![b'x', 0xff]);
    let variables = [("THRONG_DATA_DIR".into(), bad()), (bad(), bad())];
    let result = cli::parse(["throng".into(), "--log".into(), bad()], variables);
    let Err(ConfigError::Refused(faults)) = result else { panic!("{result:?}") };
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].to_string().contains("not UTF-8"));
}

#[test]
fn every_rule_between_two_settings_holds_at_its_edge() {
    for (good, bad, first) in [
        ("--frame-bytes-max=25600", "--frame-bytes-max=25599", "frame_bytes_max"),
        ("--outbox-bytes-max=64KiB", "--outbox-bytes-max=65535", "outbox_bytes_max"),
        ("--catch-up-max=100", "--catch-up-max=99", "catch_up_max"),
        ("--token-ttl=7d", "--token-ttl=167h", "token_ttl"),
        ("--rooms-max=64", "--rooms-max=63", "rooms_max"),
        ("--metrics-listen=127.0.0.1:8081", "--metrics-listen=127.0.0.1:8080", "metrics_listen"),
        ("--metrics-listen=off", "--listen=127.0.0.1:9464", "metrics_listen"),
    ] {
        load(&[good], &[]);
        let faults = faults(&[bad], &[]);
        let [Fault::Pair { one, .. }] = &faults[..] else { panic!("{bad}: {faults:?}") };
        assert_eq!(one.key, first);
    }
    load(&["--outbox-bytes-max=1MiB", "--outboxes-bytes-max=1MiB"], &[]);
    let faults = faults(&["--outbox-bytes-max=1048577", "--outboxes-bytes-max=1MiB"], &[]);
    assert!(matches!(&faults[..], [Fault::Pair { one, .. }] if one.key == "outboxes_bytes_max"));
    load(&["--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0"], &[]);
}

#[test]
fn a_value_that_was_refused_is_not_compared_with_others() {
    assert_eq!(faults(&["--text-bytes-max", "1MB", "--frame-bytes-max", "2KiB"], &[]).len(), 1);
}

#[test]
fn config_prints_what_is_in_force_and_where_it_comes_from() {
    let file = File::new("rooms_max = 1000");
    let arguments = ["--config", file.path(), "config", "--grace", "90s"];
    let Ok(Invocation::ShowConfig(loaded)) = parse(&arguments, &[("THRONG_TRUST", "::1")]) else {
        panic!("not the command config")
    };
    let mut out = Vec::new();
    loaded.print(&mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let line = |key: &str| {
        let line = out.lines().find(|line| line.split(' ').next() == Some(key)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("rooms_max"), format!("rooms_max = 1000 # file {}", file.path()));
    assert_eq!(line("grace"), "grace = \"90s\" # flag --grace");
    assert_eq!(line("trust"), "trust = \"::1/128\" # environment THRONG_TRUST");
    assert_eq!(line("rooms_open"), "rooms_open = true # default");
    assert_eq!(out.lines().count(), SETTINGS.len());
    let columns: Vec<_> = out.lines().map(|line| line.find("  # ").unwrap()).collect();
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{out}");

    assert_eq!(load_file(&out).config, loaded.config);
}

#[test]
fn what_config_prints_is_toml_whatever_a_path_holds() {
    let loaded = load(&["--data-dir", "a \"b\"\\\n\u{1b}[31m\u{7f}ü # = 1"], &[]);
    let mut out = Vec::new();
    loaded.print(&mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(!out.contains('\u{1b}'));
    assert_eq!(load_file(&out).config, loaded.config);
    for path in ["007", "+1", "-0", "1"] {
        let loaded = load(&["--data-dir", path], &[]);
        let mut out = Vec::new();
        loaded.print(&mut out).unwrap();
        assert_eq!(load_file(&String::from_utf8(out).unwrap()).config, loaded.config, "{path}");
    }
}

#[test]
fn help_and_version_are_left_to_main() {
    for (arguments, part) in [
        (&["--help"][..], "Examples:"),
        (&["config", "--help"][..], "--listen <ADDR:PORT>"),
        (&["--version"][..], env!("CARGO_PKG_VERSION")),
    ] {
        let Err(ConfigError::Usage(told)) = parse(arguments, &[("THRONG_LISTEN", "wrong")]) else {
            panic!("{arguments:?}")
        };
        assert_eq!(told.exit_code(), 0);
        assert!(told.to_string().contains(part), "{told}");
    }
    let Err(ConfigError::Usage(told)) = parse(&["--lisen", "x"], &[]) else { panic!() };
    assert_ne!(told.exit_code(), 0);
    assert!(told.to_string().contains("--listen"), "{told}");
}

#[test]
fn the_help_has_every_flag_and_hides_what_only_builders_need() {
    let told = parse(&["--help"], &[]).unwrap_err().to_string();
    for setting in SETTINGS {
        assert!(told.contains(&format!("--{} <", flag(setting.key))), "{}", setting.key);
    }
    assert!(!told.contains("markdown"));
}

#[test]
fn the_examples_of_the_help_work() {
    load(&["--listen", "0.0.0.0:8080"], &[]);
    let loaded = load(&["--listen", "[::]:0"], &[("THRONG_LOG", "debug")]);
    assert_eq!(loaded.config.log, "debug");
    assert_eq!(loaded.config.heartbeat, Duration::from_secs(30));
}

#[test]
fn the_page_of_settings_is_what_the_table_makes() {
    assert!(matches!(parse(&["config", "--markdown"], &[]), Ok(Invocation::ShowMarkdown)));
    let mut made = Vec::new();
    markdown(&mut made).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let kept = fs::read_to_string(path).unwrap();
    assert!(
        kept == String::from_utf8(made).unwrap(),
        "docs/configuration.md is not what the table of settings makes; make it again with \
         `cargo run -- config --markdown > docs/configuration.md`"
    );
}
