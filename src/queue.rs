//! Takes items with stable ids; gives what plays now, next and before. Pure.
