//! `rten`: compiled in, so that nothing need be installed. Carries int64, bool and the like as i32, and every float as
//! f32; has no strings, no ai.onnx.ml and no GPU.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value as Carried, ValueOrView};
use rten_tensor::prelude::*;
use serve_spec::Dtype;

use super::pool::Pool;
use super::{Engine, Failure, Fed, Options, Wanted, cast};
use crate::value::{Data, Tensor, Value};

/// A model in `rten`.
struct Rten {
    model: Model,
    /// One set of threads for each call that may run at once.
    threads: Pool<Arc<ThreadPool>>,
}

/// Loads a model.
///
/// # Errors
/// When `rten` can't read it, or lacks an operator that it uses.
pub fn load(bytes: &[u8], options: &Options) -> Result<Box<dyn Engine>, String> {
    let model = caught("load", || Model::load(bytes.to_vec()))?
        .map_err(|error| format!("rten can't load it: {}", one_line(&error.to_string())))?;
    let pools = (0..options.concurrency).map(|_| Arc::new(ThreadPool::with_num_threads(options.threads)));
    Ok(Box::new(Rten { model, threads: Pool::new(pools.collect()) }))
}

impl Engine for Rten {
    fn name(&self) -> &'static str {
        "rten"
    }

    fn run(&self, inputs: &[Fed<'_>], outputs: &[Wanted<'_>]) -> Result<Vec<Value>, Failure> {
        let mut fed = Vec::with_capacity(inputs.len());
        for input in inputs {
            let value = carry(input).map_err(|why| Failure::Input(format!("input `{}`: {why}", input.name)))?;
            fed.push((self.node(input.name)?, ValueOrView::from(value)));
        }
        let wanted = outputs.iter().map(|output| self.node(output.name)).collect::<Result<Vec<_>, _>>()?;
        let mut threads = self.threads.lend();
        let options = RunOptions::default().with_thread_pool(threads.get().map(|pool| Arc::clone(pool)));
        let given = caught("run", || self.model.run(fed, &wanted, Some(options)))
            .map_err(Failure::Run)?
            .map_err(|error| Failure::Run(one_line(&error.to_string())))?;
        drop(threads);
        given
            .into_iter()
            .zip(outputs)
            .map(|(value, output)| {
                uncarry(value, output.dtype).map_err(|why| Failure::Run(format!("output `{}`: {why}", output.name)))
            })
            .collect()
    }
}

impl Rten {
    fn node(&self, name: &str) -> Result<NodeId, Failure> {
        self.model.find_node(name).ok_or_else(|| Failure::Run(format!("the model has no value `{name}`")))
    }
}

fn carry(input: &Fed<'_>) -> Result<Carried, String> {
    let shape = input.tensor.shape.as_slice();
    let data = &input.tensor.data;
    match (input.dtype, data) {
        (Dtype::I8, Data::I8(v)) => shaped(shape, v.clone()),
        (Dtype::U8, Data::U8(v)) => shaped(shape, v.clone()),
        (Dtype::F16 | Dtype::Bf16 | Dtype::F32 | Dtype::F64, _) => shaped(shape, cast::to_f32(data)?),
        (Dtype::String, _) => Err("rten has no strings".to_owned()),
        (
            Dtype::Bool
            | Dtype::I8
            | Dtype::I16
            | Dtype::I32
            | Dtype::I64
            | Dtype::U8
            | Dtype::U16
            | Dtype::U32
            | Dtype::U64,
            _,
        ) => shaped(shape, cast::to_i32(data)?),
    }
}

fn shaped<T>(shape: &[usize], data: Vec<T>) -> Result<Carried, String>
where
    Carried: From<rten_tensor::Tensor<T>>,
{
    Carried::from_shape(shape, data).map_err(|error| error.to_string())
}

fn uncarry(value: Carried, dtype: Option<Dtype>) -> Result<Value, String> {
    let dtype = dtype.ok_or("rten gives tensors only")?;
    let (shape, data) = match value {
        Carried::FloatTensor(tensor) => (tensor.shape().to_vec(), cast::from_f32(tensor.into_data(), dtype)?),
        Carried::Int32Tensor(tensor) => (tensor.shape().to_vec(), cast::from_i32(tensor.into_data(), dtype)?),
        Carried::Int8Tensor(tensor) => {
            let wide = tensor.iter().map(|x| i32::from(*x)).collect();
            (tensor.shape().to_vec(), cast::from_i32(wide, dtype)?)
        }
        Carried::UInt8Tensor(tensor) => {
            let wide = tensor.iter().map(|x| i32::from(*x)).collect();
            (tensor.shape().to_vec(), cast::from_i32(wide, dtype)?)
        }
        Carried::Sequence(_) => return Err("the model gave a sequence where a tensor is declared".to_owned()),
        _ => return Err("the model gave a value of an unknown kind".to_owned()),
    };
    Ok(Value::Tensor(Arc::new(Tensor { shape, data })))
}

/// A model file is input like any other: a panic in the engine must not end the server.
fn caught<T>(what: &str, call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| format!("rten panicked in {what}: {}", panic_text(&*panic)))
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
