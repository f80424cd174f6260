//! Types on a pipeline's edges: laws of unification, and that one wrong edge among many right ones is found, alone.

use std::fmt::Write as _;

use camino::Utf8Path;
use proptest::prelude::*;
use servec::check::types::{Sizes, agree, unify};
use servec::compile::{Compiled, Options, compile_with};
use servec::files::{Nothing, Overlay};
use servec::report::{Code, Severity};
use servec::source::{FileId, Span};
use servec::stack::ports::Dtype;
use servec::stack::{Dim, Layout, TensorType, Type};

fn compile(text: &str) -> Compiled {
    let texts = [("main.serve".into(), text.to_owned())].into();
    compile_with(Utf8Path::new("main.serve"), &Options::default(), &Overlay { texts, below: Nothing })
}

fn dim(symbols: &'static [&'static str]) -> impl Strategy<Value = Dim> {
    let symbol = prop::sample::select(symbols.to_vec()).prop_map(|s| Dim::Symbol(s.into()));
    prop_oneof![4 => (1_u64..4).prop_map(Dim::Fixed), 3 => symbol, 1 => Just(Dim::Any)]
}

fn tensor(dim: impl Strategy<Value = Dim>) -> impl Strategy<Value = Type> {
    let dtype = prop::sample::select(vec![Dtype::F32, Dtype::U8]);
    let layout = prop::sample::select(vec![None, Some(Layout::Hwc), Some(Layout::Chw)]);
    (dtype, layout, prop::collection::vec(dim, 0..4)).prop_map(|(dtype, layout, dims)| {
        let layout = layout.filter(|_| dims.len() == 3);
        Type::Tensor(TensorType { dtype, layout, dims })
    })
}

/// Types without symbols.
fn closed() -> impl Strategy<Value = Type> {
    let tensors = tensor(prop_oneof![(1_u64..4).prop_map(Dim::Fixed), Just(Dim::Any)]);
    let leaf = prop_oneof![
        6 => tensors,
        1 => prop::sample::select(vec![Type::Text, Type::Bytes, Type::Int, Type::Unknown]),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|t| Type::List(Box::new(t))),
            prop::collection::btree_map(prop::sample::select(vec!["a".into(), "b".into()]), inner, 0..3)
                .prop_map(Type::Record),
        ]
    })
}

fn here() -> Span {
    Span::new(FileId(0), 0, 1)
}

proptest! {
    #[test]
    fn without_symbols_agreement_goes_both_ways(a in closed(), b in closed()) {
        prop_assert_eq!(agree(&a, &b).is_ok(), agree(&b, &a).is_ok(), "{} and {}", a, b);
    }

    #[test]
    fn every_type_agrees_with_itself_and_with_the_unknown(a in closed()) {
        prop_assert_eq!(agree(&a, &a), Ok(()));
        prop_assert_eq!(agree(&a, &Type::Unknown), Ok(()));
        prop_assert_eq!(agree(&Type::Unknown, &a), Ok(()));
    }

    /// What was made equal is equal: once more changes nothing, and the type with its sizes put in agrees both ways.
    #[test]
    fn unification_twice_is_unification_once(a in tensor(dim(&["n", "m"])), b in tensor(dim(&["x", "y"]))) {
        let mut sizes = Sizes::default();
        if unify(&a, &b, here(), &mut sizes).is_ok() {
            let once = sizes.apply(&a);
            prop_assert_eq!(sizes.apply(&once), once.clone());
            let mut again = sizes.clone();
            prop_assert_eq!(unify(&a, &b, here(), &mut again), Ok(()));
            prop_assert_eq!(&again, &sizes);
            let mut rigid = sizes.clone();
            prop_assert_eq!(unify(&a, &once, here(), &mut rigid), Ok(()), "{} from {}", once, a);
        }
    }

    /// A symbol that stands twice makes both places equal, wherever the other type has numbers there.
    #[test]
    fn one_symbol_is_one_size(left in 1_u64..4, right in 1_u64..4) {
        let of = |dims| Type::Tensor(TensorType { dtype: Dtype::F32, layout: None, dims });
        let square = of(vec![Dim::Symbol("n".into()), Dim::Symbol("n".into())]);
        let found = of(vec![Dim::Fixed(left), Dim::Fixed(right)]);
        prop_assert_eq!(agree(&square, &found).is_ok(), left == right);
    }
}

/// A value of a generated pipeline: how it is written, its element type and dims.
#[derive(Debug, Clone)]
struct Made {
    expr: String,
    dtype: &'static str,
    dims: Vec<u64>,
}

impl Made {
    fn ty(&self) -> String {
        let dims: Vec<String> = self.dims.iter().map(u64::to_string).collect();
        format!("tensor<{}>[{}]", self.dtype, dims.join(", "))
    }
}

/// A model of its own for each call, so that a change to one input is a change to one edge.
#[derive(Debug, Clone)]
struct Call {
    /// Indices into the values before.
    args: Vec<usize>,
    outputs: Vec<Made>,
    /// Which fixed dims of which argument are written as symbols.
    open: Vec<Vec<bool>>,
}

#[derive(Debug, Clone)]
struct Program {
    inputs: Vec<Made>,
    calls: Vec<Call>,
}

/// An edge to break: the call, the argument, and whether its element type or one of its dims is changed.
type Break = (usize, usize, Option<usize>);

const DTYPES: [&str; 3] = ["f32", "u8", "i64"];

fn shape() -> impl Strategy<Value = (&'static str, Vec<u64>)> {
    (prop::sample::select(DTYPES.to_vec()), prop::collection::vec(1_u64..9, 1..4))
}

fn program() -> impl Strategy<Value = Program> {
    let call = (
        prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<bool>(), 3)), 1..4),
        prop::collection::vec(shape(), 1..3),
    );
    (prop::collection::vec(shape(), 1..4), prop::collection::vec(call, 1..9)).prop_map(|(inputs, calls)| {
        let made = |expr: String, (dtype, dims)| Made { expr, dtype, dims };
        let inputs: Vec<Made> = inputs.into_iter().enumerate().map(|(i, s)| made(format!("in{i}"), s)).collect();
        let mut count = inputs.len();
        let mut program = Program { inputs, calls: vec![] };
        for (number, (args, outputs)) in calls.into_iter().enumerate() {
            let single = outputs.len() == 1;
            let name = |i: usize| if single { format!("v{number}") } else { format!("v{number}.o{i}") };
            let outputs: Vec<Made> = outputs.into_iter().enumerate().map(|(i, s)| made(name(i), s)).collect();
            let (args, open) = args.into_iter().map(|(index, open)| (index.index(count), open)).unzip();
            count += outputs.len();
            program.calls.push(Call { args, outputs, open });
        }
        program
    })
}

impl Program {
    fn values(&self) -> Vec<&Made> {
        self.inputs.iter().chain(self.calls.iter().flat_map(|c| &c.outputs)).collect()
    }

    /// The text, with bindings last to first (order must not matter); `wrong` breaks one edge.
    fn text(&self, wrong: Option<Break>) -> String {
        let values = self.values();
        let mut text = String::new();
        for (number, call) in self.calls.iter().enumerate() {
            writeln!(text, "model m{number} {{\n  image = \"registry/m:1\"").unwrap();
            for (place, arg) in call.args.iter().enumerate() {
                let value = values[*arg];
                let mut dtype = value.dtype;
                let mut dims: Vec<String> = value
                    .dims
                    .iter()
                    .enumerate()
                    .map(|(i, d)| if call.open[place][i] { format!("s{place}_{i}") } else { d.to_string() })
                    .collect();
                match wrong {
                    Some((c, p, None)) if (c, p) == (number, place) => {
                        dtype = DTYPES.into_iter().find(|d| *d != dtype).unwrap();
                    }
                    Some((c, p, Some(i))) if (c, p) == (number, place) => dims[i] = (value.dims[i] + 100).to_string(),
                    _ => {}
                }
                writeln!(text, "  input p{place}: tensor<{dtype}>[{}]", dims.join(", ")).unwrap();
            }
            for (i, output) in call.outputs.iter().enumerate() {
                writeln!(text, "  output o{i}: {}", output.ty()).unwrap();
            }
            text.push_str("}\n");
        }
        text.push_str("pipeline all {\n");
        for (i, input) in self.inputs.iter().enumerate() {
            writeln!(text, "  input in{i}: {}", input.ty()).unwrap();
        }
        for (number, call) in self.calls.iter().enumerate().rev() {
            let args: Vec<&str> = call.args.iter().map(|a| values[*a].expr.as_str()).collect();
            writeln!(text, "  v{number} = m{number}({})", args.join(", ")).unwrap();
        }
        for (number, value) in values.iter().enumerate() {
            writeln!(text, "  output out{number}: {} = {}", value.ty(), value.expr).unwrap();
        }
        text.push_str("}\n");
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_pipeline_that_is_right_by_construction_is_accepted(program in program()) {
        let compiled = compile(&program.text(None));
        prop_assert!(compiled.diagnostics.is_empty(), "{:?}\n{}", compiled.diagnostics, program.text(None));
    }

    #[test]
    fn one_wrong_edge_is_one_error_that_points_at_it(
        program in program(), call in any::<prop::sample::Index>(), arg in any::<prop::sample::Index>(), dim in 0_usize..4
    ) {
        let call = call.index(program.calls.len());
        let place = arg.index(program.calls[call].args.len());
        let values = program.values();
        let value = values[program.calls[call].args[place]];
        let text = program.text(Some((call, place, (dim < value.dims.len()).then_some(dim))));
        let compiled = compile(&text);
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        prop_assert_eq!(errors.len(), 1, "{:?}\n{}", errors, text);
        prop_assert_eq!(compiled.diagnostics.len(), 1, "{:?}", compiled.diagnostics);
        prop_assert_eq!(errors[0].code, Code::EdgeType);
        // The argument itself: of its binding's line, in its place.
        let line = format!("v{call} = m{call}(");
        let mut at = text.find(&line).unwrap() + line.len();
        for before in program.calls[call].args.iter().take(place) {
            at += values[*before].expr.len() + ", ".len();
        }
        let span = errors[0].span().unwrap();
        prop_assert_eq!((span.start as usize, span.end as usize), (at, at + value.expr.len()), "{}", text);
        // The callee's port, and where the value comes from.
        let labelled: Vec<&str> = errors[0].labels.iter().map(|l| compiled.sources.text(l.span)).collect();
        prop_assert!(labelled[1].starts_with(&format!("input p{place}:")), "{:?}", labelled);
        prop_assert!(labelled[2].ends_with(&value.ty()), "{:?}", labelled);
    }
}

#[test]
fn steps_stand_in_the_order_of_need_with_names_from_the_source() {
    let reader = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/reader");
    let compiled = compile_with(&reader, &Options::default(), &servec::files::Disk);
    assert!(!compiled.failed, "{:?}", compiled.diagnostics);
    let pipeline = &compiled.stacks[0].pipelines["read_page"];
    let ids: Vec<&str> = pipeline.steps.iter().map(|s| &*s.id).collect();
    assert_eq!(ids, ["page", "small", "found.1", "found", "strips", "read.1", "read", "sure", "text"]);
    // Sizes flow: one page makes one map, of a size that only the photo decides.
    let map = &pipeline.steps[2].outputs[0];
    assert_eq!(map.ty.to_string(), "tensor<f32>[1, 1, rows, columns]");
    let strips = &pipeline.steps[4].outputs[0];
    assert_eq!(strips.ty.to_string(), "tensor<f32, nchw>[count, 3, 48, width]");
}

#[test]
fn ten_thousand_steps_are_typed_in_little_time_and_no_stack() {
    let mut text = String::from(
        "model step {\n  image = \"registry/step:1\"\n  input x: tensor<f32>[batch, 4]\n  output y: tensor<f32>[batch, 4]\n}\n\
         pipeline long {\n  input v0: tensor<f32>[batch, 4]\n",
    );
    for i in (1..10_000).rev() {
        writeln!(text, "  v{i} = step(v{})", i - 1).unwrap();
    }
    text.push_str("  output last = v9999\n}\n");
    let started = std::time::Instant::now();
    let compiled = compile(&text);
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics.first());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
