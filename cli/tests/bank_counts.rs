//! The call counts that `examples/scenarios/bank-2003.toml` states, against the records they are from.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Counts by half hour of the day, and the coefficient of variation of the daily factor, over all days of the records.
fn from_records(text: &str) -> (Vec<f64>, f64) {
    let (mut halves, mut days) = (vec![0.0; 48], BTreeMap::<String, f64>::new());
    for row in csv::Reader::from_reader(text.as_bytes()).into_records() {
        let row = row.unwrap();
        let (day, time) = row[0].split_once(' ').unwrap();
        let mut parts = time.split(':').map(|part| part.parse::<usize>().unwrap());
        let (hour, minute) = (parts.next().unwrap(), parts.next().unwrap());
        let calls: f64 = row[1].parse().unwrap();
        halves[hour * 2 + minute / 30] += calls;
        *days.entry(day.to_owned()).or_default() += calls;
    }
    let n = days.len() as f64;
    let mean = days.values().sum::<f64>() / n;
    let variance = days.values().map(|calls| (calls - mean).powi(2)).sum::<f64>() / (n - 1.0);
    halves.iter_mut().for_each(|calls| *calls /= n);
    // A day's count varies as Poisson's, and by its factor.
    (halves, (variance - mean).sqrt() / mean)
}

/// Real counts of a bank. They are not part of the project; without them this test is skipped.
#[test]
fn the_stated_counts_are_the_recorded_means() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = std::env::var_os("CORDBOARD_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let path = folder.join("bank_volumes_2003_5min.csv.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        let shown = path.display();
        writeln!(std::io::stderr(), "skipped: no call counts at {shown}; set CORDBOARD_DATA to their folder").unwrap();
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let (halves, variation) = from_records(&text);

    let scenario = std::fs::read_to_string(root.join("examples/scenarios/bank-2003.toml")).unwrap();
    let list = scenario.split("counts = [").nth(1).unwrap().split(']').next().unwrap();
    let lines = list.lines().map(|line| line.split('#').next().unwrap());
    let stated: Vec<f64> =
        lines.flat_map(|line| line.split(',')).filter_map(|number| number.trim().parse().ok()).collect();
    assert_eq!(stated.len(), 48);
    for (half, (stated, recorded)) in stated.iter().zip(&halves).enumerate() {
        assert!((stated - recorded).abs() <= 0.5, "half hour {half}: {stated} stated, {recorded:.1} recorded");
    }
    assert_eq!(stated.iter().sum::<f64>().round() as u32, 32_462);
    let given: f64 = scenario.split("variation = ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!((given - variation).abs() < 0.005, "{given} stated, {variation:.4} recorded");
}
