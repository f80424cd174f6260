//! What an ONNX file says about itself: its signature, without its weights.
