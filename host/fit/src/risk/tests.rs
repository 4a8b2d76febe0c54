//! What is learned of tables whose truth is known.

use super::*;

/// A ticket every five hours of 2026: late are those of pumps and those opened in the evening, but for some.
fn past(rows: usize) -> Table {
    let columns = ["id", "opened", "priority", "product", "broken", "due"].map(str::to_owned);
    let mut table = Table::with_columns(columns.into()).unwrap();
    let begin = "2026-01-01T00:30".parse::<jiff::civil::DateTime>().unwrap();
    for row in 0..rows {
        let opened = begin.checked_add(jiff::Span::new().hours(5 * row as i64)).unwrap();
        let product = ["lamp", "pump", "boiler"][row * 7 % 3];
        let priority = ["low", "normal", "high"][row * 11 / 4 % 3];
        let chance = (row * 37 + 11) % 100;
        let late = chance < if product == "pump" { 70 } else { 15 } + if opened.hour() >= 18 { 25 } else { 0 };
        let due = opened.checked_add(jiff::Span::new().hours(if product == "pump" { 8 } else { 2 })).unwrap();
        let text = |time: jiff::civil::DateTime| time.strftime("%d/%m/%Y %H:%M").to_string();
        table.push([
            format!("T{row}"),
            text(opened),
            priority.to_owned(),
            product.to_owned(),
            if late { "yes" } else { "no" }.to_owned(),
            text(due),
        ]);
    }
    table
}

fn options() -> Options {
    Options {
        label: "broken".to_owned(),
        opened: Some("opened".to_owned()),
        until: Some("due".to_owned()),
        known: [("priority".to_owned(), "priority".to_owned())].into(),
        ..Options::default()
    }
}

#[test]
fn what_made_tickets_late_is_found_and_warned_of_in_time() {
    let fitted = fit(&past(3_000), &options()).unwrap();
    let conditions = fitted.configuration["breach"]["conditions"].as_array().unwrap();
    let strongest = |place: &str, name: &str| {
        let named = conditions.iter().filter(|it| it[place] == name);
        named.map(|it| it["points"].as_i64().unwrap()).max()
    };
    assert!(strongest("field", "product") > Some(0), "{conditions:#?}");
    assert!(strongest("about", "hour") > Some(0), "{conditions:#?}");
    assert!(conditions.iter().all(|it| it["field"] != "opened" && it["field"] != "due" && it["field"] != "id"));
    let seen = &conditions[0]["seen"];
    assert!(seen["count"].as_u64() > seen["breached"].as_u64() && seen["breached"].as_u64() > Some(0), "{seen}");
    let report = &fitted.report;
    assert_eq!((report.judged, report.judged_by_the_last), (600, true));
    assert!(report.auc > Some(0.7), "{report:?}");
    let (few, fifth) = (&report.warned[0], &report.warned[2]);
    assert!((few.tickets, fifth.tickets) == (30, 120) && few.precision > 0.8, "{report:?}");
    assert_eq!(fifth.median_lead_minutes, Some(480), "{report:?}");
    let again = fit(&past(3_000), &options()).unwrap();
    assert_eq!(fitted.configuration.to_string(), again.configuration.to_string());
    assert_eq!(learn(&past(3_000), &options()).unwrap(), fitted.configuration);
}

#[test]
fn without_times_it_is_judged_by_a_fifth_that_chance_picks() {
    let options =
        Options { opened: None, until: None, exclude: vec!["opened".to_owned(), "due".to_owned()], ..options() };
    let fitted = fit(&past(1_000), &options).unwrap();
    assert_eq!((fitted.report.judged, fitted.report.judged_by_the_last), (200, false));
    assert!(fitted.report.warned.iter().all(|it| it.median_lead_minutes.is_none()));
}

#[test]
fn what_can_not_be_learned_from_is_refused_by_name() {
    let refused = |options: Options| fit(&past(200), &options).unwrap_err().to_string();
    let known =
        |column: &str, known: &str| Options { known: [(column.to_owned(), known.to_owned())].into(), ..options() };
    assert_eq!(refused(known("priority", "mood")), format!("`mood`: the policy knows {} by itself", KNOWN.join(", ")));
    assert!(refused(known("colour", "team")).starts_with("there is no column `colour`"));
    let no_times = Options { opened: Some("product".to_owned()), ..options() };
    assert_eq!(refused(no_times), "the column `product` holds no times, such as 2026-11-22 09:30");
    let no_label = Options { label: "late".to_owned(), ..options() };
    assert!(refused(no_label).starts_with("there is no column `late`"));
}
