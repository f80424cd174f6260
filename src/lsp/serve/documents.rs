//! Open texts as the client has them.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::TextDocumentContentChangeEvent;

use crate::lsp::Buffers;
use crate::source::SourceFile;

use super::uri;
use super::wire::Encoding;

/// One open text.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the client writes it.
    pub uri: String,
    pub path: Utf8PathBuf,
    pub version: i32,
    pub source: SourceFile,
}

/// All open texts, by path.
#[derive(Debug, Default)]
pub struct Documents(BTreeMap<Utf8PathBuf, Document>);

impl Documents {
    pub fn open(&mut self, uri: String, version: i32, text: String) -> Utf8PathBuf {
        let path = uri::path(&uri);
        let source = SourceFile::new(path.clone(), Arc::from(text));
        self.0.insert(path.clone(), Document { uri, path: path.clone(), version, source });
        path
    }

    /// Makes changes in their order, each in the text that the ones before it left. `None` where nothing is open.
    pub fn change(
        &mut self,
        uri: &str,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Option<Utf8PathBuf> {
        let document = self.0.get_mut(&uri::path(uri))?;
        for change in changes {
            let text = match change.range {
                None => change.text,
                Some(range) => {
                    let start = encoding.offset(&document.source, range.start) as usize;
                    let end = (encoding.offset(&document.source, range.end) as usize).max(start);
                    let old = &document.source.text;
                    let mut text = String::with_capacity(old.len() + change.text.len());
                    text.push_str(old.get(..start).unwrap_or(""));
                    text.push_str(&change.text);
                    text.push_str(old.get(end..).unwrap_or(""));
                    text
                }
            };
            document.source = SourceFile::new(document.path.clone(), Arc::from(text));
        }
        document.version = version;
        Some(document.path.clone())
    }

    pub fn close(&mut self, uri: &str) -> Option<Document> {
        self.0.remove(&uri::path(uri))
    }

    pub fn get(&self, path: &Utf8Path) -> Option<&Document> {
        self.0.get(path)
    }

    pub fn paths(&self) -> impl Iterator<Item = &Utf8PathBuf> {
        self.0.keys()
    }

    pub fn buffers(&self) -> Buffers {
        self.0.iter().map(|(path, document)| (path.clone(), document.source.text.to_string())).collect()
    }
}
