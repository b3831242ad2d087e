//! What a pixel shows and what a room is: the names of all classes.

/// The class of a surface, the value of `segment_semantic`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// Walls and their skirting.
    Wall,
    /// The floor.
    Floor,
    /// The ceiling.
    Ceiling,
    /// Windows: frames and what is seen through them.
    Window,
    /// Doors: leaves, frames and what is seen through an open one.
    Door,
    /// Tables and desks.
    Table,
    /// Chairs and stools.
    Chair,
    /// Sofas and armchairs.
    Sofa,
    /// Beds.
    Bed,
    /// Wardrobes, sideboards, chests, kitchen units.
    Cabinet,
    /// Shelves and the books in them.
    Shelf,
    /// Lamps.
    Lamp,
    /// Plants and their pots.
    Plant,
    /// Pictures.
    Picture,
    /// Rugs.
    Rug,
    /// Screens of computers and televisions.
    Screen,
    /// Fridges, stoves, washing machines.
    Appliance,
    /// Toilets, baths, showers, basins.
    Sanitary,
    /// Curtains and their rods.
    Curtain,
    /// Mirrors and their frames.
    Mirror,
    /// Stairs and their railings.
    Stairs,
    /// Radiators and fireplaces.
    Heater,
    /// Small things that stand about: bowls, vases, bottles, boxes, keyboards, towels.
    Object,
}

impl Class {
    /// Whether things of the class are part of the building, so that their groups may be hollow:
    /// what counts is how near each of their parts is, not the box around them.
    pub fn is_structure(self) -> bool {
        matches!(self, Self::Wall | Self::Ceiling | Self::Stairs)
    }

    /// All classes, in the order of their values.
    pub const ALL: [Self; 23] = [
        Self::Wall,
        Self::Floor,
        Self::Ceiling,
        Self::Window,
        Self::Door,
        Self::Table,
        Self::Chair,
        Self::Sofa,
        Self::Bed,
        Self::Cabinet,
        Self::Shelf,
        Self::Lamp,
        Self::Plant,
        Self::Picture,
        Self::Rug,
        Self::Screen,
        Self::Appliance,
        Self::Sanitary,
        Self::Curtain,
        Self::Mirror,
        Self::Stairs,
        Self::Heater,
        Self::Object,
    ];

    /// Whether things of the class are objects: no part of the building, no opening, no rug (the
    /// largest thing of a view is often what lies below all others).
    pub fn is_object(self) -> bool {
        !self.is_structure() && !matches!(self, Self::Floor | Self::Window | Self::Door | Self::Rug)
    }

    /// The classes that are objects, in the order of the classes of `class_object_100`.
    pub fn objects() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.into_iter().filter(|class| class.is_object())
    }

    /// Whether things of the class stand in a room, rather than being built in, hung up or laid.
    pub fn is_furniture(self) -> bool {
        !matches!(
            self,
            Self::Wall
                | Self::Floor
                | Self::Ceiling
                | Self::Window
                | Self::Door
                | Self::Picture
                | Self::Rug
                | Self::Lamp
                | Self::Curtain
                | Self::Mirror
                | Self::Stairs
                | Self::Heater
                | Self::Object
        )
    }

    /// The name, as in the dataset's manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
            Self::Window => "window",
            Self::Door => "door",
            Self::Table => "table",
            Self::Chair => "chair",
            Self::Sofa => "sofa",
            Self::Bed => "bed",
            Self::Cabinet => "cabinet",
            Self::Shelf => "shelf",
            Self::Lamp => "lamp",
            Self::Plant => "plant",
            Self::Picture => "picture",
            Self::Rug => "rug",
            Self::Screen => "screen",
            Self::Appliance => "appliance",
            Self::Sanitary => "sanitary",
            Self::Curtain => "curtain",
            Self::Mirror => "mirror",
            Self::Stairs => "stairs",
            Self::Heater => "heater",
            Self::Object => "object",
        }
    }
}

/// What a room is for, the value of `class_scene`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RoomKind {
    /// A kitchen.
    Kitchen,
    /// A bedroom.
    Bedroom,
    /// A bathroom.
    Bathroom,
    /// An office.
    Office,
    /// A living room.
    LivingRoom,
    /// A corridor.
    Corridor,
    /// A dining room.
    DiningRoom,
    /// A landing with a flight of stairs.
    Staircase,
}

impl RoomKind {
    /// All kinds, in the order of their values.
    pub const ALL: [Self; 8] = [
        Self::Kitchen,
        Self::Bedroom,
        Self::Bathroom,
        Self::Office,
        Self::LivingRoom,
        Self::Corridor,
        Self::DiningRoom,
        Self::Staircase,
    ];

    /// The name, as in the dataset's manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kitchen => "kitchen",
            Self::Bedroom => "bedroom",
            Self::Bathroom => "bathroom",
            Self::Office => "office",
            Self::LivingRoom => "living_room",
            Self::Corridor => "corridor",
            Self::DiningRoom => "dining_room",
            Self::Staircase => "staircase",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_positions() {
        assert!(Class::ALL.iter().enumerate().all(|(i, &c)| c as usize == i));
        let furniture = Class::ALL.iter().filter(|c| c.is_furniture() && c.is_structure());
        assert_eq!(furniture.count(), 0);
        assert!(RoomKind::ALL.iter().enumerate().all(|(i, &k)| k as usize == i));
    }
}
