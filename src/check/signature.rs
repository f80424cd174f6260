//! A model's declared ports against its artifact's own signature.
