//! Topics: by their ARN the user's own, by a plain name one that the stack makes.

use crate::resource::Address;
use crate::source::Span;

use super::super::cfn::{Text, Topic};
use super::cx::Cx;
use super::made::{Made, Spans};
use super::names::At;

/// The topic of a name or an ARN, as what needs it refers to it.
pub fn of(cx: &Cx, made: &mut Made, name: &str, span: Span, needs: &mut Vec<Address>) -> Text {
    if name.starts_with("arn:") {
        return Text::plain(name);
    }
    let at = At::new("topic", &[name]);
    let topic = Topic { topic_name: made.names.fixed(&[name]), tags: cx.tags(None, &[]) };
    let mut spans = Spans::default();
    spans.put("/TopicName", span);
    needs.push(made.add(&at, &topic, &[], span, spans));
    Text::Ref(made.names.logical(&at))
}
