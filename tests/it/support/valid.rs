//! Valid programs of any size, for tests and benchmarks. What is generated is clean: no error and no warning.

use std::fmt::Write as _;

/// A program of so many endpoints, the same for the same seed: models by image and by remote artifact, pipelines of the
/// standard library's transforms, variants, scales, schedules, policies, and stacks that deploy what runs anywhere.
pub fn valid_program(endpoints: usize, seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(2).wrapping_add(1));
    let mut out = String::with_capacity(endpoints * 600 + 600);
    out.push_str(HEAD);
    let mut deployed = Vec::new();
    for n in 0..endpoints {
        match dice.below(4) {
            0 => image(&mut out, n, &mut dice),
            1 => remote(&mut out, n, &mut dice),
            2 => canary(&mut out, n, &mut dice),
            _ => {
                text(&mut out, n, &mut dice);
                deployed.push(n);
            }
        }
    }
    if !deployed.is_empty() {
        out.push_str("stack dev on local {\n  with { stage = \"prod\" }\n");
        for names in deployed.chunks(8) {
            let names: Vec<String> = names.iter().map(|n| format!("endpoint_{n}")).collect();
            writeln!(out, "  deploy {}", names.join(", ")).unwrap();
        }
        out.push_str("}\n");
    }
    out
}

const HEAD: &str = r#"//! Generated.
use std/text.{lowercase, normalize, truncate}

param stage:  "dev" | "prod" = "dev"
param bucket: uri<s3>        = "s3://models"

let registry = "registry.example/serving"
let patience = if stage == "prod" then 10s else 30s
let sizes    = { small = 2GiB, large = 2 * 4GiB }

policy patient {
  require = [for e in endpoints if e.mode == "realtime": e.timeout <= 1min]
  message = "callers give up after a minute"
}

"#;

fn image(out: &mut String, n: usize, dice: &mut Dice) {
    let (cpu, most) = (1 + dice.below(8), 2 + dice.below(18));
    write!(
        out,
        r#"/// Number {n}: a container of its own.
model model_{n} {{
  image   = "${{registry}}/model-{n}:{tag}"
  cpu     = {cpu}
  memory  = sizes.{size}
  latency = {latency}ms
  concurrency = 4
  env     = {{ LOG = "info", STAGE = stage }}
  health  {{ path = "/ready", timeout = 2s }}
}}

endpoint endpoint_{n} {{
  serve = model_{n}
  mode  = realtime {{ timeout = patience }}
  scale = 1..{most} {{
    track cpu {{ target = {target}%, cooldown = 60s }}
    schedule weekday_morning {{ cron = "0 7 * * 1-5", zone = "Europe/Berlin", min = 2 }}
  }}
  slo {{ p50 = 100ms, p99 = 300ms, errors = 0.1% }}
}}

"#,
        tag = dice.below(90),
        size = if dice.below(2) == 0 { "small" } else { "large" },
        latency = 5 + dice.below(90),
        target = 40 + dice.below(40),
    )
    .unwrap();
}

fn remote(out: &mut String, n: usize, dice: &mut Dice) {
    write!(
        out,
        r#"// Number {n}: an artifact on a bucket, behind a queue.
model model_{n} {{
  framework   = onnx("1.20")
  artifact    = "${{bucket}}/model-{n}/v{version}.onnx"
  input  x: tensor<f32>[batch, {width}]
  output y: tensor<f32>[batch, 4]
  accelerator = gpu {{ memory = 6GiB }}
  concurrency = {concurrency}
}}

endpoint endpoint_{n} {{
  serve = model_{n}
  mode  = async {{ timeout = 15min, output = "${{bucket}}/answers/{n}/", on_done = topic("done-{n}") }}
  scale = 0..8 {{ track backlog_per_replica {{ target = 5 }} }}
}}

"#,
        version = dice.below(30),
        width = 16 * (1 + dice.below(64)),
        concurrency = 1 + dice.below(8),
    )
    .unwrap();
}

fn canary(out: &mut String, n: usize, dice: &mut Dice) {
    let first = 5 * (1 + dice.below(5));
    write!(
        out,
        r#"model model_{n} {{ image = "${{registry}}/model-{n}:1" }}

endpoint endpoint_{n} {{
  serve   = model_{n}
  variant stable {{ weight = {stable} }}
  variant canary {{ weight = {first}, serve = model_{n} with {{ memory = 4GiB, cpu = 2 }} }}
  variant mirror {{ shadow = true }}
  rollout = canary {{ first = {first}%, bake = 10min, abort_on = [errors > 1%, p99 > 400ms] }}
  budget  = {budget} USD/month
}}

"#,
        stable = 100 - first,
        budget = 100 * (1 + dice.below(50)),
    )
    .unwrap();
}

fn text(out: &mut String, n: usize, dice: &mut Dice) {
    write!(
        out,
        r#"pipeline pipeline_{n} {{
  input  words: text
  clean = normalize(words)
  quiet = lowercase(clean)
  output start = truncate(quiet, length: {length})
}}

endpoint endpoint_{n} {{
  serve = pipeline_{n}
  mode  = realtime {{ timeout = patience }}
}}

"#,
        length = 1 + dice.below(500),
    )
    .unwrap();
}

/// Numbers that look random and are not (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}
