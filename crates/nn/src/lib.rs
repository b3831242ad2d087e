//! Encoders, decoders, readouts, losses and the one training loop.
