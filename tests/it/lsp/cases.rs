//! Every folder of `tests/lsp/<question>/<name>/`: a program with the cursor as `▮` (two for a selection), and the answer. A file
//! `to.txt` holds the new name of a renaming.

use std::collections::BTreeMap;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::Options;
use servec::lsp::{Analysis, At, Buffers, Root};
use similar::TextDiff;

use super::show;
use crate::cases::folders;

const CURSOR: char = '▮';
/// Fewer mean that some were lost.
const LEAST: usize = 150;

/// A program with a cursor in one of its texts.
pub struct Case {
    pub folder: Utf8PathBuf,
    pub analysis: Analysis,
    pub path: Utf8PathBuf,
    /// Where the marks stood.
    pub from: usize,
    pub to: usize,
}

impl Case {
    fn read(folder: &Utf8Path) -> Self {
        let mut buffers = Buffers::new();
        let mut found = None;
        let mut files: Vec<Utf8PathBuf> = folder.read_dir_utf8().unwrap().map(|e| e.unwrap().into_path()).collect();
        files.sort();
        for path in files.into_iter().filter(|path| path.extension() == Some("serve")) {
            let marked = fs::read_to_string(&path).unwrap();
            let text = marked.replace(CURSOR, "");
            if let Some(from) = marked.find(CURSOR) {
                let last = marked.rfind(CURSOR).unwrap();
                let to = if last > from { last - CURSOR.len_utf8() } else { from };
                assert!(found.replace((path.clone(), from, to)).is_none(), "{folder}: marks in two files");
            }
            buffers.insert(path, text);
        }
        let (path, from, to) = found.unwrap_or_else(|| (folder.join("main.serve"), 0, 0));
        let analysis = Analysis::new(Root::of_folder(folder), &Options::default(), buffers);
        Self { folder: folder.to_owned(), analysis, path, from, to }
    }

    pub fn at(&self) -> At<'_> {
        let (id, _) = self.analysis.unit_at(&self.path).unwrap_or_else(|| panic!("{} is not read", self.path));
        self.analysis.at(id, u32::try_from(self.from).unwrap()).unwrap()
    }
}

fn cases() -> Vec<(String, Utf8PathBuf)> {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lsp");
    let named = |folder: Utf8PathBuf| (folder.file_name().unwrap().to_owned(), folder);
    folders(&root)
        .into_iter()
        .map(named)
        .flat_map(|(question, folder)| folders(&folder).into_iter().map(move |case| (question.clone(), case)))
        .collect()
}

#[test]
fn every_question_is_answered_as_expected() {
    let mut problems = Vec::new();
    let cases = cases();
    assert!(cases.len() >= LEAST, "{} cases: were they found?", cases.len());
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    for (question, folder) in &cases {
        *asked.entry(question).or_default() += 1;
        let case = Case::read(folder);
        let answer = show::answer(question, &case);
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &answer).unwrap();
            continue;
        }
        match fs::read_to_string(&expected) {
            Ok(text) if text == answer => {}
            Ok(text) => {
                let diff = TextDiff::from_lines(&text, &answer);
                problems.push(diff.unified_diff().header(expected.as_str(), "now").to_string());
            }
            Err(_) => problems.push(format!("{expected} is missing; what is answered now:\n{answer}")),
        }
    }
    for question in show::QUESTIONS {
        assert!(asked.get(question).is_some_and(|n| *n >= 3), "fewer than 3 cases of `{question}`");
    }
    assert!(problems.is_empty(), "{} differ\n\n{}", problems.len(), problems.join("\n"));
}

/// What one file of the language server's cases says without its mark is what anyone may open.
#[test]
fn a_mark_is_not_part_of_the_text() {
    let (_, folder) = cases().into_iter().next().unwrap();
    let case = Case::read(&folder);
    assert!(!case.at().text().contains(CURSOR));
}
