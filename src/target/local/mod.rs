//! The local target: each endpoint is a process of the model server on this machine.
