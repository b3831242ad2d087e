//! What the names of objects, nodes and materials tell.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::thing::Thing;

/// Words for things beside the names of [`Thing`]. What is general stands for the most usual kind.
const WORDS: &[(Thing, &[&str])] = &[
    (Thing::Floor, &["ground", "parquet", "floorboards", "flooring"]),
    (Thing::Ceiling, &["roof"]),
    (Thing::Wall, &["baseboard", "skirting", "column", "pillar", "partition"]),
    (Thing::Beams, &["beam"]),
    (Thing::Window, &["window frame", "window sill", "windowsill", "skylight"]),
    (Thing::Door, &["doorway", "gate"]),
    (Thing::Stairs, &["stair", "staircase", "stairway", "step"]),
    (Thing::Railing, &["handrail", "banister", "balustrade"]),
    (Thing::Table, &["dining table", "worktop"]),
    (Thing::CoffeeTable, &["low table", "side table", "saloon table", "living room table"]),
    (Thing::Desk, &["office table", "workbench"]),
    (Thing::OfficeChair, &["swivel chair", "desk chair", "classroom seat"]),
    (Thing::Stool, &["bar stool", "barstool", "kitchen stool", "pouf", "ottoman"]),
    (Thing::Sofa, &["couch", "settee", "futon"]),
    (Thing::Armchair, &["easy chair"]),
    (Thing::DoubleBed, &["bed", "mattress"]),
    (
        Thing::SingleBed,
        &["child bed", "children bed", "junior bed", "captain bed", "bunk bed", "crib"],
    ),
    (
        Thing::Cabinet,
        &["cupboard", "sideboard", "dresser", "buffet", "commode", "tv stand", "tv unit"],
    ),
    (Thing::ChestOfDrawers, &["chest", "drawers", "drawers cabinet", "filing cabinet"]),
    (Thing::Nightstand, &["bedside table", "night table", "bedside"]),
    (Thing::Wardrobe, &["closet", "armoire"]),
    (Thing::KitchenUnits, &["lower cabinet", "kitchen cabinet", "counter", "kitchen unit"]),
    (Thing::WallUnits, &["upper cabinet"]),
    (Thing::Bookcase, &["bookshelf", "shelf", "shelves", "shelving", "shelving unit"]),
    (Thing::FloorLamp, &["lamp", "light", "standing lamp", "floor light"]),
    (Thing::TableLamp, &["table light", "bedside light"]),
    (Thing::DeskLamp, &["desk light"]),
    (Thing::HangingLamp, &["chandelier", "ceiling lamp", "pendant lamp", "ceiling light"]),
    (Thing::WallLamp, &["sconce", "wall light"]),
    (Thing::Plant, &["indoor plant", "yucca", "potted plant", "houseplant"]),
    (Thing::SmallPlant, &["flowers", "bouquet", "succulent"]),
    (Thing::Picture, &["painting", "poster", "picture frame", "frame"]),
    (Thing::Rug, &["carpet", "mat", "doormat", "bathmat"]),
    (Thing::Monitor, &["screen", "computer screen", "display"]),
    (Thing::Television, &["tv", "tv set", "led tv", "flat tv"]),
    (Thing::Fridge, &["refrigerator", "freezer", "fridge freezer"]),
    (Thing::Stove, &["oven", "cooker", "cooktop", "hob", "range"]),
    (Thing::Hood, &["kitchen hood", "range hood"]),
    (Thing::WashingMachine, &["clothes washing machine", "washer", "dryer"]),
    (Thing::Toilet, &["toilets", "toilet unit", "wc"]),
    (Thing::Bath, &["bathtub", "tub"]),
    (Thing::Shower, &["shower stall"]),
    (Thing::Basin, &["washbasin", "lavatory", "vanity"]),
    (Thing::Curtains, &["curtain", "drapes", "blind", "blinds"]),
    (Thing::Radiator, &["heater", "heating"]),
    (Thing::Fireplace, &["chimney", "hearth"]),
    (Thing::Cushion, &["pillow"]),
    (Thing::Boxes, &["box", "book", "cardboard box"]),
];

/// Words that as often say what something belongs to or looks like: a door has a frame, oak is light.
/// They count where a name ends in them and tells nothing else.
const WEAK: [&str; 3] = ["frame", "light", "box"];

/// What comes after these words says what else there is.
const THEN: [&str; 9] = ["with", "and", "without", "for", "on", "in", "under", "by", "from"];

static TABLE: LazyLock<BTreeMap<Vec<String>, Thing>> = LazyLock::new(|| {
    let own = Thing::ALL.iter().filter(|&&thing| thing != Thing::Unknown);
    let own = own.map(|&thing| (words(thing.name()), thing));
    let others =
        WORDS.iter().flat_map(|&(thing, names)| names.iter().map(move |name| (words(name), thing)));
    others.chain(own).collect()
});

/// What a name says that something is: the last of the things that it names, for "table lamp" is a
/// lamp, up to the word "with" or the like. Numbers, signs, plurals and capitals do not matter.
pub(crate) fn thing_of(name: &str) -> Option<Thing> {
    const LONGEST: usize = 4;
    if is_default(name) {
        return None;
    }
    let words = words(name);
    let end = words.iter().skip(1).position(|word| THEN.contains(&word.as_str()));
    let words = &words[..end.map_or(words.len(), |end| end + 1)];
    let is_weak = |name: &[String]| matches!(name, [word] if WEAK.contains(&word.as_str()));
    let strong = (1..=words.len()).rev().find_map(|end| {
        // The longest name that ends here.
        let names = (end.saturating_sub(LONGEST)..end).map(|from| &words[from..end]);
        names.filter(|&name| !is_weak(name)).find_map(|name| TABLE.get(name).copied())
    });
    strong.or_else(|| TABLE.get(words.last_chunk::<1>()?.as_slice()).copied())
}

/// Whether a program gave the name: to 3ds Max whatever begins as a box is `Box001`.
fn is_default(name: &str) -> bool {
    name.trim().split_at_checked(3).is_some_and(|(start, rest)| {
        start.eq_ignore_ascii_case("box")
            && rest.starts_with(|c: char| c.is_ascii_digit())
            && !rest.contains(char::is_alphabetic)
    })
}

/// The words of a name, small and in the singular.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut open, mut small) = (false, false);
    for c in name.chars().take(200) {
        if !c.is_alphabetic() {
            open = false;
            continue;
        }
        // "officeChair" is two words.
        if !open || (small && c.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        (open, small) = (true, c.is_lowercase());
    }
    for word in &mut words {
        if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
            word.pop();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_things_and_their_variants_are_known() {
        for &thing in Thing::ALL.iter().filter(|&&thing| thing != Thing::Unknown) {
            assert_eq!(thing_of(thing.name()), Some(thing));
            let shouted = format!("{}_01.003", thing.name().to_uppercase());
            assert_eq!(thing_of(&shouted), Some(thing));
        }
    }

    #[test]
    fn the_last_thing_named_counts() {
        for (name, expected) in [
            ("kitchenChair_2", Some(Thing::Chair)),
            ("Table lamp", Some(Thing::TableLamp)),
            ("wall clock", Some(Thing::Clock)),
            ("Chair with cushion", Some(Thing::Chair)),
            ("Bedside tables", Some(Thing::Nightstand)),
            ("Washbasin", Some(Thing::Basin)),
            ("chair leg left", Some(Thing::Chair)),
            ("living room wall 3", Some(Thing::Wall)),
            ("Cube.001", None),
            ("", None),
            ("with", None),
            ("wallet", None),
        ] {
            assert_eq!(thing_of(name), expected, "{name}");
        }
    }

    #[test]
    fn weak_words_count_where_nothing_else_is_named() {
        for (name, expected) in [
            ("door_frame", Some(Thing::Door)),
            ("bed frame", Some(Thing::DoubleBed)),
            ("FrameOfWindow", Some(Thing::Window)),
            ("light_switch", None),
            ("light oak", None),
            ("box lid", None),
            ("Frame_2", Some(Thing::Picture)),
            ("picture frame", Some(Thing::Picture)),
            ("window frame", Some(Thing::Window)),
            ("Light.001", Some(Thing::FloorLamp)),
            ("kitchen lights", Some(Thing::FloorLamp)),
            ("ceiling light", Some(Thing::HangingLamp)),
            ("floor light", Some(Thing::FloorLamp)),
            ("Desk light", Some(Thing::DeskLamp)),
            ("Box", Some(Thing::Boxes)),
            ("Box.001", Some(Thing::Boxes)),
            ("cardboard box 3", Some(Thing::Boxes)),
            ("Box001", None),
            ("box12_2", None),
            ("Box01 chair", Some(Thing::Chair)),
        ] {
            assert_eq!(thing_of(name), expected, "{name}");
        }
    }
}
