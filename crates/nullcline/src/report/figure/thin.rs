//! Fewer points, the same picture: each bin keeps its least and its largest value.

/// Indices, ascending, of at most about `most` points that keep every extreme of `y`.
pub(in super::super) fn thin(y: &[f64], most: usize) -> Vec<usize> {
    if y.len() <= most.max(4) {
        return (0..y.len()).collect();
    }
    let bins = (most / 2).max(1);
    let mut keep = vec![0];
    for b in 0..bins {
        let (from, to) = (b * y.len() / bins, (b + 1) * y.len() / bins);
        let least = (from..to).min_by(|&i, &j| y[i].total_cmp(&y[j]));
        let largest = (from..to).max_by(|&i, &j| y[i].total_cmp(&y[j]));
        keep.extend(least.into_iter().chain(largest));
    }
    keep.push(y.len() - 1);
    keep.sort_unstable();
    keep.dedup();
    keep
}

/// Indices of at most `most` points at equal distances, the last one among them.
pub(in super::super) fn stride(length: usize, most: usize) -> Vec<usize> {
    if length <= most || most < 2 {
        return (0..length).collect();
    }
    (0..most).map(|k| k * (length - 1) / (most - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_extreme_is_lost() {
        let mut y: Vec<f64> = (0..10_000).map(|k| f64::from(k).sin()).collect();
        y[5_432] = 17.0;
        y[77] = -9.0;
        let kept = thin(&y, 500);
        assert!(kept.len() <= 502 && kept.contains(&5_432) && kept.contains(&77));
        assert_eq!((kept[0], kept[kept.len() - 1]), (0, 9_999));
        assert_eq!(stride(1_000, 3), [0, 499, 999]);
    }
}
