//! The frame: arrivals in their interval, records in order.

use crate::check::check;

#[test]
fn an_arrival_counts_in_the_interval_of_its_moment() {
    check(
        "10:00:00 link up
         10:00:05 arrived split=sales call=c1
         10:29:59.999999 arrived split=sales call=c2
         10:30:00 arrived split=sales call=c3
         # Late by three seconds: it belongs to the interval before.
         10:29:59 arrived split=sales call=c4
         11:31:00 advance
         hsplit 1000 split=sales i_arrived=3
         hsplit 1030 split=sales i_arrived=1
         interval 1000 observed=1800 disturbed=1
         interval 1030 observed=1800
         interval 1100 observed=1800
         interval 1130 observed=60",
    );
}

#[test]
fn nothing_is_observed_while_the_switch_is_not_heard() {
    check(
        "10:00:00 link up
         10:10:00 link down why=reset
         10:40:00 link up why=back
         10:59:00 advance
         interval 1000 observed=600 disturbed=1
         interval 1030 observed=1140 disturbed=1
         hsplit none",
    );
}
