//! Who calls: a token of Google's application-default credentials, from wherever they are on this machine.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::process::Command;
use tokio::sync::Mutex;

use crate::target::Failure;

use super::fail;

/// The variable that holds a token by itself.
pub const VARIABLE: &str = "GOOGLE_OAUTH_ACCESS_TOKEN";
/// Where a machine of Google's asks for its own.
const METADATA: &str = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token";
/// A token that ends sooner is asked for anew.
const MARGIN: Duration = Duration::from_secs(60);
/// How long one that `gcloud` gave is used, which does not say when it ends (an hour at most).
const OF_GCLOUD: Duration = Duration::from_secs(30 * 60);

/// Asks once and keeps the answer.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<Option<Token>>);

struct Token {
    text: String,
    until: Option<Instant>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    expires_in: u64,
}

impl Tokens {
    /// # Errors
    /// When there is none.
    pub async fn get(&self, http: &reqwest::Client) -> Result<String, Failure> {
        let mut kept = self.0.lock().await;
        if let Some(token) =
            kept.as_ref().filter(|token| token.until.is_none_or(|until| until > Instant::now() + MARGIN))
        {
            return Ok(token.text.clone());
        }
        let token = fresh(http).await?;
        let text = token.text.clone();
        *kept = Some(token);
        Ok(text)
    }
}

async fn fresh(http: &reqwest::Client) -> Result<Token, Failure> {
    if let Ok(text) = std::env::var(VARIABLE)
        && !text.is_empty()
    {
        return Ok(Token { text, until: None });
    }
    let gcloud = of_gcloud().await;
    match gcloud {
        Ok(text) => Ok(Token { text, until: Some(Instant::now() + OF_GCLOUD) }),
        Err(why) => match of_machine(http).await {
            Some(given) => {
                let until = Instant::now() + Duration::from_secs(given.expires_in);
                Ok(Token { text: given.access_token, until: Some(until) })
            }
            None => Err(fail::no_credential(&why)),
        },
    }
}

/// `gcloud` knows every form of application-default credentials.
async fn of_gcloud() -> Result<String, String> {
    let mut command = Command::new("gcloud");
    command.args(["auth", "application-default", "print-access-token"]).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| format!("`gcloud` can't be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !text.is_empty() {
        return Ok(text);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().find(|line| !line.trim().is_empty()).unwrap_or("`gcloud` gave no token").trim().to_owned())
}

async fn of_machine(http: &reqwest::Client) -> Option<Given> {
    let asked = http.get(METADATA).header("Metadata-Flavor", "Google").timeout(Duration::from_secs(2)).send().await;
    asked.ok()?.json().await.ok()
}
