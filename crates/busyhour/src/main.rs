//! Busyhour's command line. Each subcommand is a module of [`commands`]; none holds logic of the
//! product. Exit codes are the table in [`exit`].

mod client;
mod commands;
mod config;
mod exit;
mod log;
mod output;

use clap::{Parser, Subcommand};
use exit::Outcome;
use std::io::Write;
use std::process::ExitCode;

/// An open call management system: collects what phone switches say, keeps it, shows it live.
#[derive(Parser, Debug)]
#[command(name = "busyhour", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server: collect from every configured switch, serve pages and REST.
    Serve(commands::serve::Serve),
    /// Run a simulated contact centre and a server attached to it; no configuration needed.
    Demo(commands::demo::Demo),
    /// Read a configuration as the server would and tell every problem at once.
    Check(commands::check::Check),
    /// The configuration's reference page or a commented sample file.
    #[command(subcommand)]
    Config(commands::check::Page),
    /// Write down what a link hears, byte for byte, into a file.
    Record(commands::record::Record),
    /// Read recorded sessions through the real translation and model, without a server.
    Replay(commands::replay::Replay),
    /// Ask history in SQL; works while a server writes the archive.
    Sql(commands::sql::Sql),
    /// How large history is, how long it is kept; calls by number or id.
    #[command(subcommand)]
    Archive(commands::archive::Archive),
    /// What of history was not observed, and why.
    Coverage(commands::coverage::Coverage),
    /// Count history again from the journal: compare it with the archive, or replace it.
    Refold(commands::refold::Refold),
    /// Look into the journal; works while a server writes it.
    #[command(subcommand)]
    Journal(commands::journal::Journal),
    /// A simulated PBX that speaks AMI.
    #[command(subcommand)]
    Sim(commands::sim::Sim),
    /// The floor in this terminal: queues and agents, live.
    Top(commands::top::Top),
    /// Print a script that completes this command line in a shell.
    Completion(commands::manual::Completion),
    /// Write the manual pages of all commands into a folder.
    Man(commands::manual::Man),
    /// Links to switches: state, lag, what is misconfigured.
    Links(commands::show::Show),
    /// Queues (splits) now and their counts of today.
    Queues(commands::show::Show),
    /// Agents and their states.
    Agents(commands::show::Show),
    /// Calls, live and just ended.
    Calls(commands::show::Show),
    /// Calls that cross switches, each as one.
    WholeCalls(commands::show::Show),
    /// What an agent did today, state by state.
    Agent(commands::story::Story),
    /// What became of a call, step by step.
    Call(commands::story::Story),
    /// A queue's last hour, minute by minute.
    Queue(commands::story::Story),
    /// Callers who wait in queues, with their places.
    Waiting(commands::show::Show),
    /// Channels, as the switch names them.
    Channels(commands::show::Show),
    /// Trunk groups.
    Trunks(commands::show::Show),
    /// What could not be explained.
    Anomalies(commands::show::Show),
    /// What deserves attention now.
    Levels(commands::show::Show),
    /// Thresholds: when a figure deserves attention.
    #[command(subcommand)]
    Threshold(commands::decide::Threshold),
    /// Groups of queues and of agents.
    #[command(subcommand)]
    Group(commands::decide::Group),
    /// What was decided, by whom, when; undoing it.
    #[command(subcommand)]
    Decree(commands::decide::Decree),
    /// CMS table: agents by split.
    Cagent(commands::show::Show),
    /// CMS table: splits.
    Csplit(commands::show::Show),
    /// CMS table: VDNs.
    Cvdn(commands::show::Show),
    /// CMS table: vectors.
    Cvector(commands::show::Show),
    /// CMS table: trunks.
    Ctrunk(commands::show::Show),
    /// CMS table: trunk groups.
    Ctkgrp(commands::show::Show),
}

fn run(command: &Command) -> Outcome {
    use clap::CommandFactory;
    use commands::{
        archive, check, coverage, decide, demo, journal, manual, record, refold, replay, serve,
        show, sim, sql, story, top,
    };
    match command {
        Command::Serve(args) => serve::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Check(args) => check::run(args),
        Command::Config(args) => check::page(args),
        Command::Record(args) => record::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Sql(args) => sql::run(args),
        Command::Archive(args) => archive::run(args),
        Command::Coverage(args) => coverage::run(args),
        Command::Refold(args) => refold::run(args),
        Command::Journal(args) => journal::run(args),
        Command::Sim(args) => sim::run(args),
        Command::Top(args) => top::run(args),
        Command::Completion(args) => manual::completion(args, Cli::command()),
        Command::Man(args) => manual::man(args, Cli::command()),
        Command::Links(args) => show::run("links", args),
        Command::Queues(args) => show::run("queues", args),
        Command::Agents(args) => show::run("agents", args),
        Command::Calls(args) => show::run("calls", args),
        Command::WholeCalls(args) => show::run("whole_calls", args),
        Command::Agent(args) => story::run(&story::AGENT, args),
        Command::Call(args) => story::run(&story::CALL, args),
        Command::Queue(args) => story::run(&story::QUEUE, args),
        Command::Waiting(args) => show::run("waiting", args),
        Command::Channels(args) => show::run("channels", args),
        Command::Trunks(args) => show::run("trunks", args),
        Command::Anomalies(args) => show::run("anomalies", args),
        Command::Levels(args) => show::run("levels", args),
        Command::Threshold(args) => decide::threshold(args),
        Command::Group(args) => decide::group(args),
        Command::Decree(args) => decide::decree(args),
        Command::Cagent(args) => show::run("cagent", args),
        Command::Csplit(args) => show::run("csplit", args),
        Command::Cvdn(args) => show::run("cvdn", args),
        Command::Cvector(args) => show::run("cvector", args),
        Command::Ctrunk(args) => show::run("ctrunk", args),
        Command::Ctkgrp(args) => show::run("ctkgrp", args),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.words.is_empty() {
                // If even this cannot be written the exit code still tells.
                drop(writeln!(std::io::stderr().lock(), "busyhour: {}", failure.words));
            }
            failure.exit.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use exit::Exit;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        assert_eq!(Exit::Usage.code(), 2, "clap ends with 2 on its own");
    }
}
