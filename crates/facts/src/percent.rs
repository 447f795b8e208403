//! The one way in which a share becomes a number that people read. It knows no table.

/// `part` of `whole` in whole percent, halves up; `None` of nothing. For totals both are sums:
/// a percentage of percentages means nothing.
pub const fn percent(part: i64, whole: i64) -> Option<i64> {
    if whole > 0 {
        Some(part.saturating_mul(200).saturating_add(whole) / whole.saturating_mul(2))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn halves_go_up_and_nothing_has_no_share() {
        assert_eq!([percent(1, 200), percent(1, 201), percent(2, 3)], [Some(1), Some(0), Some(67)]);
        assert_eq!([percent(0, 7), percent(7, 7), percent(0, 0)], [Some(0), Some(100), None]);
        assert!(percent(i64::MAX, i64::MAX).is_some(), "no overflow");
    }
}
