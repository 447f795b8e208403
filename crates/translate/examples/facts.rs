//! Prints the facts of a capture as lines: `cargo run --example facts -- 16/answered/ami-a`.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    for name in std::env::args().skip(1) {
        let bytes = if std::path::Path::new(&name).exists() {
            support::gunzip(std::path::Path::new(&name))
        } else {
            support::stream(&name)
        };
        let records = support::ordered(translate::capture::records(&bytes));
        for timed in support::translated(&records) {
            println!("{} {}", &timed.at.to_string()[17..26], support::show(&timed.fact));
        }
    }
}
