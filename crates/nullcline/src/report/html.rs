//! The report as one page: the story, interactive figures and their captions, offline and self-contained.
//!
//! plotly.js travels inside the page, once. The page's own security policy forbids it to load anything, and every string
//! that comes from a model is escaped, so a report may be opened wherever its model came from.
//! With the script the page is about 4.7 MB; without one, as when printed, the drawings of [`figures`](super::figures)
//! stand in for the interactive ones.

use super::figure::escape;
use super::interactive::{Interactive, interactive};
use super::{Figure, Paragraph, story};
use crate::study::Study;
use std::fmt::Write;

const STYLE: &str = "
:root { --ink: #1d2329; --soft: #5b6670; --line: #d9dee3; --blue: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 58rem; color: var(--ink); background: #fff;
  font: 16px/1.55 Helvetica, Arial, 'Liberation Sans', sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
p { margin: .6rem 0; max-width: 46rem; }
.origin { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
pre { margin: .8rem 0; padding: .7rem 1rem; background: #f5f7f9; border-left: 3px solid var(--blue); overflow-x: auto;
  font: 15px/1.5 Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 1.5px solid var(--ink); }
th, td { padding: .25rem 1.1rem .25rem 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); overflow-wrap: break-word; max-width: 24rem; }
ul { padding-left: 1.2rem; max-width: 46rem; }
li { margin: .3rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.6rem 1.4rem; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figure.wide { grid-column: 1 / -1; }
figcaption { color: var(--soft); font-size: .86rem; line-height: 1.45; margin-top: .3rem; }
figcaption b { color: var(--ink); }
.plot { width: 100%; height: 24rem; }
.wide .plot { height: 30rem; }
.tall .plot { height: 44rem; }
.drawn svg { width: 100%; height: auto; }
.plot:not(:empty) + .drawn { display: none; }
.pass { color: #00724f; } .fail { color: #b3261e; font-weight: 600; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  .plot { display: none; } .plot:not(:empty) + .drawn { display: block; } .wide .plot, .tall .plot { height: auto; } }
";

/// What the page may load: nothing but what is in it.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; \
                      img-src data: blob:; worker-src blob:; font-src data:";

/// The report as one self-contained page; `figures` are those of [`figures`](super::figures).
pub fn html(study: &Study, figures: &[Figure]) -> String {
    let plots = interactive(study);
    let script = (!plots.is_empty()).then(plotly::Plot::offline_js_sources);
    let script = script.as_deref().map_or("", first_script);
    let drawings: usize = figures.iter().map(|f| f.svg.len()).sum();
    let data: usize = plots.iter().map(|p| p.data.len()).sum();
    let mut page = String::with_capacity(script.len() + drawings + data + 64 * 1024);
    head(&mut page, study, script);
    paragraphs(&mut page, study);
    page.push_str("<h2>Figures</h2>\n<div class=\"figures\">\n");
    for plot in &plots {
        figure(&mut page, plot, figures.iter().find(|f| f.name == plot.name));
    }
    for drawn in figures.iter().filter(|f| plots.iter().all(|p| p.name != f.name)) {
        let (title, caption) = (escape(&drawn.title), escape(&drawn.caption));
        put(
            &mut page,
            format_args!(
                "<figure>{}<figcaption><b>{title}.</b> {caption}</figcaption></figure>\n",
                drawing(drawn, "drawn")
            ),
        );
    }
    page.push_str("</div>\n");
    if !plots.is_empty() {
        page.push_str("<script>\nconst config = {responsive: true, displaylogo: false};\nconst plots = [\n");
        for plot in &plots {
            // JSON may hold `</script>`; written as `<\/` it is the same text and ends nothing.
            put(
                &mut page,
                format_args!(
                    "[\"{}\", {}],\n",
                    plot.name,
                    plot.data.replace("</", "<\\/").replace("<!--", "<\\u0021--")
                ),
            );
        }
        page.push_str(
            "];\nfor (const [name, p] of plots) Plotly.newPlot(name, p.data, p.layout, config);\n</script>\n",
        );
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn put(page: &mut String, text: std::fmt::Arguments) {
    page.write_fmt(text).expect("writing to a string does not fail");
}

/// plotly.js alone: what follows it typesets formulas, which no figure here has.
fn first_script(scripts: &str) -> &str {
    scripts.find("</script>").map_or(scripts, |end| &scripts[..end + "</script>".len()])
}

fn head(page: &mut String, study: &Study, script: &str) {
    let name = escape(&study.name);
    put(
        page,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}</title>\n\
             <style>{STYLE}</style>\n"
        ),
    );
    page.push_str(script);
    let origin =
        study.sha256.as_ref().map_or(String::new(), |h| format!(" \u{b7} model file sha256 {}", escape(h)));
    put(
        page,
        format_args!(
            "\n</head>\n<body>\n<h1>{name}</h1>\n<p class=\"origin\">nullcline {} \u{b7} seed {}{origin}</p>\n",
            env!("CARGO_PKG_VERSION"),
            study.seed
        ),
    );
}

fn paragraphs(page: &mut String, study: &Study) {
    for paragraph in story(study) {
        match paragraph {
            Paragraph::Heading(text) => put(page, format_args!("<h2>{}</h2>\n", escape(&text))),
            Paragraph::Text(text) => put(page, format_args!("<p>{}</p>\n", escape(&text))),
            Paragraph::Formula(text) => {
                let lines: Vec<String> = text.lines().map(escape).collect();
                put(page, format_args!("<pre>{}</pre>\n", lines.join("\n")));
            }
            Paragraph::List(items) => {
                page.push_str("<ul>\n");
                for item in items {
                    put(page, format_args!("<li>{}</li>\n", escape(&item)));
                }
                page.push_str("</ul>\n");
            }
            Paragraph::Table { head, rows } => table(page, &head, &rows),
        }
    }
}

fn table(page: &mut String, head: &[String], rows: &[Vec<String>]) {
    page.push_str("<div class=\"scroll\"><table>\n<thead><tr>");
    for cell in head {
        put(page, format_args!("<th>{}</th>", escape(cell)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for cell in row {
            let class = match cell.as_str() {
                "holds" => " class=\"pass\"",
                "FAILS" => " class=\"fail\"",
                _ => "",
            };
            put(page, format_args!("<td{class}>{}</td>", escape(cell)));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table></div>\n");
}

fn figure(page: &mut String, plot: &Interactive, drawn: Option<&Figure>) {
    let wide = match (plot.wide, plot.tall) {
        (_, true) => " class=\"wide tall\"",
        (true, false) => " class=\"wide\"",
        _ => "",
    };
    let (title, caption) = (escape(plot.title), escape(&plot.caption));
    let drawing = drawn.map_or(String::new(), |f| drawing(f, "drawn"));
    put(
        page,
        format_args!(
            "<figure{wide}><div class=\"plot\" id=\"{}\"></div>{drawing}\
             <figcaption><b>{title}.</b> {caption}</figcaption></figure>\n",
            plot.name
        ),
    );
}

/// A drawing inside the page.
fn drawing(figure: &Figure, class: &str) -> String {
    format!("<div class=\"{class}\">{}</div>", figure.svg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{figures, fixture};

    /// The page without the script that came from elsewhere.
    fn own(page: &str) -> String {
        let start = page.find("<script type=\"text/javascript\">").unwrap();
        let end = start + page[start..].find("</script>").unwrap();
        format!("{}{}", &page[..start], &page[end..])
    }

    #[test]
    fn the_page_loads_nothing_and_is_the_same_every_time() {
        let study = fixture::tornado();
        let page = html(&study, &figures(&study));
        assert_eq!(page, html(&study, &figures(&study)));
        assert!((4_000_000..7_000_000).contains(&page.len()), "{}", page.len());
        let own = own(&page);
        for loads in ["src=", "href=", "@import", "url(http", "<link"] {
            assert!(!own.contains(loads), "{loads}");
        }
        for url in own.match_indices("http").map(|(k, _)| &own[k..k + 30]) {
            assert!(url.starts_with("http://www.w3.org/2000/svg") || url.starts_with("http-equiv"), "{url}");
        }
        assert_eq!(page.matches("default-src 'none'").count(), 1);
        assert_eq!(page.matches("<script type=\"text/javascript\">").count(), 1);
        assert!(own.contains("a tornado."));
    }

    #[test]
    fn no_text_of_a_model_becomes_markup() {
        let mut study = fixture::tornado();
        let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
        study.name = evil.into();
        study.description = Some(evil.into());
        study.names = vec![evil.into(), "\"'&".into(), "<!--".into()];
        study.equation.text = evil.into();
        study.equation.parts = vec![(evil.into(), evil.into(), evil.into())];
        study.notes = vec![evil.into()];
        study.expect[0].path = evil.into();
        study.groups[0].name = evil.into();
        study.sha256 = Some(evil.into());
        let page = html(&study, &figures(&study));
        let own = own(&page);
        assert_eq!(own.matches("<script").count(), 1 + own.matches("<script>alert").count());
        assert!(!own.contains("<img"), "an element came through");
        // Inside the data of the plots the text stands, but cannot end the script.
        let data = own.rfind("<script>\nconst config").unwrap();
        assert!(!own[..data].contains("<script>alert"));
        assert_eq!(own[data..].matches("</script>").count(), 1);
        assert!(!own[data..].contains("<!--"));
    }
}
