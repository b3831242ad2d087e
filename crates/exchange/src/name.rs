//! Names of files: `point_P_view_V_domain_D.ENDING`.

/// A point that is looked at, and a view of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ViewId {
    /// The number of the point.
    pub(crate) point: u32,
    /// The number of the view; it goes beyond 9, so that names do not sort as numbers do.
    pub(crate) view: u32,
}

impl ViewId {
    /// The name of a file of this view.
    pub(crate) fn file(self, suffix: &str, ending: &str) -> String {
        format!("{self}_domain_{suffix}.{ending}")
    }
}

impl std::fmt::Display for ViewId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "point_{}_view_{}", self.point, self.view)
    }
}

/// The parts of a file's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FileName<'n> {
    pub(crate) id: ViewId,
    pub(crate) suffix: &'n str,
    pub(crate) ending: &'n str,
}

/// Takes a name apart; none if it is not of that form.
pub(crate) fn parse(name: &str) -> Option<FileName<'_>> {
    let (id, rest) = parse_view(name)?;
    let (suffix, ending) = rest.strip_prefix("_domain_")?.split_once('.')?;
    Some(FileName { id, suffix, ending })
}

/// Takes `point_P_view_V` off the front of a text.
pub(crate) fn parse_view(text: &str) -> Option<(ViewId, &str)> {
    let (point, rest) = number(text.strip_prefix("point_")?)?;
    let (view, rest) = number(rest.strip_prefix("_view_")?)?;
    Some((ViewId { point, view }, rest))
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_come_apart() {
        let id = ViewId { point: 12, view: 103 };
        let name = "point_12_view_103_domain_edge_texture.png";
        let expected = FileName { id, suffix: "edge_texture", ending: "png" };
        assert_eq!(parse(name), Some(expected));
        assert_eq!(id.file("edge_texture", "png"), name);
        // Leading zeros are read, though they are not written.
        assert_eq!(parse("point_012_view_103_domain_rgb.png").unwrap().id, id);
        for wrong in [
            "",
            "point_1_view_2.png",
            "point_1_view_2_domain_rgb",
            "point__view_2_domain_rgb.png",
            "point_-1_view_2_domain_rgb.png",
            "point_1_view_99999999999_domain_rgb.png",
            "Point_1_view_2_domain_rgb.png",
            "point_1_view_2_domain.png",
            "point_+1_view_2_domain_rgb.png",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_text_is_a_name_or_none(text in "(point_|view_|domain_|[0-9]{0,12}|_|\\.|[\\PC]{0,2}){0,9}") {
            if let Some(FileName { id, suffix, ending }) = parse(&text) {
                let again = id.file(suffix, ending);
                prop_assert_eq!(parse(&again), parse(&text));
            }
        }

        #[test]
        fn what_is_written_is_read(point: u32, view: u32) {
            let id = ViewId { point, view };
            let text = id.to_string();
            prop_assert_eq!(parse_view(&text), Some((id, "")));
        }
    }
}
