//! Takes pages as people copy them; holds that each is read as it was meant, and that any text is read at all.
//! Never looks into a single room: those have their tests beside them.

#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

/// Pieces that listings are made of, so that chance puts together what almost makes sense.
fn listing_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("1. ".to_owned()),
        Just("2) ".to_owned()),
        Just("A1\t".to_owned()),
        Just("IV - ".to_owned()),
        Just("[0:05:30] ".to_owned()),
        Just(" - ".to_owned()),
        Just("- ".to_owned()),
        Just(" – ".to_owned()),
        Just("\t".to_owned()),
        Just(" by ".to_owned()),
        Just("\"Rain\"".to_owned()),
        Just("「雨」".to_owned()),
        Just("(live)".to_owned()),
        Just("(Velo, the old one)".to_owned()),
        Just(" 3:41".to_owned()),
        Just("Side A".to_owned()),
        Just("No.\tTitle\tLength".to_owned()),
        Just("6.03am".to_owned()),
        Just("[14/05, 19:02] Ana: ".to_owned()),
        Just(", and then ".to_owned()),
        Just("Producer – ".to_owned()),
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\r\n".to_owned()),
        "[A-Z][a-zé]{1,7} ?",
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn check(text: &str) {
    let lines = line::lines(text);
    let (listing, places) = read_lines(&lines, &|name| name.len() % 3 == 0);
    assert_eq!(places.len(), lines.len());
    let unread: Vec<usize> = listing.unread.iter().map(|unread| unread.line).collect();
    let expected: Vec<usize> = lines
        .iter()
        .zip(&places)
        .filter(|(_, place)| **place == Place::Unread)
        .map(|(line, _)| line.number)
        .collect();
    assert_eq!(unread, expected);
    let entry_lines = places.iter().filter(|place| **place == Place::Entry).count();
    assert!(listing.entries.len() >= entry_lines, "each entry line holds an entry");
    for entry in &listing.entries {
        let written = |line: &Line<'_>| {
            line.raw.contains(entry.more.text.as_str()) || line.text.contains(&entry.more.text)
        };
        assert!(lines.iter().any(written), "{:?} stands in the text", entry.more.text);
    }
}

proptest! {
    #[test]
    fn every_line_ends_in_one_place(text in listing_like()) {
        check(&text);
    }

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}") {
        check(&text);
    }
}

/// What is read of a text: "Artist / Title" for each entry.
fn names(text: &str) -> Vec<String> {
    let listing = read(text, &|_| false).unwrap();
    listing.entries.iter().map(|e| format!("{} / {}", e.artist.as_deref().unwrap_or("-"), e.title)).collect()
}

#[test]
fn what_a_bot_is_told_is_what_people_ask_for() {
    let chat = "[20:14] bot: requests are open, type !sr artist - title\n[20:14] jo: !sr Nova Kite - Paper Lungs\n\
                    [20:15] bot: @jo, added \"Paper Lungs\" to the queue\n[20:15] ana: oh and !sr Mild Storms - Harbour Lights\n\
                    [20:16] jo: no way\n[20:16] kim: !sr Ines Calder - Low Tide\n";
    assert_eq!(names(chat), THREE);
    assert_eq!(read(chat, &|_| false).unwrap().unread.len(), 3);
}

#[test]
fn posts_are_read_by_themselves() {
    let thread = "maya — Today at 7:41 PM\nsongs please, no country\n\njo — Today at 7:42 PM\nNova Kite - Paper Lungs\n\
                      Mild Storms - Harbour Lights\nInes Calder - Low Tide\n\nmaya — Today at 7:50 PM\n\
                      Glass / Velo\nSalt / Ana\nOrbit / Velo\n";
    let knows = |name: &str| ["Nova Kite", "Velo", "Ana"].contains(&name);
    let found = read(thread, &knows).unwrap();
    let names: Vec<_> =
        found.entries.iter().map(|e| (e.artist.as_deref().unwrap_or("-"), e.title.as_str())).collect();
    assert_eq!(names[..2], [("Nova Kite", "Paper Lungs"), ("Mild Storms", "Harbour Lights")]);
    assert_eq!(names[3..], [("Velo", "Glass"), ("Ana", "Salt"), ("Velo", "Orbit")]);
    assert_eq!(found.unread.len(), 1);
}

#[test]
fn lists_in_one_line_and_songs_of_people_who_sing_them() {
    let breaks = "For the breaks\n\nFirst break (soup): Paper Lungs - Nova Kite; Glass - Velo; Salt - Velo\n\n\
                      Second break: Harbour Lights - Velo; Orbit - Velo; Low Tide - Velo\n\nNo waltzes.\n";
    assert_eq!(names(breaks).len(), 6);
    assert_eq!(names(breaks)[1], "Velo / Glass");
    let sheet = "Dave - \"Paper Lungs\" (Nova Kite)\nBig Kev - \"Glass\" (Velo)\nJo & Priya - \"Salt\" (Velo)\nLou - \"Orbit\" (all of us!!)\n";
    let knows = |name: &str| ["Nova Kite", "Velo"].contains(&name);
    let found = read(sheet, &knows).unwrap().entries;
    assert_eq!(found[0].artist.as_deref(), Some("Nova Kite"));
    assert_eq!((found[3].title.as_str(), found[3].artist.as_deref()), ("Orbit", None));
}

const THREE: [&str; 3] =
    ["Nova Kite / Paper Lungs", "Mild Storms / Harbour Lights", "Ines Calder / Low Tide"];
const TITLES: [&str; 3] = ["- / Paper Lungs", "- / Harbour Lights", "- / Low Tide"];

#[test]
fn a_chat_that_lists_loses_its_stamps_and_its_talk() {
    let chat = "[20:14] jo: the list, here\n[20:14] jo: Nova Kite - Paper Lungs\n[20:15] jo: Mild Storms - Harbour Lights\n\
                    [20:15] ana: nice\n[20:16] jo: Ines Calder - Low Tide\n";
    assert_eq!(names(chat), THREE);
    let nicks = "[20:14] <jo> Nova Kite - Paper Lungs\n[20:15] <jo> Mild Storms - Harbour Lights\n[20:16] <jo> Ines Calder - Low Tide\n";
    assert_eq!(names(nicks), THREE);
    let line = "can you bring Nova Kite - Paper Lungs, Mild Storms - Harbour Lights and Ines Calder - Low Tide please? thx";
    assert_eq!(names(line), THREE);
}

#[test]
fn pages_of_shops_and_services_lose_their_buttons() {
    let text = "1.\nPaper Lungs 03:41\nlyrics\n2.\nHarbour Lights 04:02\n3.\nLow Tide 02:59\nbuy track\n\nabout\nMade at home.\n";
    assert_eq!(names(text), TITLES);
    let lengths: Vec<_> = read(text, &|_| false).unwrap().entries.iter().map(|e| e.length).collect();
    assert_eq!(lengths[2], Some(std::time::Duration::from_secs(179)));
    let set = "Paper Lungs\nPlay Video\nHarbour Lights\nPlay Video\nLow Tide\n(acoustic)\nPlay Video\nGlass\n(Velo cover)\n";
    assert_eq!(
        names(set),
        ["- / Paper Lungs", "- / Harbour Lights", "- / Low Tide (acoustic)", "- / Glass (Velo cover)"]
    );
}

#[test]
fn a_line_that_was_copied_alone_loses_its_number() {
    for line in
        ["7. Nova Kite - Paper Lungs\n", "07) Nova Kite - Paper Lungs 3:41", "#7 Nova Kite – Paper Lungs"]
    {
        assert_eq!(names(line), [THREE[0]], "{line}");
    }
    assert_eq!(names("7 Seconds - Nova Kite"), ["7 Seconds / Nova Kite"]);
}

#[test]
fn a_song_may_be_called_as_the_end_of_a_page_is() {
    let page = "Nova Kite\n\nPaper Lungs\nHarbour Lights\nLow Tide\nCredits\nNotes\nGlass\n\nCredits\nAna Velo\nInes Calder\n";
    let want = ["Paper Lungs", "Harbour Lights", "Low Tide", "Credits", "Notes", "Glass"]
        .map(|title| format!("- / {title}"));
    assert_eq!(names(page), want);
}

#[test]
fn which_of_how_many_is_a_number() {
    let queue = "Now playing\n1/12  Nova Kite \"Paper Lungs\"  3:38\n2/12  Mild Storms \"Harbour Lights\"  3:44\n\
                     3/12  Ines Calder \"Low Tide\" 2:59\n";
    assert_eq!(names(queue), THREE);
    let numbers: Vec<_> =
        read(queue, &|_| false).unwrap().entries.iter().map(|e| (e.number, e.disc)).collect();
    assert_eq!(numbers, [(Some(1), None), (Some(2), None), (Some(3), None)]);
}

#[test]
fn writers_in_brackets_are_no_artists() {
    let sleeve = "Nova Kite\n1 - Paper Lungs (Ana Moor/Lind/Vale)\n2 - Harbour Lights (Jo Lind/Ines Calder)\n\
                      3 - Low Tide (Velo)\n4 - Glass (Ana Moor/Velo)\n5 - Salt (Jo Lind)\n";
    let titles = ["Paper Lungs", "Harbour Lights", "Low Tide", "Glass", "Salt"];
    assert_eq!(names(sleeve), titles.map(|title| format!("- / {title}")));
}

#[test]
fn names_like_credits_are_names() {
    let list =
        "1. Price Tag - Nova Kite\n2. Country House - Mild Storms\n3. Style - Ines Calder\n4. Drums - Velo\n";
    assert_eq!(names(list).len(), 4);
}

#[test]
fn sides_of_singles_and_pieces_within_a_track_are_numbers() {
    assert_eq!(names("A1 Paper Lungs 3:41\nAA1 Harbour Lights 4:02\nAA2.a Low Tide 2:59\n"), TITLES);
    assert_eq!(names("A1. Paper Lungs\nB1.a Harbour Lights\nB1b. Low Tide\n"), TITLES);
}

#[test]
fn words_around_a_list_are_not_part_of_it() {
    let forum = "Re: What do you hear?\nPosted by fan » Tue 8:14 pm\n\nTonight:\n\nNova Kite -- Paper Lungs\n\
                     Mild Storms -- Harbour Lights\nInes Calder -- Low Tide\n\n____\nlife is short\n";
    assert_eq!(names(forum), THREE);
    let tape = "Mixtape für die Fahrt\nSeite A:\nNova Kite: Paper Lungs\nMild Storms: Harbour Lights\nSeite B:\n\
                    Ines Calder: Low Tide\nVelo: Glass\nViel Spaß damit!\n";
    assert_eq!(names(tape)[..3], THREE);
    assert_eq!(names(tape).len(), 4);
}

#[test]
fn encores_go_on_from_the_set_and_their_numbers_are_no_tracks() {
    for encore in ["En１．", "En1. ", "E1. ", "Encore 1: "] {
        let set = format!("1. Paper Lungs\n2. Harbour Lights\n\n{encore}Low Tide\n");
        assert_eq!(names(&set), TITLES, "{encore}");
        let last = read(&set, &|_| false).unwrap().entries.pop().and_then(|entry| entry.number);
        assert_eq!(last, None, "{encore}");
    }
    assert_eq!(names("A1 Paper Lungs\nD1 Harbour Lights\nE1 Low Tide\n"), TITLES);
}

#[test]
fn rows_of_a_table_that_break_where_they_were_copied() {
    for text in [
        "A1\tNova Kite –\n\tPaper Lungs\t3:41\nA2\tMild Storms –\n\tHarbour Lights\t4:02\nB1\tInes Calder –\n\tLow Tide\t2:59\n",
        "A1\t\nNova Kite\n–\tPaper Lungs\t3:41\nA2\t\nMild Storms\n–\tHarbour Lights\t4:02\nB1\t\nInes Calder\n–\tLow Tide\t2:59\n",
        "A1\nNova Kite –\nPaper Lungs\n3:41\nA2\nMild Storms –\nHarbour Lights\n4:02\nB1\nInes Calder –\nLow Tide\n2:59\n",
    ] {
        assert_eq!(names(text), THREE);
    }
}

#[test]
fn what_the_pages_of_concerts_and_catalogues_add() {
    let concert = "Nova Kite Setlist at The Hall, Riga\nEdit setlist\nShare setlist\nTour: Lanterns\nPaper Lungs\nPlay Video\n\
                       Harbour Lights\nPlay Video\nLow Tide\nEncore:\nGlass\n";
    assert_eq!(names(concert)[..3], TITLES);
    assert_eq!(read(concert, &|_| false).unwrap().artist.as_deref(), Some("Nova Kite"));
    let catalogue = "Track Listing\n\tTitle/Composer\tPerformer\tTime\n1\tPaper Lungs\nA. Moor / B. Lind\nNova Kite\t03:41\n\
                         2\tHarbour Lights\nC. Vale\nMild Storms\t04:02\n3\tLow Tide\nI. Calder\nInes Calder\t02:59\n";
    assert_eq!(names(catalogue), THREE);
    let words =
        "Tracklist\n1\nPaper Lungs Lyrics\n1.2M\n2\nHarbour Lights Lyrics\n800K\n3\nLow Tide Lyrics\n30K\n";
    assert_eq!(names(words), TITLES);
    let radio = "Playlist for Tuesday\n6:00 pm\nNova Kite, \"Paper Lungs\", Night\nMild Storms, \"Harbour Lights\", Day\n\
                     -- break --\nInes Calder, \"Low Tide\", Sea\n";
    assert_eq!(names(radio), THREE);
}

#[test]
fn a_number_is_no_part_of_a_name_whatever_else_the_lines_share() {
    let discs = "CD 1\n1. Nova Kite: Paper Lungs (3:41)\n2. Mild Storms: 99 Harbour Lights (4:02)\n3. Ines Calder: Low Tide (2:59)\n\
                     CD 2\n1. Velo: Glass (4:32)\n2. Ada: Salt (3:45)\n3. Ida: Mist (3:26)\n";
    let seen = names(discs);
    assert_eq!(
        (seen[0].as_str(), seen[1].as_str()),
        ("Nova Kite / Paper Lungs", "Mild Storms / 99 Harbour Lights")
    );
    assert_eq!(seen.len(), 6);
    let player = "Nova Kite - [Night #01] Paper Lungs [3:41]\nMild Storms - [Day #07] Harbour Lights [4:02]\nInes Calder - [Sea #02] Low Tide [2:59]\n";
    assert_eq!(names(player), THREE);
    let second = read(player, &|_| false).unwrap().entries.remove(1);
    assert_eq!((second.number, second.more.album.as_deref()), (Some(7), Some("Day")));
}

#[test]
fn one_time_among_others_may_be_written_another_way() {
    let mix = "0:00 Nova Kite - Paper Lungs\n4:31 Mild Storms - Harbour Lights\n[9:07] Ines Calder - Low Tide\n15:20 Velo - Glass\n";
    assert_eq!(names(mix)[..3], THREE);
}

#[test]
fn a_set_a_line() {
    let show = "The Hall, Riga\nSet 1: Paper Lungs, Harbour Lights > Low Tide\nSet 2: Glass (slow), Salt -> Mist\nEncore: Rain\n";
    let listing = read(show, &|_| false).unwrap();
    let seen: Vec<_> = listing
        .entries
        .iter()
        .map(|e| (e.title.as_str(), e.more.section.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(seen[..3], [("Paper Lungs", "Set 1"), ("Harbour Lights", "Set 1"), ("Low Tide", "Set 1")]);
    assert_eq!(
        seen[3..],
        [("Glass (slow)", "Set 2"), ("Salt", "Set 2"), ("Mist", "Set 2"), ("Rain", "Encore")]
    );
    assert_eq!(listing.title.as_deref(), Some("The Hall, Riga"));
    let discs = "CD 1: Live in Riga, Latvia, 1984\n1. Paper Lungs\n2. Harbour Lights\nCD 2: Live in Oslo, Norway\n1. Low Tide\n2. Glass\n";
    assert_eq!(names(discs)[..3], TITLES);
    let second = read(discs, &|_| false).unwrap().entries.remove(2);
    assert_eq!(second.more.section.as_deref(), Some("CD 2: Live in Oslo, Norway"));
}

#[test]
fn numbers_that_count_discs_and_commas_that_part_names() {
    let discs = "CD1:\n101 Nova Kite - Paper Lungs\n102 Mild Storms - Harbour Lights\nCD2:\n201 Ines Calder - Low Tide\n";
    assert_eq!(names(discs), THREE);
    let last = read(discs, &|_| false).unwrap().entries.pop().unwrap();
    assert_eq!((last.disc, last.number), (Some(2), Some(1)));
    let chart: String = (199..202).map(|number| format!("{number}. Song {number}\n")).collect();
    assert_eq!(read(&chart, &|_| false).unwrap().entries[2].number, Some(201));
    assert_eq!(
        names("1.1 Nova Kite - Paper Lungs\n1.2 Mild Storms - Harbour Lights\n2.1 Ines Calder - Low Tide\n"),
        THREE
    );
    let commas = "1. Nova Kite, Paper Lungs\n2. Mild Storms, Harbour Lights\n3. Ines Calder, Low Tide\n4. Velo, Glass\n";
    assert_eq!(names(commas)[..3], THREE);
    let writers = "1. Paper Lungs (A. Moor)\n2. Harbour Lights (C. Vale, B. Lind)\n3. Low Tide (I. Calder)\n";
    assert_eq!(names(writers), TITLES);
    let pictures = "🎵 Summer 🎵\n☀ Nova Kite – Paper Lungs\n🌊 Mild Storms – Harbour Lights\n🍹 Ines Calder – Low Tide\n";
    assert_eq!(names(pictures), THREE);
    let table = "| # | Artist | Track | Time |\n|---|---|---|---|\n| 1 | Nova Kite | Paper Lungs | 3:41 |\n| 2 | Mild Storms | Harbour Lights | 4:02 |\n| 3 | Ines Calder | Low Tide | 2:59 |\n";
    assert_eq!(names(table), THREE);
}

#[test]
fn sums_are_no_tracks_and_tracks_no_sums() {
    let album = "1. Paper Lungs 3:41\n2. Harbour Lights 4:02\n3. Low Tide 2:59\n4. Total Eclipse 4:28\n5. Running 3:00\n";
    for sum in
        ["Total length: 18:10", "Total: 18:10", "Gesamtspielzeit 18:10", "Playing time: 18 min", "5 tracks"]
    {
        let seen = names(&format!("{album}{sum}\n"));
        assert_eq!(
            (&seen[..3], seen[3].as_str(), seen.len()),
            (&TITLES.map(str::to_owned)[..], "- / Total Eclipse", 5),
            "{sum}"
        );
    }
}

#[test]
fn columns_fields_and_trees() {
    let bars = "Nova Kite | Paper Lungs | 3:41\nMild Storms | Harbour Lights | 4:02\nInes Calder | Low Tide | 2:59\n";
    assert_eq!(names(bars), THREE);
    let fields = "Track: Paper Lungs\nArtist: Nova Kite\nLabel: x\n\nTrack: Harbour Lights\nArtist: Mild Storms\nLabel: x\n\n\
                      Track: Low Tide\nArtist: Ines Calder\nLabel: x\n";
    assert_eq!(names(fields), THREE);
    let tree = "Night/\n├── 01 Paper Lungs.flac\n├── 02 Harbour Lights.flac\n└── 03 Low Tide.flac\n";
    assert_eq!(names(tree), TITLES);
    assert_eq!(read(tree, &|_| false).unwrap().title.as_deref(), Some("Night"));
    assert_eq!(names("1. 雨\n2. 灯\n3. 雨 -Instrumental-\n")[2], "- / 雨 -Instrumental-");
}

#[test]
fn places_in_a_mix_are_no_lengths_and_record_companies_no_titles() {
    let places = read("Paper Lungs 0:00\nHarbour Lights 3:41\nLow Tide 7:43\n", &|_| false).unwrap();
    assert!(places.entries.iter().all(|entry| entry.length.is_none()));
    let mix = "1. Nova Kite - Paper Lungs [Storm]\n2. Mild Storms - Harbour Lights [White]\n3. Ines Calder - Low Tide [Storm]\n";
    assert_eq!(names(mix), THREE);
    let live = "1. Velo - Rain [Live]\n2. Velo - Glass [Live]\n3. Velo - Tide [Remix]\n";
    assert_eq!(names(live)[0], "Velo / Rain [Live]");
}

#[test]
fn long_input_is_read_in_one_pass() {
    let started = std::time::Instant::now();
    let listing: String = (0..3_000).map(|n| format!("{n}. Velo {n} - Rain {n} (live) 3:41\n")).collect();
    assert_eq!(read(&listing, &|_| false).unwrap().entries.len(), 3_000);
    let dashes = " - ".repeat(1 << 18);
    assert_eq!(read(&dashes, &|_| false).unwrap().entries.len(), 0);
    let paragraphs: String = (0..3_000).map(|n| format!("Velo {n} - Rain\n\n")).collect();
    read(&paragraphs, &|_| false).unwrap();
    let ends = format!("Night\n\n{}\nEnd\n", "Credits\n".repeat(3_000));
    read(&ends, &|_| false).unwrap();
    let blocks: String =
        (0..1_000).map(|n| format!("Velo {n} - Rain\nAna {n} - Glass\nBo {n} - Salt\n\n")).collect();
    assert_eq!(read(&blocks, &|_| false).unwrap().entries.len(), 3_000);
    // Far above what it takes, far below what anything quadratic would take.
    assert!(started.elapsed().as_secs() < 20);
}
