//! The calendars of real places: whatever their clocks do, intervals stand one behind the other
//! without a gap, add up to the local day, and days to weeks and months.

use engine::Day;
use facts::{Date, Stamp};
use history::calendar::{Calendar, Interval, Length};
use history::{Level, rollup};

fn calendar(place: &str, length: Length) -> Calendar {
    Day::named(place).expect("tz database").calendar(length, 2000, 2040)
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

fn at(text: &str) -> Stamp {
    Stamp::parse(text).expect("a moment")
}

fn intervals(calendar: &Calendar, date: Date) -> Vec<Interval> {
    let mut all = vec![calendar.interval(calendar.begin(date))];
    while let Some(next) = all.last().map(|i| i.to).filter(|to| *to < calendar.end(date)) {
        all.push(calendar.interval(next));
    }
    all
}

fn starts(calendar: &Calendar, day: &str) -> Vec<i64> {
    intervals(calendar, date(day)).iter().map(|i| i.starttime).collect()
}

#[test]
fn intervals_tile_every_day_of_every_kind_of_place() {
    let places = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Pacific/Apia",
    ];
    for place in places {
        for length in [Length::Quarter, Length::Half, Length::Hour] {
            let calendar = calendar(place, length);
            for year in ["2011", "2018", "2026"] {
                let first = date(&format!("{year}-01-01"));
                for day in first.0..first.0 + 366 {
                    let day = Date(day);
                    let (begin, end) = (calendar.begin(day), calendar.end(day));
                    if begin == end {
                        // The one day that Samoa left out.
                        assert_eq!((place, day), ("Pacific/Apia", date("2011-12-30")));
                        continue;
                    }
                    let all = intervals(&calendar, day);
                    assert_eq!(all[0].from, begin, "{place} {day}");
                    assert!(all.windows(2).all(|w| w[0].to == w[1].from), "{place} {day}");
                    assert!(all.iter().all(|i| i.date == day), "{place} {day}");
                    let longest = length.minutes() * 60;
                    assert!(all.iter().all(|i| (1..=longest).contains(&i.seconds())));
                    let sum: i64 = all.iter().map(Interval::seconds).sum();
                    assert_eq!(sum, end.secs() - begin.secs(), "{place} {day}");
                }
            }
        }
    }
}

#[test]
fn a_night_of_23_hours_lacks_an_hour_and_one_of_25_has_it_twice() {
    let berlin = calendar("Europe/Berlin", Length::Half);
    let spring = starts(&berlin, "2026-03-29");
    assert_eq!(spring.len(), 46);
    assert_eq!(spring[..6], [0, 30, 100, 130, 300, 330]);
    let autumn = starts(&berlin, "2026-10-25");
    assert_eq!(autumn.len(), 50);
    assert_eq!(autumn[..9], [0, 30, 100, 130, 200, 230, 200, 230, 300]);
    // The same local time, another moment.
    let first = berlin.interval(at("2026-10-25T00:10:00Z"));
    let second = berlin.interval(at("2026-10-25T01:10:00Z"));
    assert_eq!((first.starttime, second.starttime), (200, 200));
    assert_eq!(first.to.secs() + 1800, second.from.secs());
}

#[test]
fn clocks_that_jump_by_half_an_hour_cut_an_hour_in_two() {
    // Lord Howe: 02:00 becomes 01:30 on 5 April 2026, 02:00 becomes 02:30 on 4 October.
    let island = calendar("Australia/Lord_Howe", Length::Hour);
    let autumn = intervals(&island, date("2026-04-05"));
    assert_eq!(autumn[..4].iter().map(|i| i.starttime).collect::<Vec<_>>(), [0, 100, 130, 200]);
    assert_eq!(
        autumn[..4].iter().map(Interval::seconds).collect::<Vec<_>>(),
        [3600, 3600, 1800, 3600]
    );
    let spring = intervals(&island, date("2026-10-04"));
    assert_eq!(spring[..4].iter().map(|i| i.starttime).collect::<Vec<_>>(), [0, 100, 230, 300]);
    let day = |text| island.end(date(text)).secs() - island.begin(date(text)).secs();
    assert_eq!((day("2026-04-05"), day("2026-10-04")), (88_200, 84_600));
}

#[test]
fn an_odd_offset_moves_the_intervals_with_it() {
    let kathmandu = calendar("Asia/Kathmandu", Length::Half);
    let interval = kathmandu.interval(at("2026-11-21T06:20:00Z"));
    // 12:05 there; half hours begin at a quarter past and a quarter to in UTC.
    assert_eq!((interval.starttime, interval.from), (1200, at("2026-11-21T06:15:00Z")));
    assert_eq!(kathmandu.begin(date("2026-11-21")), at("2026-11-20T18:15:00Z"));
}

#[test]
fn a_day_whose_midnight_does_not_exist_begins_at_its_first_moment() {
    // 00:00 became 01:00.
    let brazil = calendar("America/Sao_Paulo", Length::Half);
    assert_eq!(starts(&brazil, "2018-11-04")[..2], [100, 130]);
    assert_eq!(brazil.begin(date("2018-11-04")), at("2018-11-04T03:00:00Z"));
    assert_eq!(brazil.end(date("2018-11-03")), brazil.begin(date("2018-11-04")));
}

#[test]
fn weeks_months_and_years_end_where_the_next_begin() {
    let berlin = calendar("Europe/Berlin", Length::Half);
    // 2026-11-21 is a Saturday.
    for (first, begins) in [(0, "2026-11-15"), (1, "2026-11-16"), (6, "2026-11-21")] {
        assert_eq!(date("2026-11-21").week(first), date(begins), "{first}");
    }
    for (month, next) in [
        ("2028-02-01", "2028-03-01"),
        ("2026-02-01", "2026-03-01"),
        ("2026-12-01", "2027-01-01"),
        ("2026-01-01", "2026-02-01"),
    ] {
        assert_eq!(rollup::after(Level::Month, date(month)), date(next));
    }
    let seconds = |level, first| {
        let row = rollup::seconds(level, date(first), &berlin, 1, &"a".into());
        row.map(|(shape, row)| (shape.name, row[2].clone())).expect("such a table")
    };
    let is = |table, seconds: i64| (table, facts::table::Value::Int(seconds));
    assert_eq!(seconds(Level::Day, "2028-02-29"), is("d_secs", 86_400));
    assert_eq!(seconds(Level::Week, "2026-12-27"), is("w_secs", 7 * 86_400));
    // March has a night of 23 hours, October one of 25.
    assert_eq!(seconds(Level::Month, "2026-03-01"), is("m_secs", 31 * 86_400 - 3_600));
    assert_eq!(seconds(Level::Month, "2026-10-01"), is("m_secs", 31 * 86_400 + 3_600));
    assert_eq!(seconds(Level::Month, "2028-02-01"), is("m_secs", 29 * 86_400));
    // A call in the last second of the year.
    let last = berlin.interval(at("2026-12-31T22:59:59.9Z"));
    assert_eq!((last.date, last.starttime), (date("2026-12-31"), 2330));
    let first = berlin.interval(at("2026-12-31T23:00:00Z"));
    assert_eq!((first.date, first.starttime), (date("2027-01-01"), 0));
}

#[test]
fn years_that_nobody_asked_for_keep_the_nearest_offset() {
    let berlin = Day::named("Europe/Berlin").expect("tz database");
    let short = berlin.calendar(Length::Half, 2026, 2026);
    assert_eq!(short.zone(at("2026-07-01T00:00:00Z")).0, 7_200);
    assert_eq!(short.zone(at("2025-07-01T00:00:00Z")).0, 3_600);
    assert_eq!(short.zone(at("2027-07-01T00:00:00Z")).0, 3_600);
}
