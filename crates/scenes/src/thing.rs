//! Things: the finest kinds that the generator knows, each with its class.

use crate::class::Class;

/// Declares the things, their names and their classes in one place.
macro_rules! things {
    ($($(#[$doc:meta])* $thing:ident $name:literal $class:ident,)*) => {
        /// What a primitive is part of, finer than a [`Class`]; the value of `class_object` is
        /// the place of one among those of [`Thing::is_object`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Thing {
            $($(#[$doc])* $thing,)*
        }

        impl Thing {
            /// All things, in the order of their values.
            pub const ALL: &'static [Self] = &[$(Self::$thing),*];

            /// The name, as in the dataset's manifest.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$thing => $name,)*
                }
            }

            /// The class that it belongs to.
            pub fn class(self) -> Class {
                match self {
                    $(Self::$thing => Class::$class,)*
                }
            }
        }
    };
}

things! {
    /// Walls and their skirting.
    Wall "wall" Wall,
    /// The floor.
    Floor "floor" Floor,
    /// The ceiling, level or sloped.
    Ceiling "ceiling" Ceiling,
    /// Beams under the ceiling.
    Beams "beams" Ceiling,
    /// A window, and what is seen through it.
    Window "window" Window,
    /// A door, and what is seen through an open one.
    Door "door" Door,
    /// A flight of stairs, with its railing; a landing.
    Stairs "stairs" Stairs,
    /// The railing of a landing.
    Railing "railing" Stairs,
    /// A table with corners.
    Table "table" Table,
    /// A round table.
    RoundTable "round_table" Table,
    /// A low table before a sofa.
    CoffeeTable "coffee_table" Table,
    /// A desk.
    Desk "desk" Table,
    /// A chair.
    Chair "chair" Chair,
    /// A swivel chair.
    OfficeChair "office_chair" Chair,
    /// A stool.
    Stool "stool" Chair,
    /// A bench.
    Bench "bench" Chair,
    /// A sofa.
    Sofa "sofa" Sofa,
    /// An armchair.
    Armchair "armchair" Sofa,
    /// A bed for one.
    SingleBed "single_bed" Bed,
    /// A bed for two.
    DoubleBed "double_bed" Bed,
    /// A cabinet with doors.
    Cabinet "cabinet" Cabinet,
    /// A chest of drawers.
    ChestOfDrawers "chest_of_drawers" Cabinet,
    /// A chest of drawers beside a bed.
    Nightstand "nightstand" Cabinet,
    /// Drawers below a desk.
    DeskDrawers "desk_drawers" Cabinet,
    /// A wardrobe.
    Wardrobe "wardrobe" Cabinet,
    /// Kitchen units below a worktop.
    KitchenUnits "kitchen_units" Cabinet,
    /// Kitchen units on the wall.
    WallUnits "wall_units" Cabinet,
    /// A bookcase.
    Bookcase "bookcase" Shelf,
    /// A board on the wall.
    WallShelf "wall_shelf" Shelf,
    /// A lamp on the floor.
    FloorLamp "floor_lamp" Lamp,
    /// A lamp on a piece of furniture.
    TableLamp "table_lamp" Lamp,
    /// A jointed lamp on a desk.
    DeskLamp "desk_lamp" Lamp,
    /// A lamp on the wall.
    WallLamp "wall_lamp" Lamp,
    /// A lamp on a cord.
    HangingLamp "hanging_lamp" Lamp,
    /// A row of lamps over a table.
    Pendants "pendants" Lamp,
    /// A flat lamp at the ceiling.
    CeilingPanel "ceiling_panel" Lamp,
    /// A bowl of light at the ceiling.
    CeilingBowl "ceiling_bowl" Lamp,
    /// A plant on the floor.
    Plant "plant" Plant,
    /// A plant on a piece of furniture.
    SmallPlant "small_plant" Plant,
    /// A picture.
    Picture "picture" Picture,
    /// A rug.
    Rug "rug" Rug,
    /// The screen of a computer.
    Monitor "monitor" Screen,
    /// A television.
    Television "television" Screen,
    /// A fridge.
    Fridge "fridge" Appliance,
    /// An oven below a hob.
    Stove "stove" Appliance,
    /// A hood above a stove.
    Hood "hood" Appliance,
    /// A dishwasher.
    Dishwasher "dishwasher" Appliance,
    /// A washing machine.
    WashingMachine "washing_machine" Appliance,
    /// A sink in a worktop.
    Sink "sink" Sanitary,
    /// A toilet.
    Toilet "toilet" Sanitary,
    /// A bath.
    Bath "bath" Sanitary,
    /// A shower.
    Shower "shower" Sanitary,
    /// A basin to wash at.
    Basin "basin" Sanitary,
    /// Curtains at a window.
    Curtains "curtains" Curtain,
    /// The curtain of a shower.
    ShowerCurtain "shower_curtain" Curtain,
    /// A mirror.
    Mirror "mirror" Mirror,
    /// A radiator.
    Radiator "radiator" Heater,
    /// A fireplace.
    Fireplace "fireplace" Heater,
    /// A bowl with fruit.
    Bowl "bowl" Object,
    /// A vase.
    Vase "vase" Object,
    /// A bottle.
    Bottle "bottle" Object,
    /// A pile of boxes or books.
    Boxes "boxes" Object,
    /// A cushion.
    Cushion "cushion" Object,
    /// A plate with a glass.
    PlaceSetting "place_setting" Object,
    /// A keyboard with a mouse.
    Keyboard "keyboard" Object,
    /// A clock.
    Clock "clock" Object,
    /// A rack with coats.
    CoatRack "coat_rack" Object,
    /// A rail with towels.
    TowelRail "towel_rail" Object,
    /// A part of a model whose name tells nothing: it has no label, whatever its class.
    Unknown "unknown" Object,
}

impl Thing {
    /// Whether it is an object of a known kind: see [`Class::is_object`].
    pub fn is_object(self) -> bool {
        self != Self::Unknown && self.class().is_object()
    }

    /// The things that are objects, in the order of the classes of `class_object`.
    pub fn objects() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(|thing| thing.is_object())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_positions_and_names_are_unique() {
        assert!(Thing::ALL.iter().enumerate().all(|(i, &t)| t as usize == i));
        let names: std::collections::BTreeSet<_> = Thing::ALL.iter().map(|t| t.name()).collect();
        assert_eq!(names.len(), Thing::ALL.len());
        assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }

    #[test]
    fn every_class_has_things() {
        for class in Class::ALL {
            assert!(Thing::ALL.iter().any(|t| t.class() == class), "{}", class.name());
        }
        assert!(Thing::objects().all(|t| t.class() != Class::Wall));
    }
}
