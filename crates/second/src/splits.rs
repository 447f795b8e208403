//! The rows of `hsplit` that count calls. What is the sum of its agents' clocks is in `agents`.

use crate::Settings;
use crate::agents::{Agents, Answer};
use crate::books::{Books, most_at_once, second, seconds};
use crate::text::{SECOND, Tape};
use crate::visits::{End, Visit};

const TABLE: &str = "hsplit";

/// Counts all offers, refusals and maxima.
pub(crate) fn count(
    tape: &Tape,
    visits: &[Visit],
    answers: &[Answer],
    agents: &Agents<'_>,
    settings: &Settings,
    books: &mut Books,
) {
    for (n, visit) in visits.iter().enumerate() {
        let answer = answers.iter().find(|a| a.visit == n);
        for offer in 0..visit.offers.len() {
            count_offer(visit, offer, answer, tape.last, settings, books);
        }
    }
    refused(tape, books);
    most(tape, visits, agents, books);
}

fn count_offer(
    visit: &Visit,
    n: usize,
    answer: Option<&Answer>,
    last: i64,
    settings: &Settings,
    books: &mut Books,
) {
    let key = format!("split={}", visit.queue);
    let (from, to) = visit.offer(n);
    let requeued = n > 0;
    if n == 0 {
        books.add(TABLE, second(from), &key, "i_arrived", 1);
    }
    let wait = seconds(from, to);
    let soon = i64::from(wait <= settings.service_level);
    let mut at = second(to);
    let mut items = vec![("callsoffered", 1), ("inflowcalls", i64::from(requeued || visit.inflow))];
    let outflow = [
        ("outflowcalls", 1),
        ("outflowtime", wait),
        ("slvloutflows", soon),
        ("othercalls", 1),
        ("othertime", wait),
    ];
    if n + 1 < visit.offers.len() {
        items.extend(outflow);
        items.push(("noansredir", 1));
    } else {
        items.push(("entered", 1));
        match visit.end {
            End::Open => return,
            End::Answered(_) => {
                let Some(a) = answer.filter(|a| a.counted <= second(last)) else { return };
                at = a.counted;
                items.extend([
                    ("acdcalls", 1),
                    ("acdtime", a.talked()),
                    ("acwtime", a.acw),
                    ("anstime", wait),
                    ("acceptable", soon),
                    ("backupcalls", i64::from(requeued)),
                    ("holdcalls", i64::from(!a.talk.holds.is_empty())),
                    ("holdtime", a.hold()),
                    ("holdabncalls", i64::from(a.talk.held_abandon)),
                    ("transferred", i64::from(a.talk.transferred)),
                ]);
            }
            End::Abandoned => items.extend([
                ("abncalls", 1),
                ("abntime", wait),
                ("slvlabns", soon),
                ("abnringcalls", i64::from(visit.ringing_at_end())),
            ]),
            End::Lost => items.extend([
                ("disccalls", 1),
                ("othercalls", 1),
                ("othertime", wait),
                ("lost", 1),
            ]),
            _ => {
                items.extend(outflow);
                items.push((visit.end.item(), 1));
            }
        }
    }
    for (item, n) in items {
        books.add(TABLE, at, &key, item, n);
    }
    books.raise(TABLE, at, &key, "maxocwtime", wait);
}

/// Callers that a queue did not take: offered and given busy, with no wait.
fn refused(tape: &Tape, books: &mut Books) {
    for (place, said) in tape.said.iter().enumerate() {
        let refusal = ["JOINEMPTY", "JOINUNAVAIL", "FULL"].contains(&said.get("Value"));
        if !refusal || said.get("Variable") != "QUEUESTATUS" {
            continue;
        }
        let caller = said.channel();
        let steps = tape.about(caller, 0).take_while(|(i, _)| *i < place);
        let asked = steps.filter(|(_, s)| s.get("Application") == "Queue").last();
        let Some(queue) = asked.and_then(|(_, s)| s.get("AppData").split(',').next()) else {
            continue;
        };
        let key = format!("split={queue}");
        for item in ["callsoffered", "busycalls", "othercalls"] {
            books.add(TABLE, second(said.at), &key, item, 1);
        }
    }
}

/// The most callers and the most members at once.
fn most(tape: &Tape, visits: &[Visit], agents: &Agents<'_>, books: &mut Books) {
    let mut spans =
        agents.staffed().into_iter().map(|(q, s)| ("maxstaffed", q, s)).collect::<Vec<_>>();
    let mut queues: Vec<&str> = visits.iter().map(|v| v.queue.as_str()).collect();
    queues.sort_unstable();
    queues.dedup();
    for queue in queues {
        let of = visits.iter().filter(|v| v.queue == queue).map(|v| (v.join, v.ended));
        spans.push(("maxinqueue", queue, of.collect()));
    }
    for (item, queue, spans) in spans {
        for begin in books.begins(second(tape.first), second(tape.last) + 1) {
            let (from, to) = (begin * SECOND, (begin + books.length()) * SECOND);
            let most = most_at_once(&spans, from, to);
            books.raise(TABLE, begin, &format!("split={queue}"), item, most);
        }
    }
}
