//! The pinhole camera whose rays cues are defined by.

/// A pinhole camera with square pixels and its optical axis through the image's centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pinhole {
    width: usize,
    height: usize,
    focal: f32,
}

impl Pinhole {
    /// A camera with images of this width and height in pixels, and a horizontal field of view in
    /// radians, in (0, π).
    pub fn new(width: usize, height: usize, fov: f32) -> Self {
        Self { width, height, focal: width as f32 / (2.0 * (fov / 2.0).tan()) }
    }

    /// Focal length in pixels: f = W / (2 tan(fov/2)).
    pub fn focal(&self) -> f32 {
        self.focal
    }

    /// The ray through the centre of pixel (column `px`, row `py`), in the camera's frame and
    /// scaled so that z is −1: ((px+½−W/2)/f, −(py+½−H/2)/f, −1).
    pub fn ray(&self, px: usize, py: usize) -> [f32; 3] {
        let x = (px as f32 + 0.5 - self.width as f32 / 2.0) / self.focal;
        let y = (py as f32 + 0.5 - self.height as f32 / 2.0) / self.focal;
        [x, -y, -1.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_angle_sees_45_degrees_to_each_side() {
        let camera = Pinhole::new(2, 2, std::f32::consts::FRAC_PI_2);
        assert!((camera.focal() - 1.0).abs() < 1e-6);
        let ray = camera.ray(0, 0);
        assert!((ray[0] + 0.5).abs() < 1e-6 && (ray[1] - 0.5).abs() < 1e-6 && ray[2] == -1.0);
    }
}
