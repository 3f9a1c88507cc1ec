//! The host, as the driver sees it.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use customerio_core::{
    CallOptions, Endpoint, Error, Moment, Operation, TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{Request, Response},
};

use crate::{
    drive::drive,
    turn::{Instruction, Turn},
};

/// The JavaScript around the module.
///
/// What asks it for something is an `async fn`, and so a state machine that goes on when it is polled: each turn of the
/// host is one poll. No runtime is needed.
#[derive(Clone)]
pub(crate) struct Host(Rc<State>);

struct State {
    now: Cell<Moment>,
    /// The result of the last instruction, until the call that gave it takes it.
    result: Cell<Option<Result<Response<Bytes>, TransportError>>>,
    instruction: RefCell<Vec<u8>>,
    /// Of all calls of the module: they are paced together.
    options: CallOptions,
}

impl Default for Host {
    fn default() -> Self {
        Self(Rc::new(State {
            now: Cell::new(Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 0 }),
            result: Cell::default(),
            instruction: RefCell::default(),
            options: CallOptions::default(),
        }))
    }
}

impl Host {
    /// Does one call.
    pub(crate) async fn call<O: Operation>(
        &self,
        endpoint: &Endpoint<O::Api>,
        operation: O,
    ) -> Result<O::Output, Error> {
        let fetch = async |request| self.fetch(&request).await;
        drive(endpoint, operation, &self.0.options, || self.now(), fetch, async |duration| self.wait(duration).await)
            .await
    }

    /// The time of the turn.
    pub(crate) fn now(&self) -> Moment {
        self.0.now.get()
    }

    /// Takes what the host says, before the call is polled that it is for.
    pub(crate) fn take_turn(&self, turn: Turn) {
        self.0.now.set(turn.now);
        self.0.result.set(turn.result);
    }

    /// What the call that was polled last asks for.
    pub(crate) fn instruction(&self) -> Vec<u8> {
        self.0.instruction.take()
    }

    async fn fetch(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.ask(Instruction::send(request).written(request.body())).await;
        // A host that says nothing may have sent it all the same.
        self.0.result.take().unwrap_or_else(|| Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
    }

    async fn wait(&self, duration: Duration) {
        self.ask(Instruction::wait(duration).written(&[])).await;
    }

    /// Leaves the instruction for the host, and ends at the next turn.
    async fn ask(&self, instruction: Vec<u8>) {
        self.0.instruction.replace(instruction);
        let mut asked = false;
        poll_fn(|_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}
