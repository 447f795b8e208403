//! The stories that captures of a real Asterisk give.

mod captures;

#[test]
fn show() {
    for c in captures::all().iter().filter(|c| c.version == std::env::var("V").unwrap_or("16".into())) {
        if let Ok(only) = std::env::var("ONLY") && c.name != only { continue; }
        let mut fold = captures::new_fold();
        fold.tell_steps();
        for record in c.records() { fold.push(record); }
        fold.settle();
        fold.advance(fold.now().plus_secs(60));
        let mut steps = Vec::new();
        fold.take_steps(&mut steps);
        println!("\n##### {}", c.name);
        let stories = engine::Stories::new();
        let acd: facts::Text = "pbx".into();
        let mut calls = vec![];
        let mut agents = std::collections::BTreeSet::new();
        for s in &steps {
            match s {
                model::Step::Call(s) => if !calls.contains(&s.call) { calls.push(s.call.clone()) },
                model::Step::Agent(s) => { agents.insert(s.agent.clone()); }
                model::Step::Minute(_) => {}
            }
        }
        stories.take(&acd, steps);
        let mut shown = std::collections::BTreeSet::new();
        for c in calls {
            let Some(l) = stories.call_life("pbx", &c) else { println!("NO LIFE {c}"); continue };
            if !shown.insert(l.call.clone()) { continue; }
            println!("call {} ids {:?} ended {:?}", l.call, l.ids.len(), l.ended);
            for s in l.steps {
                println!("  {} {:14} {:10} {:14} {:10} {:>7} {}", &s.at.to_string()[11..23], s.kind, s.split.as_deref().unwrap_or("-"), s.agent.as_deref().unwrap_or("-"), s.agent_name.as_deref().unwrap_or("-"), s.ms.map_or("-".into(), |m| m.to_string()), s.detail);
            }
        }
        for a in agents {
            let Some(d) = stories.agent_day("pbx", &a) else { println!("NO DAY {a}"); continue };
            println!("agent {a} {}", d.name);
            for s in d.spans {
                println!("  {} {:8} {:9} {:8} {:4} {:10} {:20} {}", &s.from.to_string()[11..23], s.to.map_or("...".into(), |t| format!("{:.4}", t.since(s.from) as f64 / 1e6)), s.state, s.reason, s.direction.unwrap_or("-"), s.split.as_deref().unwrap_or("-"), s.call.as_deref().unwrap_or("-"), s.party);
            }
        }
    }
}
