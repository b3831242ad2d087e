use taskonomy_core::Dictionary;
use taskonomy_exchange::check as check_folder;

use crate::memory::MemoryTree;

const DOMAINS: [(&str, &str); 16] = [
    ("rgb", "png"),
    ("depth_zbuffer", "png"),
    ("depth_euclidean", "png"),
    ("normal", "png"),
    ("principal_curvature", "png"),
    ("reshading", "png"),
    ("edge_texture", "png"),
    ("edge_occlusion", "png"),
    ("keypoints2d", "png"),
    ("keypoints3d", "png"),
    ("segment_semantic", "png"),
    ("segment_unsup2d", "png"),
    ("segment_unsup25d", "png"),
    ("class_object", "npy"),
    ("class_scene", "npy"),
    ("point_info", "json"),
];

/// Files from bytes: one for the layout (2 bits), building (2 bits) and domain (4 bits), one for the
/// view (7 bits; the last is for a leading zero), two for the length, then so many bytes of the file.
/// The layout 3 is a path of the first bytes of the file, as many as the view says.
pub fn files(mut bytes: &[u8]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    while let Some((&[place, view, low, high], rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes([low, high])).min(rest.len());
        let (data, rest) = rest.split_at(length);
        bytes = rest;
        let (domain, ending) = DOMAINS[usize::from(place & 15)];
        let building = ["a", "b", "c", "d"][usize::from(place >> 4 & 3)];
        let (zero, number) = (if view > 127 { "0" } else { "" }, view & 127);
        let name =
            format!("point_{zero}{}_view_{}_domain_{domain}.{ending}", number / 4, number % 4);
        let path = match place >> 6 {
            0 => format!("{domain}/{building}/{name}"),
            1 => format!("{domain}/taskonomy/{building}/{name}"),
            2 => format!("{building}/{domain}/{name}"),
            _ => {
                let (path, data) = data.split_at(usize::from(view).min(data.len()));
                let path = String::from_utf8_lossy(path).into_owned();
                // No disk has such names.
                let usable = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
                if usable && !path.contains('\0') {
                    tree.0.insert(path, data.to_vec());
                }
                continue;
            }
        };
        tree.0.insert(path, data.to_vec());
    }
    tree
}

/// Any files are a folder that can be told of or an error that can be shown; what is counted adds up.
pub fn check(bytes: &[u8]) {
    static TASKS: std::sync::LazyLock<Dictionary> = std::sync::LazyLock::new(Dictionary::builtin);
    let tree = files(bytes);
    match check_folder(&tree, "folder", &TASKS, &|_| true) {
        Ok(checked) => {
            let rgb = checked.present.get("rgb").copied().unwrap_or(0);
            assert_eq!(rgb, checked.views);
            assert_eq!(checked.sizes.values().sum::<usize>(), checked.views);
            assert!(checked.present.values().all(|&count| count <= checked.views));
            // A camera's file may fail for each of three domains.
            assert!(checked.faults.total() <= 3 * tree.0.len());
            for fault in &checked.faults.named {
                assert!(fault.why.len() < 500 && !fault.file.is_empty(), "{fault:?}");
                assert!(!fault.file.chars().any(char::is_control), "{fault:?}");
            }
        }
        Err(error) => {
            let said = error.to_string();
            assert!(!said.is_empty() && said.len() < 100_000);
        }
    }
}
