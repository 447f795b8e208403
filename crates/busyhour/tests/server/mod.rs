//! The real binary, started on a free port, asked over REST, killed or stopped.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How long any condition may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A configuration for one switch.
pub(crate) fn config_for(
    dir: &Path,
    name: &str,
    address: &str,
    user: &str,
    secret: &str,
) -> PathBuf {
    let path = dir.join("busyhour.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata_dir = \".\"\nserver = \"test\"\n[[pbx]]\nname = \"{name}\"\n\
         address = \"{address}\"\nuser = \"{user}\"\nsecret = \"{secret}\"\n"
    );
    std::fs::write(&path, text).expect("a configuration");
    path
}

/// A running `busyhour serve`.
pub(crate) struct Server {
    child: Child,
    /// Held open: whoever closes it ends what writes to it.
    _stdout: BufReader<ChildStdout>,
    pub(crate) address: String,
}

impl Server {
    /// Starts it and waits until it says where it serves.
    pub(crate) fn start(config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_busyhour"));
        command.arg("serve").arg("--config").arg(config).env("BUSYHOUR_LOG", "error");
        Self::of(command)
    }

    /// Starts any command that serves and waits until it says where.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it says where it serves");
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        assert!(address.contains(':'), "it said: {line}");
        Self { child, _stdout: stdout, address }
    }

    /// A live table; empty before the first publication (the server answers 503 then).
    pub(crate) fn table(&self, name: &str) -> Vec<serde_json::Value> {
        self.ask(name).expect("the server answers")
    }

    /// The same of a server that may have ended.
    pub(crate) fn ask(&self, name: &str) -> Result<Vec<serde_json::Value>, ureq::Error> {
        let answer = ureq::get(format!("http://{}/api/v1/{name}", self.address)).call();
        let mut answer = match answer {
            Err(ureq::Error::StatusCode(503)) => return Ok(Vec::new()),
            answer => answer?,
        };
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_string()?;
        Ok(serde_json::from_str(&text).expect("a JSON array"))
    }

    /// What is wrong with the server, by code.
    pub(crate) fn alarms(&self) -> Vec<String> {
        let alarms = self.table("alarms");
        alarms.iter().filter_map(|a| a["code"].as_str().map(str::to_owned)).collect()
    }

    /// A column of a link.
    pub(crate) fn link(&self, acd: &str, column: &str) -> serde_json::Value {
        let links = self.table("links");
        let link = links.iter().find(|l| l["acd"] == acd);
        link.map_or(serde_json::Value::Null, |l| l[column].clone())
    }

    /// Whether the link is live and the tables are of now.
    pub(crate) fn is_live(&self, acd: &str) -> bool {
        self.link(acd, "state") == "live" && !self.alarms().contains(&"catching-up".to_owned())
    }

    /// The sum of a column of counts.
    pub(crate) fn sum(&self, table: &str, column: &str) -> u64 {
        self.table(table).iter().filter_map(|row| row[column].as_u64()).sum()
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The journal's watermark of an ACD: everything up to this number is on disk.
    pub(crate) fn kept(&self, acd: &str) -> u64 {
        self.last_kept(acd).expect("the server answers")
    }

    /// The same; `None` if the server has ended.
    pub(crate) fn last_kept(&self, acd: &str) -> Option<u64> {
        let links = self.ask("links").ok()?;
        let link = links.iter().find(|l| l["acd"] == acd);
        Some(link.and_then(|l| l["kept"].as_u64()).unwrap_or(0))
    }

    /// Waits for a condition.
    pub(crate) fn wait_for(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} until {what}");
            if let Some(status) = self.child.try_wait().expect("a child") {
                panic!("the server ended with {status} before {what}");
            }
            std::thread::sleep(Duration::from_millis(5)); // poll
        }
    }

    /// Waits until nothing stands against it any more; says the last reason if it never holds.
    pub(crate) fn wait_or(
        &mut self,
        what: &str,
        mut holds: impl FnMut(&Self) -> Result<(), String>,
    ) {
        let begun = Instant::now();
        while let Err(why) = holds(self) {
            assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} until {what}:\n{why}");
            std::thread::sleep(Duration::from_millis(50)); // poll
        }
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }

    /// Waits until it ends by itself, and its exit code.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().expect("it is ours").code()
    }

    /// SIGTERM, and its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let done = Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(done.success());
        self.child.wait().expect("it is ours").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that fails must not leave a server behind; one that is gone is gone.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::io::stdout().flush());
    }
}
