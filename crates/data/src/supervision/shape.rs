//! Which tasks fit which domains.

use taskonomy_core::{Domain, Dtype, Encoding, Input, Loss, Output, Target, Task};

use crate::manifest::RGB;

/// Image pixels per predicted place, along each axis.
pub(super) fn stride(output: Output) -> usize {
    match output {
        Output::Dense { stride, .. } | Output::Embedding { stride, .. } => stride,
        Output::Vector { .. } | Output::Class {} | Output::Nothing {} => 1,
    }
}

/// The shape of a sample of the target before the stride, or why the domain does not fit the task.
pub(super) fn shape(
    task: &Task,
    target: &Target,
    domain: &Domain,
    size: usize,
) -> Result<[usize; 3], String> {
    let Domain { name, dtype, shape: [c, h, w], classes, .. } = domain;
    let found = format!("`{name}` is {dtype:?} of shape {:?}", domain.shape);
    let (fits, wanted) = match target.encoding {
        Encoding::Image | Encoding::Signed | Encoding::Unit => (*dtype == Dtype::U8, "U8"),
        Encoding::AbBins => (*dtype == Dtype::U8 && *c == 3, "U8 with 3 channels"),
        Encoding::LogDepth => (*dtype == Dtype::U16, "U16"),
        Encoding::Clip { max } | Encoding::SqrtClip { max } => {
            if !(max > 0.0 && max.is_finite()) {
                return Err(format!("the encoding's max is {max}: it must be above 0"));
            }
            (*dtype == Dtype::U16, "U16")
        }
        Encoding::Labels => {
            (!classes.is_empty() && *c == 1, "classes (with their names in the manifest)")
        }
        Encoding::Plain => (*dtype == Dtype::F32, "F32"),
        Encoding::Segments => {
            (*dtype == Dtype::U8 && *c == 1 && classes.is_empty(), "U8 with 1 channel, no classes")
        }
        Encoding::Permutation => (name == RGB, "the image, whose tiles are shuffled"),
    };
    if !fits {
        return Err(format!("{found}: its encoding needs {wanted}"));
    }
    let permutation = target.encoding == Encoding::Permutation;
    let classes = permutation || matches!(target.encoding, Encoding::Labels | Encoding::AbBins);
    if classes != (task.loss == Loss::CrossEntropy) {
        return Err(
            "cross_entropy goes with the encodings `labels`, `ab_bins` and `permutation`, \
                    and they with it"
                .into(),
        );
    }
    if (target.encoding == Encoding::Segments) != (task.loss == Loss::Metric) {
        return Err("metric goes with the encoding `segments`, and `segments` with it".into());
    }
    if permutation || task.input == Input::Jigsaw {
        let fits = permutation && task.input == Input::Jigsaw && task.output == Output::Class {};
        return fits.then_some([1, 1, 1]).ok_or_else(|| {
            "the input `jigsaw` goes with a class and the encoding `permutation`".into()
        });
    }
    let ab = target.encoding == Encoding::AbBins;
    match task.output {
        Output::Dense { .. } | Output::Embedding { .. } => {
            if [*h, *w] != [size, size] {
                return Err(format!("{found}: a map must be of the images' {size}×{size} pixels"));
            }
            let channels = match task.output {
                Output::Dense { channels: Some(channels), .. } => channels,
                _ => 1,
            };
            let stride = stride(task.output);
            if *c != channels && !ab {
                return Err(format!("{found}: the task predicts {channels} channels"));
            }
            if ![1, 2, 4].contains(&stride) || !size.is_multiple_of(stride) {
                return Err(format!(
                    "its stride is {stride}: it must be 1, 2 or 4 and divide the images' size ({size})"
                ));
            }
            Ok([if ab { 2 } else { *c }, *h, *w])
        }
        Output::Vector { length } if domain.len() == length => Ok([length, 1, 1]),
        Output::Vector { length } => Err(format!("{found}: the task predicts {length} numbers")),
        Output::Class {} if domain.len() == 1 => Ok([1, 1, 1]),
        Output::Class {} => Err(format!("{found}: a class is a single value")),
        Output::Nothing {} => Err("it has a target but no output".into()),
    }
}
