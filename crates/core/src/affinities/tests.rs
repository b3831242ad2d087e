use super::*;

const TABLE: &str = "\
win_vs_full,target,order,sources,affinity
0.5,a,1,self,0.6
,a,1,b,0.1
0.25,a,2,c+b,0.3
,a,1,pixels,
,b,2,a+c,0.2
,b,2,c+a,0.4
";

fn rows(text: &str) -> Vec<String> {
    let table = AffinityTable::read(text.as_bytes()).unwrap();
    let text = |e: &Edge| format!("{} {} {} {:?}", e.target, e.contender, e.affinity, e.quality);
    table.edges.iter().map(text).collect()
}

fn notes(text: &str) -> Vec<String> {
    let notes = AffinityTable::read(text.as_bytes()).unwrap().notes;
    notes.iter().map(|n| format!("{}{n}", if n.is_detail { "-v " } else { "" })).collect()
}

/// The error and its hint.
fn refused(text: &str) -> String {
    let error = AffinityTable::read(text.as_bytes()).unwrap_err();
    let hint = error.hint().map_or_else(String::new, |hint| format!("\n  hint: {hint}"));
    format!("{error}{hint}")
}

#[test]
fn reads_columns_in_any_order_and_says_what_it_left_out() {
    assert_eq!(
        rows(TABLE),
        ["a self 0.6 Some(0.5)", "a b 0.1 None", "a b+c 0.3 Some(0.25)", "b a+c 0.4 None"]
    );
    assert_eq!(
        notes(TABLE),
        [
            "-v columns that are not read: `order`",
            "the same edge twice, the larger affinity is kept: a+c -> b in lines 6 and 7",
            "1 row without an affinity, or of `pixels`, is no edge",
            "the affinities of 1 of 2 targets do not sum to 1 (farthest: b, 0.400); they are taken as they are",
            "-v sums of affinities other than 1: b 0.400",
        ]
    );
}

#[test]
fn reads_what_it_writes() {
    let mut table = AffinityTable::read(TABLE.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    table.write(&mut bytes).unwrap();
    table.notes.retain(|note| note.text.contains("sum"));
    assert_eq!(AffinityTable::read(&bytes[..]).unwrap(), table);
}

#[test]
fn what_spreadsheets_and_editors_do_to_a_file_changes_nothing() {
    let plain = "target,sources,affinity\na,self,0.75\na,b+c,0.25\n";
    let same = [
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        plain.trim_end().to_owned(),
        format!("\u{feff}{plain}"),
        format!("\u{feff}{}", plain.replace("target", "\"target\"")),
        plain.replace('\n', "\n\n"),
        plain.replace("\na,b", "\n , ,\n\t\na,b"),
        plain.replace(',', " ,\t"),
        plain.replace("b+c", "\"c+b\"").replace("self", "\"self\""),
        plain.replace("0.25", "2.5e-1"),
        plain.replace("0.25", "+.25"),
        format!("{plain}a,b+c,0.25\n"),
        // A name of 10,000 letters and as many columns.
        plain
            .replace("affinity\n", &format!("affinity,{}\n", "x".repeat(10_000)))
            .replace("75\n", "75,\n")
            .replace("25\n", "25,\n"),
    ];
    for text in &same {
        assert_eq!(rows(text), rows(plain), "{text:.80?}");
    }
    assert_eq!(notes(plain), Vec::<String>::new());
    assert_eq!(
        notes(&same[11]),
        ["the same edge twice, the larger affinity is kept: b+c -> a in lines 3 and 4"]
    );
    let wide = plain.replace('\n', &format!("{}\n", ",".repeat(10_000)));
    assert_eq!(rows(&wide), rows(plain));
    assert_eq!(
        notes(&wide)[0].len(),
        "-v columns that are not read: ``, ``, `` and 9997 more".len()
    );
}

#[test]
fn of_many_notes_some_are_named() {
    let twice = "a,b0,0.1\na,b1,0.1\na,b2,0.1\n".repeat(3);
    let table = format!("target,sources,affinity\n{twice}");
    let notes = notes(&table);
    assert!(notes[0].ends_with("b2 -> a in lines 4 and 7 and 3 more"), "{notes:?}");
    assert_eq!(rows(&table).len(), 3);
}

#[test]
fn every_defect_is_named_with_its_place_and_a_way_out() {
    let header = "target,sources,affinity\n";
    let row = |row: &str| format!("{header}{row}\n");
    let long = "y".repeat(100_000);
    let cases = [
        String::new(),
        "\n \n\r\n".to_owned(),
        header.to_owned(),
        row("a,b,"),
        row("a,pixels,0.5\n\na,c,"),
        "target,affinity\na,1\n".to_owned(),
        "target,source,affinity\na,b,1\n".to_owned(),
        "Target,Sources,Affinity\na,b,1\n".to_owned(),
        "target;sources;affinity\na;b;1\n".to_owned(),
        "target\tsources\taffinity\n".to_owned(),
        "\n\na,self,0.5\n".to_owned(),
        "target,sources,affinity,affinity\na,b,1,1\n".to_owned(),
        row("a,b,much"),
        row("a,b,-0.1"),
        row("a,b,1.5"),
        row("a,b,25%"),
        row("a,b,\"0,25\""),
        row("a,b,0,25"),
        row("a,b,NaN"),
        row("a,b,inf"),
        row("a,b,1e999"),
        row(&format!("a,b,{long}")),
        row("a,b"),
        row("a,b,0.1,,"),
        row("\"a,b,0.1\n\n"),
        row("Depth Z,b,0.1"),
        row("a,b-c + D,0.1"),
        row("a,2d,0.1"),
        row("a,,0.1"),
        row(",b,0.1"),
        row("self,b,0.1"),
        row("a,b+self,0.1"),
        row(&format!("a,{long}-,0.1")),
        "target,sources,affinity,win_vs_full\r\na,b,0.1,0.5\r\n\r\na,c,0.1,no\r\n".to_owned(),
    ];
    let said = |text: &String| format!("{}\n{}\n\n", crate::quote::quote(text), refused(text));
    insta::assert_snapshot!("refused", cases.iter().map(said).collect::<String>());
    let error = AffinityTable::read(&b"target,sources,affinity\na,\xff,1\n"[..]).unwrap_err();
    assert_eq!(error.to_string(), "line 2, cell 2: the bytes are no UTF-8 text");
    assert_eq!(error.hint().unwrap(), "save the table as UTF-8");
}
