use std::{collections::VecDeque, sync::Mutex};

use super::{Action, Record};

/// What the connections of a server share: what they are to do, and what came of it.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) scripts: Mutex<VecDeque<Vec<Action>>>,
    pub(super) default: Mutex<Option<Vec<Action>>>,
    pub(super) record: Mutex<Record>,
}
