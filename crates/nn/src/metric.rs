//! The metric loss: places of one segment near one another, places of two apart (Fathi et al., 2017;
//! Zamir et al., CVPR 2018, supplement 14).

use tch::Tensor;

use crate::loss::{Labels, apart};

/// Squared distances beyond this count as this: exp(80) is far within f32.
const FARTHEST: f64 = 80.0;
/// Equal embeddings of two segments would cost without end: their likelihood of being of one is
/// counted as this.
const SUREST: f64 = 0.98;

/// The sum, over the pairs of places with a weight, of −ln s for places of one segment and of
/// −ln(1 − s) for others, s = 2/(1 + exp d²), d the distance of their embeddings: a value per
/// sample (N), and the number of pairs of each.
///
/// `prediction` is N×D·f²×h×w, folded as the labels are.
pub(crate) fn metric(prediction: &Tensor, labels: &Labels) -> (Tensor, Tensor) {
    let places = |t: &Tensor| apart(t, labels).flatten(2, -1); // N×C×places
    let weight = places(&labels.weight).squeeze_dim(1);
    let most = weight.sum_dim_intlist([1_i64].as_slice(), false, None).max().double_value(&[]);
    let (weight, chosen) = weight.topk((most as i64).max(1), 1, true, true);
    let chosen = chosen.unsqueeze(1);
    let segment = places(&labels.values).gather(2, &chosen, false);
    let prediction = places(prediction);
    let each = [-1, prediction.size()[1], -1];
    let embedding = prediction.gather(2, &chosen.expand(each, false), false);

    let square = embedding.square().sum_dim_intlist([1_i64].as_slice(), true, None); // N×1×n
    let product = embedding.transpose(1, 2).bmm(&embedding);
    let distance = (square.transpose(1, 2) + &square - product * 2.0).clamp(0.0, FARTHEST);
    let ln_one = std::f64::consts::LN_2 - distance.softplus();
    let ln_two = (-ln_one.exp().clamp_max(SUREST) + 1.0).log();
    let same = segment.transpose(1, 2).eq_tensor(&segment);
    let pairs = (weight.unsqueeze(2) * weight.unsqueeze(1)).tril(-1);
    let losses = -ln_one.where_self(&same, &ln_two) * &pairs;
    let sum = |t: &Tensor| t.sum_dim_intlist([1_i64, 2].as_slice(), false, None);
    (sum(&losses), sum(&pairs))
}
