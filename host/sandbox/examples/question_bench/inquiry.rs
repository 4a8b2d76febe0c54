//! What is asked: `qualify` or `identify` where the policy answers it, else `classify`.

use plugdesk_domain::question::shown::ShownTicket;
use plugdesk_domain::question::{Circumstances, Inquiry, classify, qualify};
use plugdesk_domain::{Category, Plugin, Priority};

use crate::{NOW, people};

/// What the policy is asked.
pub(crate) fn inquiry(plugin: &dyn Plugin) -> Inquiry {
    let circumstances = Circumstances { now: NOW, locale: "en".into(), actor: "agent".into(), in_hours: true };
    let answers = |name: &str| plugin.questions().iter().any(|question| question == name);
    if answers("identify") {
        return Inquiry::Identify(people::inquiry(circumstances));
    }
    if answers("qualify") {
        return Inquiry::Qualify(qualify::Inquiry { circumstances, lead: lead() });
    }
    Inquiry::Classify(classify::Inquiry { circumstances, subject: classify::Subject::Ticket(lead()) })
}

fn lead() -> ShownTicket {
    ShownTicket {
        id: "ticket_01h455vb4pex5vsknk084sn02q".into(),
        number: 4711,
        kind: "lead".into(),
        subject: "Interested in the course on data science".into(),
        category: Category::New,
        priority: Priority::Normal,
        segment: Some("company".into()),
        company: None,
        requester: Some("contact_01h455vb4pex5vsknk084sn02q".into()),
        team: None,
        assignee: None,
        channel: "web".into(),
        tags: vec!["spring".into()],
        opened_at: NOW,
        updated_at: NOW,
        touches: 3,
        handoffs: 0,
        reopens: 0,
    }
}
