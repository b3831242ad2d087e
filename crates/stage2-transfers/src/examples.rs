//! A picture of what a transfer predicts.

use taskonomy_core::{Sources, Split, TaskId};
use taskonomy_data::picture::spread;
use taskonomy_nn::{Batches, Watch};
use taskonomy_run::JobKind;

use crate::error::TransferError;
use crate::workshop::Workshop;

/// Samples in `examples.png`.
const EXAMPLES: usize = 6;

impl Workshop<'_> {
    /// Writes `examples.png`: input, truth and the transfer's prediction of a few test samples.
    ///
    /// Where the run kept no weights of the transfer, the readout is trained again, which gives the
    /// same ones.
    ///
    /// # Errors
    /// As [`Workshop::transfer`].
    pub fn examples(
        &self,
        target: &TaskId,
        sources: &Sources,
        watch: &mut Watch,
    ) -> Result<(), TransferError> {
        let transfer = JobKind::Transfer { target: target.clone(), sources: sources.clone() };
        let weights = self.run.job(&transfer).path("weights.safetensors");
        let batches = self.representations(target, sources, &mut watch.times)?;
        let model = if weights.exists() {
            let mut model = self.fresh_readout(target, sources, 0)?;
            model.load(&self.run.job(&transfer).read("weights.safetensors")?)?;
            model
        } else {
            self.train_readout(None, target, sources, &batches, watch)?.0
        };
        let rows = spread(EXAMPLES, batches.len(Split::Test));
        let predicted = model.predict(&batches.input(Split::Test, &rows)).reshape(-1);
        let predicted = Vec::<f32>::try_from(&predicted).expect("predictions are f32");
        let caption = format!("from {sources}");
        let columns = [(caption.as_str(), predicted.as_slice())];
        let sheet = self.view(target)?.compare(Split::Test, &rows, self.pipeline.seed, &columns);
        let examples = JobKind::Examples { target: target.clone(), sources: sources.clone() };
        Ok(self.run.job(&examples).write("examples.png", &sheet.to_png())?)
    }
}
