//! The authors' ids of tasks, and ours.

use crate::dictionary::Dictionary;
use crate::id::TaskId;

/// All ids in the published files. Those that the dictionary has no task for stay as they are.
const OFFICIAL: [&str; 28] = [
    "autoencoder",
    "class_1000",
    "class_places",
    "class_selected",
    "colorization",
    "curvature",
    "denoise",
    "edge2d",
    "edge3d",
    "ego_motion",
    "fix_pose",
    "impainting_whole",
    "inpainting_whole",
    "jigsaw",
    "keypoint2d",
    "keypoint3d",
    "non_fixated_pose",
    "point_match",
    "random",
    "reshade",
    "rgb2depth",
    "rgb2mist",
    "rgb2sfnorm",
    "room_layout",
    "segment25d",
    "segment2d",
    "segmentsemantic_rb",
    "vanishing_point_well_defined",
];

/// Whether the authors, or we, call a task so.
pub(super) fn is_known(id: &TaskId, tasks: &Dictionary) -> bool {
    OFFICIAL.binary_search(&id.as_str()).is_ok() || tasks.find(id.as_str()).is_ok()
}

/// Our id of the task where the dictionary has it, else the id itself.
pub(super) fn ours(id: TaskId, tasks: &Dictionary) -> TaskId {
    tasks.find(id.as_str()).map_or(id, |task| task.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_official_id_is_an_id_of_ours_or_stays_what_it_is() {
        assert!(OFFICIAL.is_sorted());
        let tasks = Dictionary::builtin();
        for name in OFFICIAL {
            let id = TaskId::new(name).unwrap();
            assert!(is_known(&id, &tasks));
            let mapped = ours(id.clone(), &tasks);
            assert_eq!(ours(mapped.clone(), &tasks), mapped, "{name}");
            let in_dictionary = tasks.find(name).is_ok();
            assert!(in_dictionary || mapped == id, "{name} became {mapped}");
        }
        let normals = ours(TaskId::new("rgb2sfnorm").unwrap(), &tasks);
        assert_eq!(normals.as_str(), "normals");
        assert!(!is_known(&TaskId::new("sfnorm").unwrap(), &tasks));
    }

    #[test]
    fn official_aliases_in_the_dictionary_are_official_ids() {
        for task in Dictionary::builtin().iter() {
            for alias in &task.official {
                assert!(OFFICIAL.binary_search(&alias.as_str()).is_ok(), "{alias}");
            }
        }
    }
}
