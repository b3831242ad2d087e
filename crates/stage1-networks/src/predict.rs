//! What a trained network makes of images from anywhere.

use std::path::{Path, PathBuf};

use taskonomy_core::Task;
use taskonomy_data::TaskView;
use taskonomy_data::picture::{RgbImage, grid};
use taskonomy_nn::{Model, Network, Prediction, description, images};

use crate::error::NetworkError;
use crate::train::{Description, Setup};

/// A trained network with what is needed to show its predictions.
#[derive(Debug)]
pub struct Predictor<'a> {
    view: TaskView<'a>,
    model: Model<Network>,
    size: usize,
    seed: u64,
}

impl<'a> Predictor<'a> {
    /// Loads `stage1/<task>/weights.safetensors`.
    ///
    /// The dataset that it was trained on must still be there: the scale of its labels is the scale
    /// of the predictions.
    ///
    /// # Errors
    /// The file is missing, or not of this task or dataset.
    pub fn load(setup: &Setup<'a>, task: &Task, file: &Path) -> Result<Self, NetworkError> {
        let bytes = std::fs::read(file)
            .map_err(|source| NetworkError::Io { file: file.to_owned(), source })?;
        let view = TaskView::new(setup.dataset, task)?;
        let wrong = |why: String| NetworkError::Description { file: file.to_owned(), why };
        let text = description(&bytes)?.ok_or_else(|| wrong("it has no description".into()))?;
        let found: Description =
            serde_json::from_str(&text).map_err(|e| wrong(format!("its description: {e}")))?;
        let (size, views) = (setup.dataset.manifest().size, view.views());
        if views > 1 {
            return Err(NetworkError::Tuples { task: task.id.clone(), views });
        }
        let expected = Description { task: task.id.clone(), width: view.width(), size };
        if found != expected {
            return Err(wrong(format!("it describes {found:?}, the run has {expected:?}")));
        }
        let prediction = Prediction::new(task.output, view.width())
            .ok_or_else(|| NetworkError::Untrained(task.id.clone()))?;
        let kind = setup.pipeline.networks.encoder;
        let mut model = Model::new(0, setup.compute, |b| Network::new(b, kind, 1, prediction));
        model.load(&bytes)?;
        Ok(Self { view, model, size, seed: setup.pipeline.seed })
    }

    /// The image as the network saw it beside what it predicts, as a PNG in the folder `out` under
    /// the image's name; gives its path.
    ///
    /// # Errors
    /// The image is no readable PNG, or the picture cannot be written.
    pub fn paint(&self, image: &Path, out: &Path) -> Result<PathBuf, NetworkError> {
        let io = |file: &Path| {
            let file = file.to_owned();
            move |source| NetworkError::Io { file, source }
        };
        let bytes = std::fs::read(image).map_err(io(image))?;
        let read = RgbImage::from_png(&bytes)
            .map_err(|source| NetworkError::Image { file: image.to_owned(), source })?;
        let name = image.file_stem().unwrap_or_default().to_string_lossy();
        let input = self.view.foreign_input(&name, &read, self.seed);
        let output = self.model.predict(&images(&input, [3, self.size, self.size])).reshape(-1);
        let output = Vec::<f32>::try_from(&output).expect("predictions are f32");
        let pictures = [read.centred(self.size), self.view.paint(&output)];
        let pictures = pictures.map(|p| p.scaled(256_usize.div_ceil(p.width()))).to_vec();
        let sheet = grid(&["image", "prediction"], &[pictures]);
        let file = out.join(format!("{name}.png"));
        taskonomy_run::write_atomic(&file, &sheet.to_png()).map_err(io(&file))?;
        Ok(file)
    }
}
