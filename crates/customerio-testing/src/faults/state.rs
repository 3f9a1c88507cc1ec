use std::{collections::VecDeque, sync::Mutex};

use super::{Action, Record};

/// What the connections of a server share: what they should do, and what happened.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) scripts: Mutex<VecDeque<Vec<Action>>>,
    pub(super) default: Mutex<Option<Vec<Action>>>,
    pub(super) record: Mutex<Record>,
}
