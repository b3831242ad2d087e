//! The text of a catalogue: Java properties whose keys end in the number of an entry.

use std::collections::BTreeMap;

use glam::{Mat3A, Vec3, Vec3A};

/// An entry of a catalogue, as it stands there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entry {
    pub number: u32,
    pub name: String,
    pub category: String,
    pub model: String,
    values: BTreeMap<String, String>,
}

/// All entries, by number. Lines that have no such key say nothing of a piece.
pub(super) fn read(bytes: &[u8]) -> Vec<Entry> {
    let mut entries: BTreeMap<u32, Entry> = BTreeMap::new();
    for line in lines(&String::from_utf8_lossy(bytes)) {
        let end = line.find(['=', ':']).unwrap_or(line.len());
        let (key, value) = line.split_at(end);
        let value = value.get(1..).unwrap_or("").trim();
        let Some((key, number)) = key.trim().split_once('#') else { continue };
        let Ok(number) = number.parse() else { continue };
        let entry = entries.entry(number).or_default();
        entry.number = number;
        match key {
            "name" => value.clone_into(&mut entry.name),
            "category" => value.clone_into(&mut entry.category),
            "model" => value.clone_into(&mut entry.model),
            _ => {
                entry.values.insert(key.to_owned(), value.to_owned());
            }
        }
    }
    entries.into_values().filter(|entry| !entry.model.is_empty()).collect()
}

/// Lines without comments, those that go on joined, escapes resolved.
fn lines(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = line.trim_start();
        if !goes_on && line.starts_with(['#', '!']) {
            continue;
        }
        // An even number of backslashes is none that joins lines.
        let slashes = line.len() - line.trim_end_matches('\\').len();
        let joins = slashes % 2 == 1;
        let part = unescaped(if joins { &line[..line.len() - 1] } else { line });
        match all.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(&part),
            None => all.push(part),
        }
        goes_on = joins;
    }
    all
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('u') => {
                let hex: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                plain.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(c) => plain.push(c),
            None => {}
        }
    }
    plain
}

impl Entry {
    /// Whether it may stand in a room, as its category and its kind say.
    pub fn is_indoors(&self) -> bool {
        const OTHERS: [&str; 5] =
            ["Characters", "Doors and windows", "Exterior", "Staircases", "Vehicles"];
        let opening = self.values.get("doorOrWindow").is_some_and(|value| value == "true");
        !opening && !OTHERS.contains(&self.category.as_str())
    }

    /// Width, depth and height in metres; the catalogue gives centimetres.
    pub fn size(&self) -> Option<Vec3A> {
        let length = |key: &str| {
            let value: f32 = self.values.get(key)?.parse().ok()?;
            Some(0.01 * value).filter(|length| (0.001..20.0).contains(length))
        };
        Some(Vec3A::new(length("width")?, length("depth")?, length("height")?))
    }

    /// How the model is turned before it is upright: nine numbers, row by row.
    pub fn turn(&self) -> Mat3A {
        let text = self.values.get("modelRotation").map_or("", String::as_str);
        let nine: Vec<f32> = text.split_whitespace().map_while(|v| v.parse().ok()).collect();
        let &[a, b, c, d, e, f, g, h, i] = nine.as_slice() else { return Mat3A::IDENTITY };
        let turn = Mat3A::from_cols(Vec3A::new(a, d, g), Vec3A::new(b, e, h), Vec3A::new(c, f, i));
        let rigid = (turn * turn.transpose()).abs_diff_eq(Mat3A::from_diagonal(Vec3::ONE), 1e-3);
        if rigid { turn } else { Mat3A::IDENTITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\n\
        id=Some#Library\n\
        name#2=Caf\\u00e9 chair\nmodel#2=/a/b.obj\ncategory#2 = Kitchen\n\
        width#2=43\ndepth#2: 50.5\nheight#2=9\\\n    0\n\
        name#1=Window\nmodel#1=w.obj\ndoorOrWindow#1=true\nwidth#1=wide\n\
        name#3=without a model\n\
        model#9=turned.obj\nmodelRotation#9=0 0 1 0 1 0 -1 0 0\n";

    #[test]
    fn entries_are_read_by_number() {
        let entries = read(TEXT.as_bytes());
        let numbers: Vec<_> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [1, 2, 9]);
        let chair = &entries[1];
        assert_eq!((chair.name.as_str(), chair.model.as_str()), ("Café chair", "/a/b.obj"));
        assert!(chair.is_indoors() && !entries[0].is_indoors());
        let size = chair.size().unwrap();
        assert!(size.distance(Vec3A::new(0.43, 0.505, 0.9)) < 1e-6, "{size}");
        assert_eq!(entries[0].size(), None);
        assert_eq!(chair.turn(), Mat3A::IDENTITY);
        assert_eq!(entries[2].turn() * Vec3A::X, -Vec3A::Z);
    }

    #[test]
    fn rubbish_is_no_entry() {
        for text in ["", "#", "model#=x", "model#-1=x", "model#x=y", "\\", "a\\u12", "model#1=\n"] {
            assert_eq!(read(text.as_bytes()), []);
        }
        assert_eq!(read(&[0xff, b'#', b'1', b'=', b'\\']), []);
    }
}
