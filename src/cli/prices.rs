//! `--prices FILE`: prices of one's own.

use camino::Utf8Path;

use crate::catalog::{Catalog, Overrides};
use crate::files;
use crate::report::{Code, Diagnostic};

use super::output::{Context, ExitStatus};

/// The file's prices, or none without a file. A name that no catalogue has is said, since its price is used nowhere.
///
/// # Errors
/// The exit status to end with; what is wrong has been said.
pub fn read(
    path: Option<&Utf8Path>,
    catalogs: &[(&'static str, &'static Catalog)],
    ctx: &Context,
) -> Result<Overrides, ExitStatus> {
    let Some(path) = path else { return Ok(Overrides::default()) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("can't read `{path}`: {}", files::reason(&error));
        ctx.fail(Diagnostic::error(Code::FileUnreadable, message))
    })?;
    let prices = Overrides::parse(path.as_str(), &text).map_err(|reason| {
        let bad = Diagnostic::error(Code::BadPrices, format!("`{path}` holds no prices: {reason}"));
        ctx.fail(bad.help("CSV with the columns `machine,region,usd_per_hour`, or a JSON list of such objects"))
    })?;
    let known: Vec<_> = catalogs.iter().map(|(_, catalog)| catalog.machines()).collect();
    for stranger in prices.strangers(&known) {
        ctx.say(&format!("`{stranger}` in `{path}` is no machine of a catalogue: its price is not used"));
    }
    Ok(prices)
}
