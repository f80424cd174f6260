//! Orders and cycles over plain indices, for whatever depends on something: bindings, files, declarations. Knows
//! nothing of what the indices stand for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// What [`arrange`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    /// Every index outside of cycles and not in need of one, each after all that it needs; else the smallest first.
    pub sorted: Vec<usize>,
    /// Indices in a cycle or in need of one, ascending.
    pub unsorted: Vec<usize>,
    /// One shortest cycle of each knot, from its smallest index: each needs the next, the last needs the first.
    pub cycles: Vec<Vec<usize>>,
}

/// Sorts `needs.len()` indices; `needs[i]` holds what `i` needs, and what is out of range is ignored. Takes no stack,
/// however long the chains.
pub fn arrange(needs: &[Vec<usize>]) -> Order {
    let mut waiting: Vec<usize> = vec![0; needs.len()];
    let mut needed_by: Vec<Vec<usize>> = vec![vec![]; needs.len()];
    for (from, targets) in needs.iter().enumerate() {
        let targets: BTreeSet<usize> = targets.iter().copied().collect();
        for to in targets {
            if let (Some(list), Some(count)) = (needed_by.get_mut(to), waiting.get_mut(from)) {
                list.push(from);
                *count += 1;
            }
        }
    }
    let mut ready: BTreeSet<usize> = (0..needs.len()).filter(|i| waiting.get(*i) == Some(&0)).collect();
    let mut sorted = Vec::with_capacity(needs.len());
    while let Some(next) = ready.pop_first() {
        sorted.push(next);
        for user in needed_by.get(next).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*user) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(*user);
                }
            }
        }
    }
    let unsorted: Vec<usize> = (0..needs.len()).filter(|i| waiting.get(*i).is_some_and(|c| *c > 0)).collect();
    let cycles = knots(needs, &unsorted).into_iter().filter_map(|knot| shortest(needs, &knot)).collect();
    Order { sorted, unsorted, cycles }
}

/// Sets of indices that all need each other, by their smallest member. Kosaraju's way and not Tarjan's, which recurses
/// as deep as the chain is long.
fn knots(needs: &[Vec<usize>], among: &[usize]) -> Vec<BTreeSet<usize>> {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: BTreeMap<usize, _> = among.iter().map(|i| (*i, graph.add_node(*i))).collect();
    for (index, node) in &nodes {
        for target in needs.get(*index).into_iter().flatten().filter_map(|t| nodes.get(t)) {
            graph.update_edge(*node, *target, ());
        }
    }
    let mut knots: Vec<BTreeSet<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|knot| match knot.as_slice() {
            [only] => graph.contains_edge(*only, *only),
            _ => true,
        })
        .map(|knot| knot.into_iter().filter_map(|n| graph.node_weight(n).copied()).collect())
        .collect();
    knots.sort();
    knots
}

/// A shortest way from a knot's smallest index back to it.
fn shortest(needs: &[Vec<usize>], knot: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let start = *knot.first()?;
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in needs.get(at).into_iter().flatten().copied().filter(|n| knot.contains(n)) {
            if next == start {
                let mut path = vec![at];
                let mut step = at;
                while step != start {
                    step = *came_from.get(&step)?;
                    path.push(step);
                }
                path.reverse();
                return Some(path);
            }
            if let std::collections::btree_map::Entry::Vacant(slot) = came_from.entry(next) {
                slot.insert(at);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_else_the_smallest() {
        let order = arrange(&[vec![2], vec![], vec![3], vec![]]);
        assert_eq!(order.sorted, [1, 3, 2, 0]);
        assert!(order.unsorted.is_empty() && order.cycles.is_empty());
    }

    #[test]
    fn each_knot_is_shown_once_by_its_shortest_cycle() {
        let order = arrange(&[vec![1], vec![2], vec![0, 1], vec![3], vec![0], vec![]]);
        assert_eq!(order.cycles, [vec![0, 1, 2], vec![3]]);
        assert_eq!(order.unsorted, [0, 1, 2, 3, 4]);
        assert_eq!(order.sorted, [5]);
    }

    #[test]
    fn a_long_chain_and_a_long_cycle_take_no_stack() {
        let length = 200_000;
        let chain: Vec<Vec<usize>> = (0..length).map(|i| vec![i + 1]).collect();
        assert_eq!(arrange(&chain).sorted.first(), Some(&(length - 1)));
        let cycle: Vec<Vec<usize>> = (0..length).map(|i| vec![(i + 1) % length]).collect();
        assert_eq!(arrange(&cycle).cycles.first().map(Vec::len), Some(length));
    }
}
