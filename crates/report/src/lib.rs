//! Tables, SVG and HTML from the results of a run, as bytes.
