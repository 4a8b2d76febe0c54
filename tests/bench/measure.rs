//! What is made of what was measured: percentiles, a line through points, memory and disk.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// Times that were taken.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// So many of a hundred were shorter; in milliseconds.
    pub(crate) fn at_ms(&mut self, share: usize) -> f64 {
        self.0.sort_unstable();
        let place = self.0.len().saturating_sub(1) * share / 100;
        self.0.get(place).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }

    /// Likewise, in microseconds.
    pub(crate) fn at_us(&mut self, share: usize) -> f64 {
        (self.at_ms(share) * 1e3).round()
    }
}

impl Extend<Duration> for Times {
    fn extend<I: IntoIterator<Item = Duration>>(&mut self, times: I) {
        self.0.extend(times);
    }
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The line through points by least squares: its slope, and the standard error of the slope.
pub(crate) fn slope(points: &[(f64, f64)]) -> Result<(f64, f64)> {
    ensure!(points.len() > 2, "{} points make no line", points.len());
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let spread: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
    ensure!(spread > 0.0, "all points are of one moment");
    let slope = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum::<f64>() / spread;
    let left: f64 = points.iter().map(|it| (it.1 - y - slope * (it.0 - x)).powi(2)).sum();
    Ok((slope, (left / (count - 2.0) / spread).sqrt()))
}

/// What of a process is in memory, in MB (10⁶ bytes).
pub(crate) fn rss_mb(pid: u32) -> Result<f64> {
    status_mb(pid, "VmRSS:")
}

/// The most that ever was.
pub(crate) fn peak_mb(pid: u32) -> Result<f64> {
    status_mb(pid, "VmHWM:")
}

/// Waits until the disk has what was written and the processes rest: what an import leaves to be done is no part of what a
/// request takes. After two minutes it goes on all the same.
pub(crate) fn rest(pids: &[u32]) -> Result<()> {
    const TRIES: u32 = 120;
    /// So many quiet seconds in a row; in each a process takes up to that many hundredths of a second.
    const QUIET: u32 = 3;
    const MOST_TICKS: u64 = 3;
    rustix::fs::sync();
    let mut quiet = 0;
    let all = || pids.iter().map(|pid| ticks(*pid)).collect::<Result<Vec<u64>>>();
    for _ in 0..TRIES {
        let before = all()?;
        std::thread::sleep(std::time::Duration::from_secs(1));
        let rests = before.iter().zip(all()?).all(|(before, after)| after.saturating_sub(*before) <= MOST_TICKS);
        quiet = if rests { quiet + 1 } else { 0 };
        if quiet == QUIET {
            break;
        }
    }
    Ok(())
}

/// The processor time that a process took so far, in hundredths of a second.
fn ticks(pid: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the server is gone")?;
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    // Behind the name: the twelfth and the thirteenth, of the process itself and of the system for it.
    let times = fields.split_whitespace().skip(11).take(2);
    times.map(|ticks| ticks.parse::<u64>().context("its time is no number")).sum()
}

fn status_mb(pid: u32, field: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).context("its memory is not told")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(tenth(kib * 1024.0 / 1e6))
}

/// What a folder takes of the disk, in MB: blocks, not lengths.
pub(crate) fn disk_mb(folder: &Path) -> f64 {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let bytes: u64 = files.filter_map(|it| it.metadata().ok()).map(|it| it.blocks() * 512).sum();
    tenth(bytes as f64 / 1e6)
}

/// To one decimal.
pub(crate) fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// To two decimals.
pub(crate) fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_that_of_the_line_and_its_error_that_of_the_noise() {
        let line: Vec<_> = (0..60).map(|n| (f64::from(n), 5.0 + 0.25 * f64::from(n))).collect();
        let (steep, error) = slope(&line).unwrap();
        assert!((steep - 0.25).abs() < 1e-9 && error < 1e-9, "{steep} ± {error}");
        let flat: Vec<_> = (0..60).map(|n| (f64::from(n), if n % 2 == 0 { 1.0 } else { 3.0 })).collect();
        let (steep, error) = slope(&flat).unwrap();
        assert!(steep.abs() < 2.0 * error, "{steep} ± {error}");
        assert!(slope(&flat[..2]).is_err());
    }

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut times = Times::default();
        times.extend((1..=100).rev().map(Duration::from_millis));
        assert_eq!((times.at_ms(50), times.at_ms(99), times.at_us(0)), (50.0, 99.0, 1_000.0));
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    }
}
