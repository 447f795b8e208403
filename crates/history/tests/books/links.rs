//! What was not heard: `linkex` (cms.md 3.10, 4.2), `coverage`, disturbed intervals.

use crate::check::check;

#[test]
fn a_stretch_not_heard_is_told_when_it_is_over() {
    check(
        "10:00:00 link up
         10:10:00.5 link down why=reset
         10:12:00 link down why=again
         10:40:00.25 link up why=back
         11:01:00 advance
         linkex acd=1 reason=91 duration=- row_date=2026-01-05 row_time=1000 seqno=0 at=10:00:00
         linkex acd=1 reason=97 duration=1800 row_time=1010 seqno=500000 at=10:10:00.5 why=reset
         linkex acd=1 reason=91 duration=- row_time=1040 at=10:40:00.25 why=back restarted=false
         coverage acd=1 since=10:10:00.5 until=10:40:00.25 seconds=1800 cause=reset filled_by=- \
              restarted=false
         interval 1000 observed=600 disturbed=1
         interval 1030 observed=1200 disturbed=1
         interval 1100 observed=60
         ",
    );
}

#[test]
fn an_interval_that_is_all_hole_is_not_observed() {
    check(
        "10:00:00 link up
         10:10:00 link down why=reset
         11:10:00 link up restarted
         11:31:00 advance
         interval 1000 observed=600 disturbed=1
         interval 1030 observed=0
         interval 1100 observed=1200 disturbed=1
         interval 1130 observed=60
         linkex reason=91 restarted=false
         linkex reason=97 duration=3600 restarted=-
         linkex reason=91 restarted=true
         coverage since=10:10:00 until=11:10:00 seconds=3600 restarted=true
         ",
    );
}

#[test]
fn less_than_a_second_not_heard_disturbs_all_the_same() {
    check(
        "10:00:00 link up
         10:10:00.1 link down why=blip
         10:10:00.2 link up
         10:31:00 advance
         interval 1000 observed=1800 disturbed=1
         interval 1030 observed=60
         coverage since=10:10:00.1 until=10:10:00.2 seconds=0 cause=blip
         ",
    );
}
