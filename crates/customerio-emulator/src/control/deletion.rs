//! Deletions: of what the filters of a list choose, in short turns like those in which lists are read.

use serde_json::json;

use crate::{
    control::{
        asked::{Asked, json_reply},
        criteria::Criteria,
        list::{self, Listed},
        route::Outcome,
        schema::Schema,
        turn::Turn,
    },
    store::state::State,
};

/// What a deletion responds.
pub(crate) const DELETED: Schema = Schema::Object(&[("deleted", Schema::Integer)]);

/// How much of what goes with a row is removed at a time.
pub(crate) const PART: usize = 16;

/// The result of a step of removing a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// It is gone.
    Done,
    /// More goes with it, so there is another step.
    Part,
    /// It was not there.
    Absent,
}

impl Removal {
    pub(crate) const fn of(was_there: bool) -> Self {
        if was_there { Self::Done } else { Self::Absent }
    }
}

/// A kind whose rows can be deleted.
pub(crate) trait Removable: Listed {
    /// Removes a row, or a part of what goes with it.
    fn remove(state: &mut State, seq: u64) -> Removal;
}

/// Deletes what the filters choose. What comes meanwhile stays.
pub(crate) async fn delete<L: Removable>(asked: Asked) -> Outcome {
    let criteria = Criteria::of_deletion(&asked, L::FILTERS)?;
    let emulator = &asked.emulator;
    let mut rows = list::chosen::<L>(emulator, &criteria).await.into_iter().peekable();
    let mut deleted = 0_u64;
    while rows.peek().is_some() {
        {
            let mut state = emulator.state();
            let turn = Turn::begin();
            while let Some(seq) = rows.peek().copied().filter(|_| !turn.is_over()) {
                let removal = L::remove(&mut state, seq);
                deleted += u64::from(removal == Removal::Done);
                if removal != Removal::Part {
                    rows.next();
                }
            }
        }
        emulator.give_way().await;
    }
    Ok(json_reply(&json!({"deleted": deleted})))
}
