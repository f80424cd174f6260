//! Which live object is which resource, when a declaration has a new name.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource::{Address, Desired, Observed};

/// New address to the address under which the object is live. Only for resources that are not live under their own
/// address; a chain of moves is followed to the nearest name that is live.
pub(super) fn aliases(desired: &Desired, observed: &Observed) -> BTreeMap<Address, Address> {
    let mut olds: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
    for (old, new) in &desired.moved {
        olds.entry(new).or_default().push(old);
    }
    let mut out = BTreeMap::new();
    let mut taken: BTreeSet<&Address> = BTreeSet::new();
    for new in desired.resources.keys().filter(|new| !observed.objects.contains_key(*new)) {
        let mut seen = BTreeSet::from([new]);
        let mut names = vec![new];
        let mut found = None;
        while found.is_none() && !names.is_empty() {
            let before: Vec<&Address> = names.iter().flat_map(|n| olds.get(n).into_iter().flatten().copied()).collect();
            names = before.into_iter().filter(|old| seen.insert(old)).collect();
            found = names.iter().copied().find(|old| {
                observed.objects.contains_key(*old) && !desired.resources.contains_key(*old) && !taken.contains(old)
            });
        }
        if let Some(old) = found {
            taken.insert(old);
            out.insert(new.clone(), old.clone());
        }
    }
    out
}
