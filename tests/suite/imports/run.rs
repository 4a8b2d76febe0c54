//! Runs an import to its end.

use std::sync::mpsc;
use std::time::Duration;

use plugdesk_desk::{Error, NewImport, PageRequest, TicketFilter};
use plugdesk_domain::{Import, ImportId, ImportState, Storage as _, Ticket};
use serde_json::{Value, json};

use super::stand::{Stand, wait};

/// A mapping as somebody with a CRM export would write it.
pub(crate) fn mapping() -> Value {
    json!({
        "kind": "lead",
        "missing": ["Select"],
        "dates": ["%d.%m.%Y"],
        "external-id": {"system": "crm", "column": "Id"},
        "ticket": {
            "subject": {"template": "{Interest} for {Company}"},
            "priority": {"column": "Priority", "values": {"1": "urgent"}, "otherwise": "normal"},
            "created-at": "Date",
            "tags": {"column": "Tags", "split": "/", "lower": true},
            "custom": {"columns": "*", "except": ["Converted", "Email", "Name"], "rename": {"Visits": "visits"}},
        },
        "contact": {"name": "Name", "email": {"column": "Email", "lower": true}},
        "company": {"name": "Company"},
        "entry": [{"text": "Message", "from-customer": true, "at": "Date"}],
    })
}

pub(crate) const HEAD: &str = "Id,Name,Email,Company,Interest,Priority,Date,Tags,Visits,Message,Converted\n";

pub(crate) fn new(name: &str) -> NewImport {
    NewImport { name: name.into(), format: None, mapping: mapping(), skip_refused: false, check_only: false }
}

impl Stand {
    pub(crate) fn import(&self, new: NewImport, file: &str) -> Import {
        let import = wait(self.desk.import_create(&self.by, new, None)).unwrap().value;
        self.send(import.id, file).unwrap();
        self.ended(import.id)
    }

    pub(crate) fn send(&self, id: ImportId, file: &str) -> Result<Import, Error> {
        let file = std::io::Cursor::new(file.as_bytes().to_vec());
        wait(self.desk.import_file(&self.by, id, file))
    }

    /// Waits until it ended: its end is an event.
    pub(crate) fn ended(&self, id: ImportId) -> Import {
        let (tell, hear) = mpsc::channel();
        self.store.records(self.desk.id()).watch(Box::new(move |_| tell.send(()).is_ok()));
        loop {
            let import = self.desk.import(&self.by, id).unwrap();
            if !matches!(import.state, ImportState::Checking | ImportState::Writing) {
                return import;
            }
            hear.recv_timeout(Duration::from_secs(60)).expect("the import ends");
        }
    }

    pub(crate) fn tickets(&self) -> Vec<Ticket> {
        let page = PageRequest { limit: Some(200), after: None };
        self.desk.ticket_list(&self.by, &TicketFilter::default(), &page).unwrap().records
    }
}

/// So many good rows.
pub(crate) fn file(rows: std::ops::Range<u32>) -> String {
    let row = |n| {
        format!(
            "L{n},Person {n},P{n}@Example.org,Company {},Pump,{},01.02.2026,A/B,{n},I need it now,1\n",
            n % 7,
            n % 3
        )
    };
    format!("{HEAD}{}", rows.map(row).collect::<String>())
}
