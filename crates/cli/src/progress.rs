//! A progress bar on standard error, when that is a terminal and the work takes more than a second.

use crate::interrupt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const PARTS: u64 = 10_000;

/// A bar that appears late and listens to Ctrl-C.
pub struct Bar {
    began: Instant,
    shown: bool,
    bar: OnceLock<ProgressBar>,
}

impl Bar {
    /// A bar; silent where `quiet` or where standard error is no terminal.
    pub fn new(quiet: bool) -> Self {
        Self { began: Instant::now(), shown: !quiet && std::io::stderr().is_terminal(), bar: OnceLock::new() }
    }

    /// Takes the fraction done; answers "stop" after Ctrl-C.
    pub fn advance(&self, fraction: f64) -> ControlFlow<()> {
        if interrupt::is_pressed() {
            return ControlFlow::Break(());
        }
        if self.shown && self.began.elapsed() > Duration::from_secs(1) {
            let bar = self.bar.get_or_init(|| {
                let bar = ProgressBar::with_draw_target(Some(PARTS), ProgressDrawTarget::stderr());
                bar.set_style(
                    ProgressStyle::with_template("{wide_bar} {percent} % {eta} left")
                        .expect("the template names known fields"),
                );
                bar
            });
            bar.set_position((fraction.clamp(0.0, 1.0) * PARTS as f64) as u64);
        }
        ControlFlow::Continue(())
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
