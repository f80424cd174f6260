//! An answer beside the expected one, for people: a line for each value in them, in columns that fit 100 characters.

use serde_json::Value;

use super::compare::short;

/// Values that are shown; the comparison itself looks at all.
const ROWS: usize = 12;
/// Columns of one value, and of a path.
const CELL: usize = 30;
const PATH: usize = 32;

/// A head and a line for each value that is in either; `expected` is none where nothing is.
pub fn beside(answer: &Value, expected: Option<&Value>) -> Vec<String> {
    let mut rows: Vec<(String, String, String)> = vec![];
    leaves(answer, "", &mut |path, value| rows.push((path, value, String::new())));
    if let Some(expected) = expected {
        leaves(expected, "", &mut |path, value| match rows.iter_mut().find(|row| row.0 == path) {
            Some(row) => row.2 = value,
            None => rows.push((path, String::new(), value)),
        });
    }
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let head = if expected.is_some() { "expected" } else { "" };
    rows.insert(0, (String::new(), "answer".to_owned(), head.to_owned()));
    let width = |cell: fn(&(String, String, String)) -> &String, most: usize| {
        rows.iter().map(|row| cell(row).chars().count().min(most)).max().unwrap_or(0)
    };
    let (path, value) = (width(|row| &row.0, PATH), width(|row| &row.1, CELL));
    let line = |row: &(String, String, String)| {
        let (a, b, c) = (cut(&row.0, PATH), cut(&row.1, CELL), cut(&row.2, CELL));
        format!("{a:path$}  {b:value$}  {c}").trim_end().to_owned()
    };
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if more > 0 {
        lines.push(format!("… and {more} more values"));
    }
    lines
}

fn leaves(value: &Value, path: &str, tell: &mut dyn FnMut(String, String)) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(i, item)| leaves(item, &format!("{path}[{i}]"), tell));
        }
        Value::Object(fields) if !fields.is_empty() => {
            for (name, inner) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(inner, &path, tell);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            tell(path.to_owned(), short(value));
        }
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_stands_beside_the_expected_one() {
        let lines = beside(&json!({ "kinds": [{ "label": "html", "score": 0.9 }] }), Some(&json!({ "kinds": [] })));
        assert_eq!(
            lines,
            [
                "                answer  expected",
                "kinds[0].label  \"html\"",
                "kinds[0].score  0.9",
                "kinds                   []",
            ]
        );
    }

    #[test]
    fn a_large_answer_is_cut_and_fits() {
        let long = json!({ "a_name_that_is_much_longer_than_a_column_is_wide": vec!["x".repeat(200); 40] });
        let lines = beside(&long, Some(&long));
        assert_eq!(lines.len(), ROWS + 2);
        assert!(lines.iter().all(|line| line.chars().count() <= 100), "{lines:#?}");
        assert_eq!(lines.last().map(String::as_str), Some("… and 28 more values"));
    }
}
