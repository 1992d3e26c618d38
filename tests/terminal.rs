//! A panic while the screen is up: the terminal is given back before anything is printed on it, by the hook alone. The test
//! runs itself again as the program that panics, on a terminal that util-linux's `script` makes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};

use tonearm::guard;
use tonearm::tui::Face;

/// Says to the second run which end it is to come to.
const END: &str = "TERMINAL_TEST_END";

/// Takes the terminal and panics in a thread; ends without giving anything back itself.
fn come_to(end: &str) -> ! {
    let _face = Face::open(|_| true).unwrap();
    let is_caught = end == "caught";
    let fall = || -> () { panic!("the sky falls") };
    let thread = std::thread::spawn(move || {
        if is_caught {
            guard::guarded(fall).is_err()
        } else {
            fall();
            true
        }
    });
    assert_eq!(thread.join().ok(), is_caught.then_some(true));
    std::process::exit(0)
}

/// What the terminal is told until the end, and its settings before and after.
fn run(end: &str) -> (String, [String; 2]) {
    let program = std::env::current_exe().unwrap();
    let test = std::thread::current().name().unwrap().to_owned();
    let script = "printf '|%s|' \"$(stty -a)\"; \"$PROGRAM\" --exact \"$TEST\" --nocapture; printf '|%s|' \"$(stty -a)\"";
    let output = Command::new("script")
        .args(["-qec", script, "/dev/null"])
        .env("PROGRAM", program)
        .env("TEST", test)
        .env(END, end)
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .output()
        .expect("this test needs the program `script`, of bsdutils or util-linux");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let settings =
        |text: Option<&str>| text.unwrap_or_default().lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let before = settings(said.split('|').nth(1));
    let after = settings(said.rsplit('|').nth(1));
    assert!(before.contains("icanon") && after.contains("icanon"), "{said:?}");
    (said, [before, after])
}

/// The places of some words, in order; fails where one of them does not come behind the one before.
#[track_caller]
fn assert_in_order(said: &str, words: &[&str]) {
    let mut from = 0;
    for word in words {
        let at = said[from..].find(word);
        from += at.unwrap_or_else(|| panic!("{word:?} does not follow in {said:?}")) + word.len();
    }
}

#[test]
fn a_panic_is_printed_on_a_terminal_that_was_given_back() {
    if let Ok(end) = std::env::var(END) {
        come_to(&end);
    }
    let (said, [before, after]) = run("panic");
    // The other screen, the cursor and the mouse are taken; each is given back, and only then comes the message.
    for (taken, given) in [("?1049h", "?1049l"), ("?25l", "?25h"), ("?1000h", "?1000l"), ("?1006h", "?1006l")]
    {
        assert_in_order(&said, &[taken, given, "the sky falls"]);
        let last = |word: &str| said.rfind(word);
        assert!(last(taken) < last(given), "{taken} is the last word: {said:?}");
    }
    assert!(!before.contains("-icanon") && !before.contains("-echo "), "{before}");
    assert_eq!(before, after, "raw mode is left");
}

#[test]
fn a_panic_that_is_caught_leaves_the_screen_where_it_is() {
    if let Ok(end) = std::env::var(END) {
        come_to(&end);
    }
    let (said, [_, after]) = run("caught");
    assert_in_order(&said, &["?1049h"]);
    assert!(!said.contains("?1049l") && !said.contains("the sky falls"), "{said:?}");
    assert!(after.contains("-icanon"), "{after}");
}
