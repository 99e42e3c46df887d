//! A figure as pixels.

/// Why a figure could not be turned into pixels.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The text is no SVG.
    #[error("the figure is no valid SVG: {0}")]
    Svg(String),
    /// The picture would have no pixels, or too many.
    #[error("a picture of {width} by {height} pixels cannot be made: choose another scale")]
    Size {
        /// Pixels across.
        width: f32,
        /// Pixels down.
        height: f32,
    },
    /// The pixels could not be written as PNG.
    #[error("the pixels could not be written: {0}")]
    Encode(String),
}

/// The SVG drawn with `scale` pixels for each of its own, as a PNG file. A free font travels with the program.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    use resvg::{tiny_skia, usvg};
    let mut options = usvg::Options { font_family: "DejaVu Sans".into(), ..Default::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(dejavu::sans_condensed::regular().to_vec());
    fonts.load_font_data(dejavu::sans_condensed::oblique().to_vec());
    for generic in [
        usvg::fontdb::Database::set_sans_serif_family::<&str>,
        usvg::fontdb::Database::set_serif_family::<&str>,
        usvg::fontdb::Database::set_monospace_family::<&str>,
    ] {
        generic(fonts, "DejaVu Sans");
    }
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| PngError::Svg(e.to_string()))?;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let pixels =
        (width * height < 4e8).then(|| tiny_skia::Pixmap::new(width.ceil() as u32, height.ceil() as u32));
    let Some(mut pixels) = pixels.flatten() else { return Err(PngError::Size { width, height }) };
    pixels.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| PngError::Encode(e.to_string()))
}
