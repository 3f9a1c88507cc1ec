//! What the commands take that are about calls.

use clap::Args;
use customerio_delivery::Reason;

use crate::args::value;

/// Of which calls, besides whether they wait.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only dead letters of this reason
    #[arg(long, value_name = "REASON", value_parser = value::reason, help_heading = "Which calls")]
    pub(crate) reason: Option<Reason>,
    /// Only this operation, such as track.v2.person.event
    #[arg(long, value_name = "NAME", help_heading = "Which calls")]
    pub(crate) operation: Option<String>,
    /// Only this destination
    #[arg(long, value_name = "NAME", help_heading = "Which calls")]
    pub(crate) destination: Option<String>,
}

impl Filters {
    pub(crate) const fn are_given(&self) -> bool {
        self.reason.is_some() || self.operation.is_some() || self.destination.is_some()
    }
}

/// Numbers, or all that a filter takes.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Numbers of calls, as `list` prints them
    #[arg(value_name = "NUMBER", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) numbers: Vec<u64>,
    /// All dead letters that the filters take
    #[arg(long)]
    pub(crate) all: bool,
    /// Do not ask, with --all
    // With numbers, clap would not miss `--all`, which conflicts with them.
    #[arg(long, requires = "all", conflicts_with = "numbers")]
    pub(crate) yes: bool,
}

/// The reasons, for help texts.
macro_rules! reasons {
    () => {
        "REASON is one of rejected, expired, poison, invalid, unknown_outcome and
unknown_version. The last two are parked: they may have arrived, or need
another version of the application."
    };
}

#[derive(Debug, Args)]
#[command(after_help = concat!("\
Examples:
  customerio-outbox list --dead --reason rejected
  customerio-outbox list --waiting --operation app.send_email --limit 500
The state of a call that waits is `waiting`, or `marked` if it must not arrive
twice and may be on its way. That of a dead letter is its reason, and the
message may quote the call.
", reasons!()))]
pub(crate) struct List {
    /// Only calls that wait
    #[arg(long, conflicts_with_all = ["dead", "reason"], help_heading = "Which calls")]
    pub(crate) waiting: bool,
    /// Only dead letters
    #[arg(long, help_heading = "Which calls")]
    pub(crate) dead: bool,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
    /// Only behind this number, the last of a page
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) after: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Number of the call, as `list` prints it
    #[arg(value_name = "NUMBER")]
    pub(crate) number: u64,
    /// Print the path and the body too: they hold personal data
    #[arg(long)]
    pub(crate) body: bool,
}

#[derive(Debug, Args)]
#[command(after_help = concat!("\
Examples:
  customerio-outbox replay 12 13
  customerio-outbox replay --all --reason rejected
Each one waits again with a new number behind all others, and the application
sends it. A call that had expired does not expire again.
A parked message may have been sent, and only its response was lost: then
--even-if-it-was-sent sends it a second time. Look at the delivery log of the
recipient first.
", reasons!()))]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Replay parked calls too: they may arrive twice
    #[arg(long)]
    pub(crate) even_if_it_was_sent: bool,
}

#[derive(Debug, Args)]
#[command(after_help = concat!("\
Examples:
  customerio-outbox discard 12 13
  customerio-outbox discard --all --reason expired
A number may be of a dead letter or of a call that waits. A message that waits
is not sent then; another call may be, if the application has loaded it already.
", reasons!()))]
pub(crate) struct Discard {
    #[command(flatten)]
    pub(crate) chosen: Chosen,
    /// With --all: what waits, instead of dead letters
    #[arg(long, requires = "all", conflicts_with_all = ["numbers", "reason"], help_heading = "Which calls")]
    pub(crate) waiting: bool,
    #[command(flatten)]
    pub(crate) filters: Filters,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  customerio-outbox purge ada@example.com
It finds an id, an e-mail address or a device's token in whatever field of a
call, in upper or lower case. It does not ask.

Messages that wait are not sent then. Other calls that the application has
loaded already may be: at most 1 MB for each API and destination, or 8 MB while
single calls are retried.
Calls that are enqueued meanwhile are not found: purge again after that. It
does not reach backups, nor files that a repair has moved aside.")]
pub(crate) struct Purge {
    /// Id, e-mail address or device token
    #[arg(value_name = "IDENTIFIER", value_parser = value::identifier)]
    pub(crate) identifier: String,
}
