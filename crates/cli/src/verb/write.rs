//! The files of a study: report, findings, trajectory, figures.

use crate::failure::Failure;
use crate::folder::OutFolder;
use nullcline::report::{diagram_csv, figures, findings, html, png, trajectory_npz};
use nullcline::study::Study;

/// Writes everything into the folder; the report last, so that it never speaks of a file that is not there.
///
/// # Errors
/// When a file cannot be written.
pub fn write(study: &Study, folder: &OutFolder, with_png: bool) -> Result<(), Failure> {
    let drawn = figures(study);
    for figure in &drawn {
        folder.write(&format!("figures/{}.svg", figure.name), figure.svg.as_bytes())?;
        if with_png {
            let bytes = png(&figure.svg, 3.0).map_err(|error| Failure::input(error, "run without --png"))?;
            folder.write(&format!("figures/{}.png", figure.name), &bytes)?;
        }
    }
    if let Some(bytes) = trajectory_npz(study) {
        let bytes = bytes.map_err(|error| Failure::input(error, "record less: `[run] record.every`"))?;
        folder.write("trajectory.npz", &bytes)?;
    }
    if let Some(table) = diagram_csv(study) {
        folder.write("diagram.csv", table.as_bytes())?;
    }
    folder.write("findings.json", format!("{:#}\n", findings(study)).as_bytes())?;
    folder.write("report.html", html(study, &drawn).as_bytes())
}
