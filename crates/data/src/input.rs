//! What the encoder of a task sees of an image.

use taskonomy_core::{Encoding, Input, Task};

use crate::jigsaw::Jigsaw;
use crate::lab::LAB;
use crate::noise::Stream;

/// Makes inputs of one task.
#[derive(Debug)]
pub(crate) struct InputMaker {
    input: Input,
    task: String,
    size: usize,
    jigsaw: Jigsaw,
    /// u8 to [-1, 1].
    codes: Vec<f32>,
}

impl InputMaker {
    /// For images of `size`×`size` pixels; says what is wrong with the task's input otherwise.
    pub(crate) fn new(task: &Task, size: usize) -> Result<Self, String> {
        match task.input {
            Input::Noise { sigma } if !(sigma >= 0.0 && sigma.is_finite()) => {
                return Err(format!("the noise's sigma is {sigma}: it must be 0 or more"));
            }
            Input::Hole { side } if !(0.0..=1.0).contains(&side) => {
                return Err(format!("the hole's side is {side}: it must be from 0 to 1"));
            }
            _ => {}
        }
        let codes = (0..=255).map(|v| Encoding::Image.encode(f32::from(v as u8))).collect();
        let jigsaw = Jigsaw::new(task.id.as_str(), size);
        Ok(Self { input: task.input, task: task.id.to_string(), size, jigsaw, codes })
    }

    /// Appends what the task's encoder sees of an image when other tasks read it: the same, but a
    /// jigsaw's tiles stay where they are.
    pub(crate) fn append_as_source(&self, id: &str, rgb: &[u8], seed: u64, out: &mut Vec<f32>) {
        if self.input == Input::Jigsaw {
            out.extend(rgb.iter().map(|&v| self.codes[usize::from(v)]));
        } else {
            self.append(id, rgb, seed, out);
        }
    }

    /// Appends 3×H×W values in [-1, 1].
    pub(crate) fn append(&self, id: &str, rgb: &[u8], seed: u64, out: &mut Vec<f32>) {
        let start = out.len();
        if self.input == Input::Lightness {
            let (lab, plane) = (&*LAB, rgb.len() / 3);
            let (red, rest) = rgb.split_at(plane);
            let colours = red.iter().zip(rest).zip(&rest[plane..]);
            out.extend(colours.map(|((&r, &g), &b)| lab.lightness([r, g, b]) / 50.0 - 1.0));
            out.extend_from_within(start..start + plane);
            out.extend_from_within(start..start + plane);
            return;
        }
        out.extend(rgb.iter().map(|&v| self.codes[usize::from(v)]));
        match self.input {
            Input::Noise { sigma } => {
                let words = [id.as_bytes(), self.task.as_bytes(), &seed.to_le_bytes()];
                let add = |value: f32, z: f32| (value + sigma as f32 * z).clamp(-1.0, 1.0);
                Stream::new(&words).gaussian(&mut out[start..], add);
            }
            Input::Hole { side } => {
                let side = (side * self.size as f64).round() as usize;
                let mut stream = Stream::new(&[id.as_bytes(), self.task.as_bytes()]);
                let [top, left] = [0, 1].map(|_| stream.below(self.size - side + 1));
                for plane in out[start..].chunks_mut(self.size * self.size) {
                    for row in plane.chunks_mut(self.size).skip(top).take(side) {
                        row[left..left + side].fill(0.0);
                    }
                }
            }
            Input::Jigsaw => self.jigsaw.shuffle(id, &mut out[start..]),
            Input::Rgb | Input::Lightness => {}
        }
    }
}
