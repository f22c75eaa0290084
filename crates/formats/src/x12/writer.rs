//! Writes segments and their envelopes, counting as it goes.

/// Writes one interchange of one group of one set, with `*`, `>` and `~`.
#[derive(Debug, Default)]
pub struct SegmentWriter {
    out: String,
    in_set: usize,
}

impl SegmentWriter {
    /// An empty writer.
    pub fn new() -> SegmentWriter {
        SegmentWriter::default()
    }

    /// Writes a segment; empty elements at its end are left out.
    ///
    /// Characters that are delimiters can't stand in an X12 value and become blanks.
    pub fn segment(&mut self, id: &str, elements: &[&str]) {
        if id == "ST" {
            self.in_set = 0;
        }
        self.in_set += 1;
        self.out.push_str(id);
        let last = elements
            .iter()
            .rposition(|element| !element.is_empty())
            .map_or(0, |at| at + 1);
        for element in elements.iter().take(last) {
            self.out.push('*');
            for letter in element.chars() {
                self.out.push(match letter {
                    '*' | '~' | '>' => ' ',
                    control if control.is_control() => ' ',
                    plain => plain,
                });
            }
        }
        self.out.push_str("~\n");
    }

    /// Writes the ISA header, each element in its fixed width.
    pub fn isa(&mut self, elements: &[&str; 16]) {
        const WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];
        self.out.push_str("ISA");
        for (element, width) in elements.iter().zip(WIDTHS) {
            self.out.push('*');
            let cut: String = element.chars().take(width).collect();
            self.out.push_str(&format!("{cut:width$}"));
        }
        self.out.push_str("~\n");
    }

    /// Writes SE with the number of segments since ST, both counted.
    pub fn se(&mut self, control_number: &str) {
        let count = (self.in_set + 1).to_string();
        self.segment("SE", &[&count, control_number]);
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }
}
