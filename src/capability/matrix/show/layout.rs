//! Columns of text that fit a width: in one table where they do, else in as many as it takes.

/// A table of words, ready to be laid out.
#[derive(Debug, Default)]
pub struct Block {
    /// Lines over each column, from top to bottom.
    pub heads: Vec<Vec<String>>,
    /// A line across, or a label with a word for each column.
    pub lines: Vec<Line>,
}

#[derive(Debug)]
pub enum Line {
    Across(String),
    Cells(String, Vec<String>),
}

/// Longest first column; longer labels break.
const LABEL: usize = 44;
const INDENT: usize = 2;
const GAP: usize = 2;

/// The columns in groups that fit; a column that fits nowhere stands alone.
pub fn groups(block: &Block, width: usize) -> Vec<Vec<usize>> {
    let widths = widths(block);
    let first = label_width(block);
    let mut out: Vec<Vec<usize>> = vec![];
    let mut used = 0;
    for (i, wide) in widths.iter().enumerate() {
        let full = used + GAP + wide > width;
        match out.last_mut() {
            Some(group) if !full => group.push(i),
            _ => {
                out.push(vec![i]);
                used = first;
            }
        }
        used += GAP + wide;
    }
    out
}

/// The lines of one group of columns.
pub fn draw(block: &Block, group: &[usize]) -> String {
    let widths = widths(block);
    let first = label_width(block);
    let tall = group.iter().filter_map(|i| block.heads.get(*i)).map(Vec::len).max().unwrap_or(0);
    let mut out = String::new();
    for level in 0..tall {
        let words = group.iter().map(|i| block.heads.get(*i).and_then(|head| head.get(level)).map_or("", |w| w));
        push(&mut out, "", first, group, &widths, words);
    }
    for line in &block.lines {
        match line {
            Line::Across(text) => {
                out.push_str(text);
                out.push('\n');
            }
            Line::Cells(label, cells) => {
                let words = group.iter().map(|i| cells.get(*i).map_or("", |w| w));
                let broken = wrap(label, LABEL);
                let mut labels = broken.iter();
                let head = labels.next().map_or("", |l| l);
                push(&mut out, head, first, group, &widths, words);
                labels.for_each(|more| out.push_str(&format!("{:INDENT$}  {more}\n", "")));
            }
        }
    }
    out
}

fn push<'a>(
    out: &mut String,
    label: &str,
    first: usize,
    group: &[usize],
    widths: &[usize],
    words: impl Iterator<Item = &'a str>,
) {
    let mut line = pad(&format!("{:INDENT$}{label}", ""), first);
    for (i, word) in group.iter().zip(words) {
        let wide = widths.get(*i).copied().unwrap_or(0);
        line.push_str(&" ".repeat(GAP));
        line.push_str(&pad(word, wide));
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(blanks))
}

fn widths(block: &Block) -> Vec<usize> {
    let chars = |text: &String| text.chars().count();
    let heads = block.heads.iter().map(|head| head.iter().map(chars).max().unwrap_or(0));
    let mut widths: Vec<usize> = heads.collect();
    for line in &block.lines {
        let Line::Cells(_, cells) = line else { continue };
        for (wide, cell) in widths.iter_mut().zip(cells) {
            *wide = (*wide).max(chars(cell));
        }
    }
    widths
}

fn label_width(block: &Block) -> usize {
    let labels = block.lines.iter().filter_map(|line| match line {
        Line::Cells(label, _) => wrap(label, LABEL).iter().map(|l| l.chars().count() + 2).max(),
        Line::Across(_) => None,
    });
    INDENT + labels.max().unwrap_or(0).saturating_sub(2)
}

/// Words in lines of at most `width` characters; a longer word has a line of its own.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
