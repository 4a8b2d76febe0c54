//! A brief as a page of Markdown. What people wrote stands in it as they wrote it, never as markup.

use std::fmt::Write;

use plugdesk_domain::Escalation;
use plugdesk_domain::plain::disturbs;

use super::brief::{Brief, Highlight};

pub(super) fn page(escalation: &Escalation, brief: &Brief) -> String {
    let mut page = String::new();
    // Writing to a text can't fail.
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(page, "{text}");
    };
    line(format_args!("# #{}: {}\n", brief.number, plain(&brief.subject)));
    let state = format!("level {}, {}", escalation.level, escalation.state.name());
    line(format_args!("- **Escalation**: {state}"));
    line(format_args!("- **Matter**: {}, {}, {:?} priority", plain(&brief.kind), plain(&brief.state), brief.priority));
    if let Some(track) = brief.track {
        line(format_args!("- **Track**: {}", track.name()));
    }
    let [touches, handoffs, reopens] = brief.back_and_forth;
    line(format_args!("- **Back and forth**: {touches} touches, {handoffs} handoffs, {reopens} reopens"));
    let worth =
        brief.worth.as_ref().map(|it| format!("{}.{:02} {}", it.minor / 100, it.minor.abs() % 100, it.currency));
    let facts = [
        ("Assignee", brief.assignee.clone()),
        ("Requester", brief.requester.clone()),
        ("Company", brief.company.clone()),
        ("Tier", brief.tier.clone()),
        ("Yearly worth", worth),
        ("Contract", brief.contract.clone()),
        ("Decides", (!brief.decides.is_empty()).then(|| brief.decides.join(", "))),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            line(format_args!("- **{name}**: {}", plain(&value)));
        }
    }
    let people = brief.people.iter().map(|it| {
        let role = it.role.map(|role| format!(", {}", role.name())).unwrap_or_default();
        let aspect = it.aspect.as_ref().map(|it| format!(", answers for {it}")).unwrap_or_default();
        let concerns =
            if it.concerns.is_empty() { String::new() } else { format!("; worries: {}", it.concerns.join(", ")) };
        plain(&format!("{}{role}{aspect}{concerns}", it.name))
    });
    let promises = brief.promises.iter().map(|it| {
        let what = it.what.as_deref().unwrap_or(&it.target.metric);
        plain(&format!("{what}: {} (due {}, {})", it.state.name(), it.due_at, it.source))
    });
    let dated = |it: &Highlight| format!("{} {}", it.at, plain(&it.text));
    let open =
        brief.open_tickets.iter().map(|it| plain(&format!("#{} {} ({})", it.number, it.subject, it.category.name())));
    let sections: [(&str, Vec<String>); 5] = [
        ("People", people.collect()),
        ("Promises", promises.collect()),
        ("Steps tried", brief.steps.iter().map(dated).collect()),
        ("What happened", brief.timeline.iter().map(dated).collect()),
        ("Also open", open.collect()),
    ];
    for (title, rows) in sections {
        if !rows.is_empty() {
            line(format_args!("\n## {title}\n"));
            rows.iter().for_each(|row| line(format_args!("- {row}")));
        }
    }
    page
}

/// A text as it was written, in one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(|c| if disturbs(c) { ' ' } else { c }) {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
