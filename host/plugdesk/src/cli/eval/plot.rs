//! The calibration drawn as SVG: what was said across, what came upwards, and the line on which both are the same.

use plugdesk_fit::metric::{Band, Scored, bands};

use super::report::{BANDS, Report, Score};

/// The square of the drawing, and the room around it for words, in units of the drawing.
const SIDE: f64 = 480.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 24.0;
const BELOW: f64 = 56.0;
/// One line of the legend.
const LINE: f64 = 22.0;
/// Told apart without seeing colours, too: Okabe and Ito's blue and vermilion.
const COLOURS: [&str; 2] = ["#0072b2", "#d55e00"];
/// 95 % of a normal distribution lie within so many deviations.
const DEVIATIONS: f64 = 1.96;

/// The drawing; none: there are no probabilities among the reports.
pub(super) fn calibration(reports: &[Report]) -> Option<String> {
    let scored = reports.iter().filter_map(|it| match &it.score {
        Score::Chances { scored, .. } => Some((it.name.as_str(), scored.as_slice())),
        Score::Agreement { .. } | Score::Pairs { .. } => None,
    });
    let scored: Vec<(&str, &[Scored])> = scored.collect();
    if scored.is_empty() {
        return None;
    }
    let (width, height) = (LEFT + SIDE + TOP, TOP + SIDE + BELOW + LINE * scored.len() as f64);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"14\" fill=\"#222\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    grid(&mut svg);
    for (place, (name, scored)) in scored.iter().enumerate() {
        let colour = COLOURS.get(place % COLOURS.len()).copied().unwrap_or("black");
        series(&mut svg, &bands(scored, BANDS), colour);
        let y = TOP + SIDE + BELOW + LINE * (place as f64 + 0.5);
        svg.push_str(&format!(
            "<circle cx=\"{LEFT}\" cy=\"{:.1}\" r=\"5\" fill=\"{colour}\"/>\n<text x=\"{}\" y=\"{y:.1}\">{} ({} rows)</text>\n",
            y - 5.0,
            LEFT + 14.0,
            escaped(name),
            scored.len()
        ));
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

fn x(said: f64) -> f64 {
    LEFT + said * SIDE
}

fn y(came: f64) -> f64 {
    TOP + (1.0 - came) * SIDE
}

fn grid(svg: &mut String) {
    for step in 0..=5 {
        let at = f64::from(step) / 5.0;
        let percent = step * 20;
        svg.push_str(&format!(
            "<path d=\"M{:.1} {:.1}V{:.1}M{:.1} {:.1}H{:.1}\" stroke=\"#ddd\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{percent} %</text>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{percent} %</text>\n",
            x(at),
            y(0.0),
            y(1.0),
            x(0.0),
            y(at),
            x(1.0),
            x(at),
            y(0.0) + 18.0,
            x(0.0) - 8.0,
            y(at) + 5.0
        ));
    }
    svg.push_str(&format!(
        "<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"#888\" stroke-dasharray=\"6 4\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">said</text>\n\
         <text x=\"16\" y=\"{:.1}\" transform=\"rotate(-90 16 {:.1})\" text-anchor=\"middle\">came</text>\n",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
        x(0.5),
        y(0.0) + 40.0,
        y(0.5),
        y(0.5)
    ));
}

/// A point for each band, as large as its share of the rows, with what chance alone would leave open.
fn series(svg: &mut String, bands: &[Band], colour: &str) {
    let all: usize = bands.iter().map(|band| band.count).sum();
    for band in bands {
        let (low, high) = interval(band);
        let radius = 3.0 + 9.0 * (band.count as f64 / all.max(1) as f64).sqrt();
        svg.push_str(&format!(
            "<path d=\"M{:.1} {:.1}V{:.1}\" stroke=\"{colour}\" stroke-width=\"2\"/>\n\
             <circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{colour}\" fill-opacity=\"0.75\">\
             <title>{} rows: said {:.3}, came {:.3}</title></circle>\n",
            x(band.said),
            y(low),
            y(high),
            x(band.said),
            y(band.came),
            band.count,
            band.said,
            band.came
        ));
    }
}

/// Wilson's interval: between these the true share lies, 19 times of 20.
fn interval(band: &Band) -> (f64, f64) {
    let n = band.count.max(1) as f64;
    let square = DEVIATIONS * DEVIATIONS;
    let middle = (band.came + square / (2.0 * n)) / (1.0 + square / n);
    let spread = band.came * (1.0 - band.came) / n + square / (4.0 * n * n);
    let half = DEVIATIONS * spread.sqrt() / (1.0 + square / n);
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_lies_within_what_chance_leaves_open() {
        let band = |count, came| Band { from: 0.0, count, said: 0.5, came };
        let (low, high) = interval(&band(10, 0.5));
        assert!((low - 0.2366).abs() < 1e-3 && (high - 0.7634).abs() < 1e-3, "{low} {high}");
        assert_eq!(interval(&band(10, 0.0)).0, 0.0);
        assert!(interval(&band(1_000, 0.5)).1 < 0.54);
    }

    #[test]
    fn the_drawing_names_its_configurations_and_is_well_formed() {
        let scored = |p: f64| vec![Scored { probability: p, came: true }, Scored { probability: p / 2.0, came: false }];
        let report = |name: &str, p| Report {
            name: name.to_owned(),
            score: Score::Chances { scored: scored(p), unanswered: 0 },
        };
        let svg = calibration(&[report("a<b & c", 0.9), report("other", 0.3)]).unwrap();
        assert!(svg.contains("a&lt;b &amp; c (2 rows)") && svg.contains("other (2 rows)"), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 2 + 4);
        assert_eq!(svg.matches('<').count(), svg.matches('>').count());
        let none = Score::Pairs { rows: 0, automatic: Default::default(), with_proposals: Default::default() };
        assert!(calibration(&[Report { name: String::new(), score: none }]).is_none());
    }
}
