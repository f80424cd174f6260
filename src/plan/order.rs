//! In which order things are made and removed. The graph of needs decides; addresses break ties.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource::Address;

/// What each thing needs.
pub(super) type Needs<'a> = BTreeMap<&'a Address, Vec<&'a Address>>;

/// Every key after all that it needs (as far as that is a key too), the smallest address first. A cycle, which no
/// checked program has, is broken at its smallest address.
pub(super) fn sorted<'a>(needs: &Needs<'a>) -> Vec<&'a Address> {
    let mut waiting: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    let mut wanted_by: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
    for (address, needed) in needs {
        let needed: BTreeSet<&Address> =
            needed.iter().copied().filter(|n| n != address && needs.contains_key(n)).collect();
        for n in &needed {
            wanted_by.entry(n).or_default().push(address);
        }
        waiting.insert(address, needed);
    }
    let mut ready: BTreeSet<&Address> = waiting.iter().filter(|(_, n)| n.is_empty()).map(|(a, _)| *a).collect();
    let mut out = vec![];
    while let Some(next) = ready.pop_first().or_else(|| waiting.keys().next().copied()) {
        waiting.remove(next);
        out.push(next);
        for dependant in wanted_by.get(next).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(dependant) {
                left.remove(next);
                if left.is_empty() {
                    ready.insert(dependant);
                }
            }
        }
    }
    out
}

/// For each step the steps that must be done before it, also when only things that stay lie between the two.
pub(super) fn steps_before<'a>(
    order: &[&'a Address],
    needs: &Needs<'a>,
    is_step: impl Fn(&Address) -> bool,
) -> BTreeMap<&'a Address, BTreeSet<&'a Address>> {
    let mut before: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
    for address in order {
        let mut found = BTreeSet::new();
        for needed in needs.get(address).into_iter().flatten() {
            // What is not placed yet closes a cycle; what is no key is not ours.
            let Some(theirs) = before.get(needed) else { continue };
            if is_step(needed) {
                found.insert(*needed);
            } else {
                found.extend(theirs.iter().copied());
            }
        }
        before.insert(address, found);
    }
    before
}
