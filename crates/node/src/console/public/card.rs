//! The picture of a shared address: name, what is promised, and the slip chart where there is one.

use askama::Template;

/// What a picture says.
#[derive(Debug, Clone, Default)]
pub struct ShareCard {
    /// The name; it is broken into lines.
    pub title: String,
    /// What is to be known, in a sentence or two.
    pub text: String,
    /// The chart as an SVG of its own, and the height of its head, which is left out; empty: none.
    pub chart: String,
    /// Who says it, and as of when.
    pub source: String,
}

/// A line of a picture.
struct Line {
    y: u32,
    text: String,
}

/// Letters of a line beside a chart, and of one over the whole width.
const BESIDE: (usize, usize) = (17, 28);
const WHOLE: (usize, usize) = (38, 62);
/// Lines of the name, and of the text.
const LINES: (usize, usize) = (5, 5);

/// The picture as an SVG of 1200 by 630.
pub fn render_card(card: &ShareCard) -> String {
    let (title, text) = match card.chart.is_empty() {
        true => WHOLE,
        false => BESIDE,
    };
    let title = lines(&card.title, title, LINES.0, 170, 50);
    let below = title.last().map_or(170, |line| line.y) + 60;
    let text = lines(&card.text, text, LINES.1, below, 40);
    crate::console::finish(&CardTemplate {
        title,
        text,
        chart: &card.chart,
        source: &card.source,
    })
}

/// Breaks a text at its spaces into at most so many lines; what is left over is told by a sign.
fn lines(text: &str, letters: usize, most: usize, first: u32, step: u32) -> Vec<Line> {
    // A picture is XML: control characters have no place in it.
    let text = text.replace(char::is_control, " ");
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let fits = out
            .last()
            .is_some_and(|line| line.chars().count() + 1 + word.chars().count() <= letters);
        match out.last_mut() {
            Some(line) if fits => {
                line.push(' ');
                line.push_str(word);
            }
            _ => out.push(word.chars().take(letters).collect()),
        }
    }
    if out.len() > most {
        out.truncate(most);
        if let Some(last) = out.last_mut() {
            last.push('…');
        }
    }
    let places = (first..).step_by(usize::try_from(step).unwrap_or(1));
    let lines = out.into_iter().zip(places);
    lines.map(|(text, y)| Line { y, text }).collect()
}

#[derive(Template)]
#[template(path = "public/card.svg")]
struct CardTemplate<'a> {
    title: Vec<Line>,
    text: Vec<Line>,
    chart: &'a str,
    source: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_broken_at_its_spaces_and_never_runs_out_of_the_picture() {
        let told = |text: &str| -> Vec<String> {
            lines(text, 10, 2, 100, 20)
                .into_iter()
                .map(|l| l.text)
                .collect()
        };
        assert_eq!(told("Otay Mesa East"), ["Otay Mesa", "East"]);
        assert_eq!(
            told("a b c d e f g h i j k l m n"),
            ["a b c d e", "f g h i j…"]
        );
        assert_eq!(told("Donaudampfschiff"), ["Donaudampf"]);
        assert!(told("").is_empty());
        let card = render_card(&ShareCard {
            title: "<script>&\"".to_owned(),
            ..ShareCard::default()
        });
        assert!(!card.contains("<script>"), "{card}");
    }
}
