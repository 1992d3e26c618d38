//! Takes file paths and frames; gives sound on a device, in a file, or nowhere in real time.
//! Knows nothing of listings, libraries or queues.
//!
//! ```text
//! player --Command--> engine --open/seek/stop--> DECODER thread: decode -> gain -> resample
//!        <--Event----        <--markers, errors--      |  ring of f32 at device rate and channels
//!                                                      v
//! OUTPUT supervisor: owns the rodio sink   --   CALLBACK: pops frames, ramps, clamps; atomics only
//! ```

pub mod decode;
