//! Whether there is an image for each framework and version that a stack's models name.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::report::{Change, Code, Diagnostic, Sink};
use crate::source::Spanned;
use crate::stack::{Framework, Member, Model, Origin, Stack};

use super::{Found, Images, Wanted};

/// An image that ends within this many days is worth a warning.
const SOON: i32 = 183;

/// Says of each model whose framework the target prebuilds images for, when there is none of its version, when it is over, or
/// when it soon will be. "Over" is by the catalogue's day, so that the same program gets the same answer tomorrow.
pub fn images(stack: &Stack, images: &Images, region: &str, sink: &mut Sink) {
    let shapes = stack.pools.values().filter_map(|pool| match &pool.members.value {
        Member::Prefix { shape, .. } => Some(&**shape),
        Member::Named(_) => None,
    });
    // Members of a pool share what they say of their framework.
    let mut said = BTreeSet::new();
    for model in stack.models.values().chain(shapes) {
        let Origin::Framework { framework, .. } = &model.origin else { continue };
        if !said.insert((framework.span, model.accelerator.is_some())) {
            continue;
        }
        if let Some(diagnostic) = of_model(model, framework, stack, images, region) {
            sink.push(diagnostic);
        }
    }
}

fn of_model(
    model: &Model,
    framework: &Spanned<Framework>,
    stack: &Stack,
    images: &Images,
    region: &str,
) -> Option<Diagnostic> {
    let (name, version) = (&*framework.value.name, framework.value.version.as_deref());
    let (wanted, on) = if model.accelerator.is_some() { (Wanted::Gpu, "gpu") } else { (Wanted::Cpu, "cpu") };
    let target = &stack.target;
    let titled = version.map_or(name.to_owned(), |version| format!("{name} {version}"));
    let error = |message: String| Diagnostic::error(Code::NoImage, message);
    match images.find(name, version, wanted, region) {
        Found::NoFramework => None,
        Found::Image { image, .. } => {
            let until = image.until.filter(|until| days(images.as_of(), *until) < SOON)?;
            let warning =
                Diagnostic::warning(Code::NoImage, format!("the image of {titled} on `{target}` ends on {until}"))
                    .label(framework.span, format!("of model `{}`", model.name))
                    .note(format!("source: {}, as of {}", image.source.title, image.source.as_of));
            Some(warning.help("plan for a newer version, or bring an `image` of your own"))
        }
        Found::Ended { image, until, newest } => {
            let diagnostic = error(format!("the image of {titled} on `{target}` ended on {until}"))
                .label(framework.span, format!("of model `{}`", model.name))
                .note(format!("source: {}, as of {}", image.source.title, image.source.as_of));
            Some(newer(diagnostic, framework, newest.map(|image| &image.version)))
        }
        Found::NoVersion { versions, known } if versions.is_empty() => {
            let diagnostic = error(format!("`{target}` has no image of {name} for a {on}"))
                .label(framework.span, format!("of model `{}`", model.name))
                .note(format!("source: {}, as of {}", known.source.title, known.source.as_of));
            Some(match &model.accelerator {
                Some(accelerator) => {
                    diagnostic.help("leave out `accelerator`, or bring an `image` of your own").propose(
                        format!("leave {{}} out: {name} runs on processors"),
                        [Change::LeaveOut(accelerator.span)],
                    )
                }
                None => diagnostic
                    .help("ask for one with `accelerator = gpu { … }`, or bring an `image` of your own")
                    .propose(
                        "ask for a gpu",
                        [Change::Beside { of: framework.span, entry: "accelerator = gpu".into() }],
                    ),
            })
        }
        Found::NoVersion { versions, known } => {
            let few: Vec<&str> = versions.iter().take(5).map(|version| &**version).collect();
            let diagnostic = error(format!("`{target}` has no image of {titled} for a {on}"))
                .label(framework.span, format!("of model `{}`", model.name))
                .note(format!("the newest versions with an image: {}", few.join(", ")))
                .note(format!("source: {}, as of {}", known.source.title, known.source.as_of));
            Some(newer(diagnostic, framework, versions.first()))
        }
        Found::NotThere { image } => {
            let diagnostic = error(format!("no registry of `{region}` has the image of {titled}"))
                .label(framework.span, format!("of model `{}`", model.name))
                .note(format!("source: {}, as of {}", image.source.title, image.source.as_of));
            Some(diagnostic.help("take another region, or bring an `image` of your own"))
        }
    }
}

fn newer(diagnostic: Diagnostic, framework: &Spanned<Framework>, newest: Option<&Arc<str>>) -> Diagnostic {
    match newest {
        Some(version) => {
            let written = format!("{}(\"{version}\")", framework.value.name);
            diagnostic.help(format!("write `{written}`, the newest there is, or bring an `image` of your own")).fix(
                "use the newest",
                framework.span,
                written,
            )
        }
        None => diagnostic.help("bring an `image` of your own"),
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}
