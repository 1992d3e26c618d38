//! Takes nothing; gives memory that was freed back to the system: a player runs for hours after a moment of looking
//! for its files.
//! Never frees anything itself.
//!
//! What stays while a listing of a thousand lines plays, of a library of 100,000 files in 11,000 folders, in kilobytes:
//! the program's rows (600), the items that the queue and what it was made of share (375), the ring of the device (340, at
//! 44.1 kHz) and what the decoder reads ahead (260), entries that wait for a file (120), the keys of known names (60), the
//! places of the folders that are watched (45). All else that was read or worked out is let go when all is decided.

/// Gives back what the allocator keeps for later, once: in the midst of a search. Takes some milliseconds where there is
/// much.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
pub fn trim() {
    unsafe extern "C" {
        /// Of the GNU C library that every such program has: malloc_trim(3).
        fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    // SAFETY: it takes no pointer, and may be called at any time from any thread.
    unsafe { malloc_trim(0) };
}

/// Gives back what the allocator keeps for later, as [`trim`] does.
///
/// From the first time on it keeps little at all: what is freed at the end of a heap goes back at once from so much on, and
/// so do large pieces. Before, that would cost time: what is needed most in a search is let go and taken again.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
pub fn give_back() {
    unsafe extern "C" {
        /// mallopt(3).
        fn mallopt(parameter: std::ffi::c_int, value: std::ffi::c_int) -> std::ffi::c_int;
    }
    /// As <malloc.h> has them.
    const TRIM_THRESHOLD: std::ffi::c_int = -1;
    const MMAP_THRESHOLD: std::ffi::c_int = -3;
    /// Bytes: what the library begins with. It raises them by itself with every large piece that is freed, and what is
    /// free at the end of another thread's heap `malloc_trim` never looks at.
    const LITTLE: std::ffi::c_int = 128 * 1024;
    // SAFETY: it takes no pointer, and may be called at any time from any thread.
    unsafe {
        mallopt(TRIM_THRESHOLD, LITTLE);
        mallopt(MMAP_THRESHOLD, LITTLE);
    }
    trim();
}

/// Gives back the pages of the program's own file, its code and what it only reads: what is used on comes again from the
/// disk's cache, piece by piece, and what was only used once does not.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn give_back_code() {
    unsafe extern "C" {
        /// madvise(2).
        fn madvise(address: *mut std::ffi::c_void, length: usize, advice: std::ffi::c_int)
        -> std::ffi::c_int;
    }
    const DONT_NEED: std::ffi::c_int = 4;
    let (Ok(program), Ok(maps)) = (std::env::current_exe(), std::fs::read_to_string("/proc/self/smaps"))
    else {
        return;
    };
    for (start, end) in unwritten(&maps, &program) {
        // SAFETY: it is mapped from a file that no running program's code can be written into, as long as the program
        // runs; it was never written to in memory, and may not be: the same bytes come back, also to a thread that
        // runs or reads them now.
        unsafe { madvise(std::ptr::with_exposed_provenance_mut(start), end - start, DONT_NEED) };
    }
}

/// Other systems keep what they keep.
#[cfg(not(target_os = "linux"))]
pub fn give_back_code() {}

/// Where the program's file lies in memory that may not be written to and holds nothing but the file, by what the
/// system says of each mapping (proc_pid_smaps(5)). What the loader has written addresses into may not be written to
/// either, and is not the file's any more: of that some pages are the process's own, here or swapped out.
#[cfg(target_os = "linux")]
fn unwritten(smaps: &str, program: &std::path::Path) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let Some(program) = program.to_str() else { return found };
    // The mapping at hand, and how many of the two words that must be there have said that nothing is its own.
    let mut at = None;
    for line in smaps.lines() {
        if let Some((range, file)) = head(line) {
            at = range.filter(|_| file == program).map(|range| (range, 0));
            continue;
        }
        let (Some((range, told)), Some((word, amount))) = (&mut at, line.split_once(':')) else { continue };
        if matches!(word, "Anonymous" | "Swap") && amount.trim() == "0 kB" {
            *told += 1;
            if *told == 2 {
                found.push(*range);
            }
        }
    }
    found
}

/// Where a mapping lies that may only be read or run, and of which file it is, if a line begins what is said of a
/// mapping; nowhere, if that may be written to.
#[cfg(target_os = "linux")]
fn head(line: &str) -> Option<(Option<(usize, usize)>, &str)> {
    let mut words = line.splitn(6, ' ');
    let (start, end) = words.next()?.split_once('-')?;
    let number = |word| usize::from_str_radix(word, 16).ok();
    let range = number(start).zip(number(end)).filter(|(start, end)| start < end)?;
    let is_read_only = matches!(words.next()?, "r-xp" | "r--p");
    // Its place in the file, the device and the inode stand before the name.
    Some((is_read_only.then_some(range), words.nth(3).unwrap_or_default().trim_start()))
}

/// Other allocators give back by themselves, or not at all.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn trim() {}

/// The same.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_given_back_is_there_again() {
        super::give_back_code();
        let text = std::fs::read_to_string("/proc/self/smaps").unwrap_or_default();
        let program = std::env::current_exe().unwrap_or_default();
        // The test runs on, its constants are what they were, and the next time as much is found.
        assert!(super::unwritten(&text, &program).len() > 1, "{text}");
        super::give_back_code();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_what_is_nothing_but_the_program_is_given_back() {
        let of = |own: [&str; 2], head: &str| {
            let text =
                format!("{head}\nRss: 8 kB\nAnonymous:  {} kB\nSwap:  {} kB\nVmFlags: rd\n", own[0], own[1]);
            super::unwritten(
                &(text + "70-80 r--p 0 fe:00 2 /lib/x.so\nAnonymous: 0 kB\nSwap: 0 kB\n"),
                "/usr/bin/tonearm".as_ref(),
            )
        };
        for rights in ["r-xp", "r--p"] {
            let head = format!("55d0-55f0 {rights} 0000 fe:00 1 /usr/bin/tonearm");
            assert_eq!(of(["0", "0"], &head), [(0x55d0, 0x55f0)]);
            // Addresses that the loader wrote.
            assert_eq!(of(["4", "0"], &head), []);
            assert_eq!(of(["0", "4"], &head), []);
        }
        assert_eq!(of(["0", "0"], "55d0-55f0 rw-p 0000 fe:00 1 /usr/bin/tonearm"), []);
        assert_eq!(of(["0", "0"], "55d0-55f0 r-xp 0000 fe:00 1 /usr/bin/other"), []);
        assert_eq!(of(["0", "0"], "55d0-55f0 r-xp 0000 00:00 0"), []);
        assert_eq!(super::unwritten("", "/usr/bin/tonearm".as_ref()), []);
    }

    #[test]
    fn what_is_in_use_stays() {
        let kept: Vec<Vec<u8>> = (0..1000).map(|n| vec![n as u8; 1000]).collect();
        drop(kept.iter().map(Clone::clone).collect::<Vec<_>>());
        super::give_back();
        assert!(kept.iter().enumerate().all(|(n, bytes)| bytes.iter().all(|byte| *byte == n as u8)));
    }
}
