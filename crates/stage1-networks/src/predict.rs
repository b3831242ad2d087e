//! What a trained network makes of images from anywhere.

use std::path::Path;

use taskonomy_core::{Dictionary, Domain, Dtype, Encoding, Input, Task};
use taskonomy_data::TaskView;
use taskonomy_data::picture::RgbImage;
use taskonomy_nn::{Model, Network, Prediction, description, images};

use crate::error::NetworkError;
use crate::train::{Description, Setup};

