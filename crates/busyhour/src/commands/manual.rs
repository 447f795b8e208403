//! `busyhour completion` and `busyhour man`: both made from the definition of the command line,
//! so that they cannot tell anything else than `--help` does.

use crate::exit::{Exit, Failure, Outcome};
use clap::{Args, Command, ValueEnum};
use std::io::Write;
use std::path::PathBuf;

/// For which shell.
#[derive(Args, Debug)]
pub(crate) struct Completion {
    /// The shell that is to complete.
    #[arg(value_enum)]
    shell: Shell,
}

/// A shell.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    /// GNU Bash.
    Bash,
    /// Z shell.
    Zsh,
    /// Fish.
    Fish,
}

/// Where to.
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// The folder, such as /usr/local/share/man/man1; made if it is not there.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Prints the script.
pub(crate) fn completion(args: &Completion, mut command: Command) -> Outcome {
    let shell = match args.shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    // Into memory first: what makes it would panic where a reader goes away.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "busyhour", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(Exit::Ok)
}

/// Writes the pages.
pub(crate) fn man(args: &Man, command: Command) -> Outcome {
    let failed = |e: std::io::Error| {
        Failure::problem(format!("cannot write manual pages into {}: {e}", args.dir.display()))
    };
    std::fs::create_dir_all(&args.dir).map_err(failed)?;
    clap_mangen::generate_to(command, &args.dir).map_err(failed)?;
    Ok(Exit::Ok)
}
