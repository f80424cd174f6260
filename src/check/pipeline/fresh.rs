//! Names for sizes that are known only at run time, each meaning one size in the whole pipeline.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::stack::{Dim, Type};

#[derive(Debug, Default)]
pub(super) struct Fresh {
    taken: BTreeSet<Arc<str>>,
    next: BTreeMap<Arc<str>, u32>,
}

impl Fresh {
    /// Keeps a type's symbols for what they mean in it.
    pub(super) fn reserve(&mut self, ty: &Type) {
        symbols(ty, &mut |name| {
            self.taken.insert(Arc::clone(name));
        });
    }

    /// `n`, or `n_2` where another size is called `n` already.
    pub(super) fn name(&mut self, wanted: &Arc<str>) -> Arc<str> {
        if self.taken.insert(Arc::clone(wanted)) {
            return Arc::clone(wanted);
        }
        let next = self.next.entry(Arc::clone(wanted)).or_insert(2);
        loop {
            let name: Arc<str> = format!("{wanted}_{next}").into();
            *next += 1;
            if self.taken.insert(Arc::clone(&name)) {
                return name;
            }
        }
    }
}

/// Calls `each` for every symbol in a type.
pub(super) fn symbols(ty: &Type, each: &mut impl FnMut(&Arc<str>)) {
    match ty {
        Type::Tensor(tensor) => {
            for dim in &tensor.dims {
                if let Dim::Symbol(name) = dim {
                    each(name);
                }
            }
        }
        Type::List(inner) | Type::Range(inner) => symbols(inner, each),
        Type::Record(fields) => fields.values().for_each(|ty| symbols(ty, each)),
        Type::Bool
        | Type::Int
        | Type::Float
        | Type::String
        | Type::Duration
        | Type::Size
        | Type::Percent
        | Type::Rate
        | Type::Money
        | Type::Uri(_)
        | Type::Image(_)
        | Type::Audio(_)
        | Type::Text
        | Type::Bytes
        | Type::Json
        | Type::Enum(_)
        | Type::Model
        | Type::Pipeline
        | Type::Pool
        | Type::Transform
        | Type::Unknown => {}
    }
}
