//! Names as completions: declarations in scope, those of the standard library with the `use` that brings them in, targets.

use crate::check::schema::{Shape, decl_word};
use crate::names::{DeclarationId, kind_word};
use crate::stdlib;
use crate::syntax::ast::{DeclKind, Item, TypeExprKind};
use crate::target;

use super::super::context::Context;
use super::super::library::{self, Listed};
use super::super::{show, uses};
use super::{Added, Asked, Offer, Sort};

/// Declarations in scope of some kinds.
pub(super) fn declared(asked: Asked, is: impl Fn(DeclKind) -> bool) -> Vec<Offer> {
    let mut all = Vec::new();
    for (name, id) in asked.names().visible(asked.unit) {
        if let Some(decl) = asked.analysis.decl(id)
            && is(decl.kind.value)
        {
            let doc = decl.doc.as_deref().unwrap_or("");
            all.push(Offer::new(Sort::Declaration, &**name, decl_word(decl.kind.value)).doc(doc).rank(1));
        }
    }
    all
}

/// Constants and parameters in scope.
pub(super) fn constants(asked: Asked) -> Vec<Offer> {
    let mut all = Vec::new();
    for (name, id) in asked.names().visible(asked.unit) {
        let Some(item @ (Item::Let(_) | Item::Param(_))) = asked.names().item(id) else { continue };
        let value = asked.analysis.known().values.get(&id).map(show::value).unwrap_or_default();
        all.push(Offer::new(Sort::Value, &**name, format!("{} {value}", kind_word(item)).trim()).rank(3));
    }
    all
}

/// Secret parameters, and parameters of text.
pub(super) fn secrets(asked: Asked) -> Vec<Offer> {
    let is = |id: DeclarationId| match asked.names().item(id) {
        Some(Item::Param(param)) => crate::check::secret::is_secret(param),
        _ => false,
    };
    let visible = asked.names().visible(asked.unit).filter(|(_, id)| is(*id));
    visible.map(|(name, _)| Offer::new(Sort::Value, &**name, "a secret parameter").rank(1)).collect()
}

pub(super) fn targets() -> Vec<Offer> {
    let offer = |target: &&dyn target::Target| {
        let needs: Vec<&str> = target.settings().iter().filter(|s| s.required).map(|s| s.name).collect();
        let detail = if needs.is_empty() { String::new() } else { format!("needs {}", needs.join(", ")) };
        Offer::new(Sort::Word, target.name(), detail)
    };
    target::ALL.iter().map(offer).collect()
}

/// Endpoints and jobs that the statement does not name yet.
pub(super) fn deployable(asked: Asked, here: &Context) -> Vec<Offer> {
    let named: Vec<&str> = here.statement.iter().map(|t| t.text).collect();
    let is = |kind| matches!(kind, DeclKind::Endpoint | DeclKind::Job);
    declared(asked, is).into_iter().filter(|offer| !named.contains(&&*offer.label)).collect()
}

pub(super) fn movable(asked: Asked) -> Vec<Offer> {
    declared(asked, |kind| matches!(kind, DeclKind::Endpoint | DeclKind::Job | DeclKind::Model | DeclKind::Pool))
}

/// Parameters of the program that a stack's `with` does not give yet.
pub(super) fn params(asked: Asked, there: &[&str]) -> Vec<Offer> {
    let mut all = Vec::new();
    for (id, declaration) in asked.names().declarations() {
        let Some(Item::Param(param)) = asked.names().item(id) else { continue };
        let name = &declaration.name.value;
        if !there.contains(&&**name) {
            let ty = asked.analysis.text(param.ty.span);
            all.push(Offer::new(Sort::Field, &**name, ty).insert(format!("{name} = ")));
        }
    }
    all
}

/// The words of a parameter that is one of some texts.
pub(super) fn param_values(asked: Asked, name: &str) -> Vec<Offer> {
    let found = asked.names().declarations().find_map(|(id, _)| match asked.names().item(id) {
        Some(Item::Param(param)) if *param.name.value == *name => Some(param),
        _ => None,
    });
    let Some(param) = found else { return vec![] };
    let literals = match &param.ty.kind {
        TypeExprKind::Union(types) => types.as_slice(),
        TypeExprKind::Named { .. } | TypeExprKind::Literal(_) | TypeExprKind::Record(_) | TypeExprKind::Bad => {
            std::slice::from_ref(&param.ty)
        }
    };
    let texts = literals.iter().filter(|ty| matches!(ty.kind, TypeExprKind::Literal(_)));
    texts.map(|ty| Offer::new(Sort::Word, asked.analysis.text(ty.span), "").rank(0)).collect()
}

/// What a file or a part of the library declares, for the braces of a `use`.
pub(super) fn exported(asked: Asked, here: &Context, from: &str) -> Vec<Offer> {
    let taken: Vec<&str> = super::entries::present(asked.text, here);
    let named: Vec<&str> = here.statement.iter().map(|t| t.text).collect();
    let offers: Vec<Offer> = if from.starts_with('"') {
        of_file(asked, from.trim_matches('"'))
    } else {
        let part = format!("{}/{from}", stdlib::PREFIX);
        library::all().iter().filter(|listed| listed.part == part).map(listed_offer).collect()
    };
    offers.into_iter().filter(|o| !taken.contains(&&*o.label) && !named.contains(&&*o.label)).collect()
}

fn of_file(asked: Asked, path: &str) -> Vec<Offer> {
    let Some(home) = asked.names().unit(asked.unit) else { return vec![] };
    let folder = home.path.parent().unwrap_or(camino::Utf8Path::new(""));
    let full = crate::files::join(folder, path);
    let unit = asked.names().units().find(|(_, unit)| unit.path == full).map(|(id, _)| id);
    if let Some(unit) = unit {
        let own = asked.names().declarations().filter(|(_, d)| d.unit == unit);
        let offer = |(id, d): (DeclarationId, &crate::names::Declaration)| {
            let word = asked.names().item(id).map_or("", kind_word);
            Offer::new(Sort::Declaration, &*d.name.value, word)
        };
        return own.map(offer).collect();
    }
    let text = asked.analysis.files().read(&full).unwrap_or_default();
    let found = library::declared(&text);
    found.into_iter().map(|(name, word, _)| Offer::new(Sort::Declaration, name, word)).collect()
}

fn listed_offer(listed: &Listed) -> Offer {
    Offer::new(Sort::Declaration, &*listed.name, listed.word).doc(&*listed.doc)
}

/// Transforms of the library that the file does not have yet, each with its `use`.
pub(super) fn std_callable(asked: Asked) -> Vec<Offer> {
    let mut all = Vec::new();
    for listed in library::all().iter().filter(|listed| listed.word == decl_word(DeclKind::Transform)) {
        if asked.names().lookup(asked.unit, &listed.name).is_none() {
            let offer = Offer::new(Sort::Function, &*listed.name, format!("from {}", listed.part)).doc(&*listed.doc);
            all.push(with_use(asked, offer.snippet(format!("{}($0)", listed.name)).rank(4), listed));
        }
    }
    all
}

/// Constants of the library that fit a shape.
pub(super) fn std_constants(asked: Asked, shape: &Shape) -> Vec<Offer> {
    let mut all = Vec::new();
    for listed in library::all().iter().filter(|listed| listed.word == "let") {
        let fits = match shape {
            Shape::Range => matches!(listed.kind, library::Value::Range),
            Shape::Construct(forms) => match &listed.kind {
                library::Value::Construct(kind) => forms.iter().any(|form| form.kind == &**kind),
                library::Value::Range | library::Value::Other => false,
            },
            _ => false,
        };
        if fits && asked.names().lookup(asked.unit, &listed.name).is_none() {
            let offer = Offer::new(Sort::Value, &*listed.name, format!("from {}", listed.part)).doc(&*listed.doc);
            all.push(with_use(asked, offer.rank(7), listed));
        }
    }
    all
}

fn with_use(asked: Asked, offer: Offer, listed: &Listed) -> Offer {
    let (at, text) = uses::add(asked.text, &listed.part, &listed.name);
    Offer { add: Some(Added { at, text }), ..offer }
}
