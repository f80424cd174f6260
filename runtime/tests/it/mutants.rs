//! Model files damaged at random (from a fixed seed): read or refused, never a crash, never an endless read.

use std::sync::Arc;

use serve_runtime::engine::{self, Options};
use serve_runtime::onnx as reader;
use serve_spec::Engine;

use crate::onnx;

/// A small linear congruential generator: the same mutants on every machine.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn mutant(seed: &mut Seeded, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=seed.below(4) {
        let at = seed.below(bytes.len());
        match seed.below(4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, seed.below(256) as u8),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ if at < bytes.len() => bytes[at] = seed.below(256) as u8,
            _ => {}
        }
    }
    bytes
}

#[test]
fn damaged_signatures_are_read_or_refused() {
    let mut seed = Seeded(1);
    let mut refused = 0;
    for good in [onnx::scale(2.0), onnx::integers(), onnx::zipmap()] {
        assert!(reader::read(&good).is_ok());
        for _ in 0..10_000 {
            refused += usize::from(reader::read(&mutant(&mut seed, &good)).is_err());
        }
    }
    assert!(refused > 1_000, "{refused}");
}

#[test]
fn damaged_models_load_or_are_refused() {
    let mut seed = Seeded(2);
    let options = Options { choice: Engine::Rten, threads: 1, concurrency: 1, library: None };
    let mut refused = 0;
    for good in [onnx::scale(2.0), onnx::integers()] {
        for _ in 0..1_000 {
            let bytes: Arc<[u8]> = Arc::from(mutant(&mut seed, &good));
            if let Ok(signature) = reader::read(&bytes) {
                refused += usize::from(engine::open(&bytes, &signature, &options).is_err());
            }
        }
    }
    assert!(refused > 20, "{refused}");
}
