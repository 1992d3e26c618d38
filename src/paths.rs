//! Takes nothing but the environment; gives where tonearm keeps its things, and writes files whole.
