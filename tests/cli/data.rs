//! `data`: rooms, checks, contact sheets.

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{done, failures, files, folder, run, taskonomy};

/// Rooms with five samples on the validation and test splits, as the fake worker has losses.
pub const ROOMS: [&str; 8] =
    ["data", "rooms", "d", "--size", "32", "--scenes", "2,1,1,1", "--views=5"];

/// The files of such a dataset, made once.
fn rooms() -> &'static std::collections::BTreeMap<String, Vec<u8>> {
    static FILES: OnceLock<std::collections::BTreeMap<String, Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = folder(&[]);
        done(folder.path(), &ROOMS);
        files(&folder.path().join("d"))
    })
}

/// Puts the dataset into a folder as `d`.
pub fn put(folder: &Path) {
    for (name, bytes) in rooms() {
        let path = folder.join("d").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn rooms_are_made_checked_and_shown() {
    let folder = folder(&[]);
    let made = done(folder.path(), &ROOMS);
    insta::assert_snapshot!(made);
    let checked = done(folder.path(), &["data", "check", "d"]);
    assert!(checked.starts_with(made.trim_end()), "{checked}");
    let classes = "\nsegment_semantic       networks  transfers validation       test\n  wall   ";
    assert!(checked.contains(classes), "{checked}");
    let json: Value =
        serde_json::from_str(&done(folder.path(), &["data", "check", "d", "--json"])).unwrap();
    assert_eq!((json["schema"].as_i64(), json["size"].as_i64()), (Some(2), Some(32)));
    assert!(files(&folder.path().join("d")) == *rooms(), "the same seed gives the same bytes");

    let shown = done(folder.path(), &["data", "show", "d", "-n", "2"]);
    assert_eq!(shown, "d/contact-sheet.png\n");
    let sheet = std::fs::read(folder.path().join("d/contact-sheet.png")).unwrap();
    let decoder = png::Decoder::new(std::io::Cursor::new(&sheet));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert!(info.width >= 64 && info.height >= 64, "{info:?}");
    let darkest = pixels.iter().min().unwrap();
    assert!(pixels.iter().any(|value| value > darkest), "something is to be seen");
    let elsewhere = ["data", "show", "d", "--split", "networks", "-o", "x/sheet.png", "--json"];
    let json: Value = serde_json::from_str(&done(folder.path(), &elsewhere)).unwrap();
    assert!(folder.path().join(json["picture"].as_str().unwrap()).is_file());
    // The picture stands beside the data and does not damage them.
    done(folder.path(), &["data", "check", "d"]);
}

#[test]
fn rooms_that_cannot_be_made() {
    let folder = folder(&[("file", ""), ("full/readme.txt", "mine")]);
    let commands = [
        &["data", "rooms", "full", "--size", "32"][..],
        &["data", "rooms", "file", "--size", "32"],
        &["data", "rooms", "file/below", "--size", "32"],
        &["data", "rooms", "x", "--size", "0"],
        &["data", "rooms", "x", "--size", "33"],
        &["data", "rooms", "x", "--size", "8"],
        &["data", "rooms", "x", "--size", "4096"],
        &["data", "rooms", "x", "--size", "32", "--scenes", "1,2"],
        &["data", "rooms", "x", "--size", "32", "--scenes", "1,2,3,-4"],
        &["data", "rooms", "x", "--size", "32", "--views", "0"],
        &["data", "rooms", "x", "--size", "32", "--scenes", "0,0,0,0"],
    ];
    insta::assert_snapshot!(failures(folder.path(), &commands));
    assert_eq!(files(folder.path()).keys().collect::<Vec<_>>(), ["file", "full/readme.txt"]);
}

#[test]
fn a_full_disk_is_told_and_leaves_no_dataset() {
    let folder = folder(&[]);
    let program = env!("CARGO_BIN_EXE_taskonomy");
    let limited = |args: &[&str]| {
        // No file larger than 8 blocks of 512 or 1024 bytes.
        let script = format!("ulimit -f 8; exec '{program}' {}", args.join(" "));
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script]).current_dir(folder.path()).output().unwrap()
    };
    let output = limited(&ROOMS);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    assert!(output.stdout.is_empty());
    let place = folder.path().canonicalize().unwrap().display().to_string();
    let (before, after) = stderr.split_once(&place).unwrap();
    let (hidden, after) = after.split_once(".partial").unwrap();
    assert!(before == "error: " && hidden.contains(".d."), "{stderr}");
    insta::assert_snapshot!(after);
    assert!(!folder.path().join("d").exists());
    assert!(files(folder.path()).is_empty(), "nothing half is left");
    // With room again, the same command works.
    taskonomy(folder.path()).args(ROOMS).assert().success();

    // Any other command that writes ends as orderly.
    let before = files(folder.path());
    let output = limited(&["data", "show", "d"]);
    assert_eq!(output.status.code(), Some(4));
    let said = "error: d/contact-sheet.png: File too large (os error 27)\n";
    assert!(String::from_utf8_lossy(&output.stderr).starts_with(said), "{output:?}");
    assert!(files(folder.path()) == before);
}

#[test]
fn an_interrupted_rendering_leaves_nothing() {
    let folder = folder(&[]);
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_taskonomy"))
        .args(["data", "rooms", "d", "--size", "32", "--scenes", "5000,1,1,1"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The signals are caught before the first file is written.
    let begun = Instant::now();
    while files(folder.path()).is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(1), "nothing was ever written");
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(75), "{stderr}");
    assert_eq!(stderr, "error: interrupted: no dataset was written\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_sheet_of_what_is_not_there() {
    let folder = folder(&[("empty/readme.txt", "")]);
    put(folder.path());
    let commands = [
        &["data", "show", "missing"][..],
        &["data", "show", "empty"],
        &["data", "check", "empty"],
        &["data", "show", "d", "--split", "training"],
        &["data", "show", "d", "-n", "0"],
        &["data", "show", "d", "-o", "empty/readme.txt/sheet.png"],
    ];
    insta::assert_snapshot!(failures(folder.path(), &commands));
    // More samples than there are: all of them.
    let (code, ..) = run(folder.path(), &["data", "show", "d", "-n", "200"]);
    assert_eq!(code, 0);
}
