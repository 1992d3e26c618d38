//! Takes what each request would choose for now; gives what the choices say together: which
//! releases the listing comes from, how it is numbered, whose songs it lists.
//! Never looks at a title: only at where the choices lie.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::collection::Collection;
use super::heading::Heading;
use super::ledger::{Ledger, Piece};
use super::normalise::{Phrase, Word};
use super::numbering::{Disc, Numbering, disc_of, discs, file_number, listing_number, numberings};
use super::request::Request;
use super::similarity;
use super::version::Version;
use super::view::Described;
use super::weights as w;

/// One choice of one request, for now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaning {
    /// The request.
    pub(super) request: usize,
    /// A track of the recording.
    pub(super) track: usize,
    /// How likely it is.
    pub(super) trust: f64,
    /// The titles agree well enough to learn a numbering from.
    pub(super) titled: bool,
}

/// What the choices say together.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// Per release: how many entries come from it.
    support: Vec<f64>,
    /// Per request: what it adds to each release itself.
    own: Vec<HashMap<usize, f64>>,
    /// The releases that the heading names, with how well.
    headed: BTreeMap<usize, f64>,
    /// Per request: the releases that its own album field names, with how well.
    asked: Vec<BTreeMap<usize, f64>>,
    /// Per release: how its numbers fit the listing's.
    numbering: HashMap<usize, Numbering>,
    /// Whose songs the entries without an artist are, with the share of these.
    house: Option<House>,
    /// The releases that the listing is, from first to last.
    home: Vec<usize>,
    /// What stands above and between the entries.
    heading: Heading,
    /// Releases whose numbers have the lengths of a disc of the listing, by release and disc.
    discs: BTreeMap<(usize, usize), Disc>,
    /// Per request: the disc that it stands on, as far as the numbers tell.
    disc_of: Vec<usize>,
}

#[derive(Debug)]
struct House {
    artist: Phrase,
    share: f64,
    count: f64,
    own: HashMap<usize, f64>,
}

/// What the context says of one pair.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    /// What all of it is worth.
    pub(super) ledger: Ledger,
    /// The part of the release.
    pub(super) release: f64,
    /// The listing or the entry names the release.
    pub(super) named: bool,
    /// Whether the number fits; `None` where there is none to compare.
    pub(super) number: Option<bool>,
    /// The numbering is borne out by many pairs, or the release is named and has only numbers.
    pub(super) placed: bool,
    /// The artist is the one of most entries.
    pub(super) house: bool,
    /// It is the place of the entry on a disc known by its lengths.
    pub(super) disc: bool,
    /// Nearly all entries are one release in order, and this file is not in it.
    pub(super) outside: bool,
    /// Nearly all entries are one release, and this file is in it.
    pub(super) inside: bool,
    /// The artist is nobody of those whose songs most entries are.
    pub(super) stranger: bool,
    /// The listing is the record of a concert or was played unplugged, and this file was not.
    pub(super) unlike: bool,
}

impl Told {
    /// All of it, in nats.
    pub(super) fn score(&self) -> f64 {
        self.ledger.total()
    }
}

impl Context {
    /// What is known before any choice: releases that the heading names.
    pub(super) fn headed(tracks: &Collection<'_>, heading: &Heading, requests: &[Request]) -> Self {
        let index = tracks.index;
        let disc_of = disc_of(requests);
        let named = |name: &Phrase| index.releases.named(name, &index.rarity, |id| tracks.release_names(id));
        let mut known: HashMap<&str, BTreeMap<usize, f64>> = HashMap::new();
        let asked = requests.iter().map(|request| {
            let Some(album) = &request.album else { return BTreeMap::new() };
            known.entry(&album.glued).or_insert_with(|| named(album)).clone()
        });
        Self {
            support: vec![0.0; index.releases.len()],
            own: vec![HashMap::new(); requests.len()],
            asked: asked.collect(),
            headed: named(&heading.title),
            heading: heading.clone(),
            discs: discs(tracks.index, requests, &disc_of),
            disc_of,
            ..Self::default()
        }
    }

    /// Learns from choices, anew.
    pub(super) fn learn(&mut self, tracks: &Collection<'_>, requests: &[Request], leanings: &[Leaning]) {
        self.support.fill(0.0);
        self.own = vec![HashMap::new(); requests.len()];
        for leaning in leanings {
            for release in tracks.index.releases.of(leaning.track) {
                let own = self.own[leaning.request].entry(release).or_default();
                *own = own.max(leaning.trust);
            }
        }
        for (release, trust) in self.own.iter().flatten() {
            self.support[*release] += trust;
        }
        self.numbering = numberings(tracks, requests, leanings);
        self.learn_house(tracks, requests, leanings);
        for ((id, _), Disc { pairs, .. }) in &self.discs {
            // usize counts of entries: exact in f64.
            self.support[*id] = self.support[*id].max(*pairs as f64);
            let known = self.numbering.get(id).is_some_and(|n| n.pairs >= *pairs);
            if !known {
                let numbering =
                    Numbering { by_position: false, running: false, offset: 0, share: 1.0, pairs: *pairs };
                self.numbering.insert(*id, numbering);
            }
        }
        let whole = |n: &Numbering| {
            n.pairs >= w::NUMBERED && n.share >= w::HOME_NUMBERED && n.pairs * 10 >= requests.len() * 7
        };
        let by_numbers = self.numbering.iter().filter(|(_, n)| whole(n)).map(|(id, _)| *id).min();
        self.home = by_numbers.into_iter().collect();
        // The heading names it, in several pressings perhaps, and most entries are found there.
        let there = |own: &HashMap<usize, f64>| {
            self.headed.keys().filter_map(|id| own.get(id)).copied().fold(0.0, f64::max)
        };
        let found: f64 = self.own.iter().map(there).sum();
        if self.home.is_empty() && found >= w::HOME_FEWEST && found >= w::HOME * requests.len() as f64 {
            self.home = self.headed.keys().copied().collect();
        }
    }

    fn learn_house(&mut self, tracks: &Collection<'_>, requests: &[Request], leanings: &[Leaning]) {
        let mut artists: BTreeMap<Word, (f64, Phrase, HashMap<usize, f64>)> = BTreeMap::new();
        let mut all: HashMap<usize, f64> = HashMap::new();
        for leaning in leanings.iter().filter(|l| requests[l.request].readings[0].artists.is_empty()) {
            let described = tracks.described(leaning.track);
            let Some(artist) = described.views.first().and_then(|v| v.artists.first()) else { continue };
            if !artists.contains_key(&artist.glued) {
                artists.insert(artist.glued.clone(), (0.0, artist.clone(), HashMap::new()));
            }
            let Some(known) = artists.get_mut(&artist.glued) else { continue };
            let own = known.2.entry(leaning.request).or_default();
            // Of two whose songs these may be, the one that the listing speaks of.
            let people = || described.views.iter().flat_map(|view| view.artists.iter());
            let spoken_of =
                self.heading.artists.is_empty() && people().any(|name| self.heading.speaks_of(name));
            let said = if spoken_of { w::SPOKEN_OF } else { 1.0 };
            known.0 += (leaning.trust - *own).max(0.0) * said;
            *own = own.max(leaning.trust);
            let most = all.entry(leaning.request).or_default();
            *most = most.max(leaning.trust);
        }
        let mut matched: Vec<f64> = all.into_values().collect();
        matched.sort_by(f64::total_cmp);
        let matched: f64 = matched.into_iter().sum();
        let best =
            artists.into_values().max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.glued.cmp(&a.1.glued)));
        self.house = best
            .filter(|(count, ..)| *count >= w::HOUSE_FEWEST && *count >= w::HOUSE_SHARE * matched)
            .map(|(count, artist, own)| House {
                artist,
                share: (count / matched.max(1.0)).min(1.0),
                count,
                own,
            });
    }

    /// What is known of a pair beyond itself.
    pub(super) fn tell(
        &self,
        tracks: &Collection<'_>,
        requests: &[Request],
        at: usize,
        track: usize,
    ) -> Told {
        let request = &requests[at];
        let mut best = Told::default();
        for release in tracks.index.releases.of(track) {
            let told = self.tell_release(tracks, request, at, release, requests.len(), track);
            if told.score() > best.score()
                || (told.number.is_some() && best.number.is_none() && told.score() >= best.score())
            {
                best = told;
            }
        }
        self.tell_house(tracks, request, at, track, &mut best);
        let elsewhere = !best.named && tracks.place(track).has_album;
        let nobody = request.readings[0].artists.is_empty() && !best.house;
        if elsewhere && !self.asked[at].is_empty() && !request.headed {
            let cost = if nobody { w::OTHER_ALBUM } else { w::OTHER_ALBUM_SAME_ARTIST };
            best.ledger.add(Piece::Album, cost);
        }
        best.inside = tracks.index.releases.of(track).any(|id| self.home.contains(&id));
        best.outside = !self.home.is_empty() && !best.inside;
        best.unlike = best.outside && self.is_unlike(&tracks.described(track));
        // Nobody is named, and no artist is the listing's: a title alone does not lead away from its release.
        best.stranger |= best.outside && nobody && self.house.is_none() && !best.named;
        best
    }

    /// Whether the listing is the record of a concert or was played unplugged, and the file is of neither.
    fn is_unlike(&self, track: &Described) -> bool {
        let asked = &self.heading.versions;
        let is = |kind| {
            let mut told =
                track.views.iter().flat_map(|view| &view.title.versions.kinds).chain(&track.surroundings);
            told.any(|own| *own == kind)
        };
        let (live, acoustic) = (asked.contains(&Version::Live), asked.contains(&Version::Acoustic));
        // An unplugged set is played before people, too.
        (live || acoustic) && !is(Version::Live) && !(acoustic && is(Version::Acoustic))
    }

    fn tell_release(
        &self,
        tracks: &Collection<'_>,
        request: &Request,
        at: usize,
        id: usize,
        requests: usize,
        track: usize,
    ) -> Told {
        let release = tracks.release(id);
        let others = self.support[id] - self.own[at].get(&id).copied().unwrap_or(0.0);
        let room = release.tracks.len().min(requests).max(1) as f64;
        let fit = (self.support[id] / room).clamp(0.0, 1.0).sqrt();
        let mut told = Told {
            release: (w::RELEASE * (1.0 + others.max(0.0)).ln() * fit).min(w::RELEASE_MOST),
            ..Told::default()
        };
        let by_entry = self.asked[at].get(&id).copied().unwrap_or(0.0);
        let by_heading = self.headed.get(&id).copied().unwrap_or(0.0);
        told.named = by_entry > 0.0 || by_heading > 0.0;
        told.ledger.add(Piece::Release, told.release);
        told.ledger.add(Piece::Album, (by_entry * w::NAMED_RELEASE).max(by_heading * w::HEADED_RELEASE));
        let untitled = !tracks.place(track).titled;
        let numbering = self.numbering.get(&id).copied().or_else(|| {
            let only_numbers = told.named && release.tracks.iter().all(|t| !tracks.place(*t as usize).titled);
            only_numbers.then_some(Numbering {
                by_position: request.number.is_none(),
                running: false,
                offset: 0,
                share: 1.0,
                pairs: 3,
            })
        });
        let Some(numbering) = numbering else { return told };
        let (Some(there), Some(here)) = (
            file_number(tracks, id, track, numbering.running),
            listing_number(request, numbering.by_position),
        ) else {
            return told;
        };
        let other_disc = !numbering.running
            && release.has_discs()
            && request.disc.zip(tracks.place(track).disc).is_some_and(|(asked, own)| asked != own);
        let fits = there == here + numbering.offset && !other_disc;
        told.number = Some(fits);
        // Two pairs may agree by chance; from five on they do not.
        let strength = numbering.share * (numbering.pairs as f64 / w::NUMBERED as f64).min(1.0);
        let disc = self.discs.get(&(id, self.disc_of[at]));
        told.disc = fits && disc.is_some_and(|disc| disc.name == tracks.place(track).disc);
        told.placed =
            fits && (numbering.pairs >= w::NUMBERED || untitled) && numbering.share >= w::PLACED_NUMBERED;
        let worth = if fits { w::NUMBER_FITS } else { w::NUMBER_DIFFERS };
        told.ledger.add(Piece::TrackNumber, strength * worth);
        if untitled && fits && (told.named || told.release >= w::STRONG_RELEASE) {
            told.ledger.add(Piece::TrackNumber, w::PLACE_ONLY);
        }
        told
    }

    fn tell_house(
        &self,
        tracks: &Collection<'_>,
        request: &Request,
        at: usize,
        track: usize,
        told: &mut Told,
    ) {
        let Some(house) = self.house.as_ref().filter(|_| request.readings[0].artists.is_empty()) else {
            return;
        };
        let described = tracks.described(track);
        let artists = described.views.iter().flat_map(|v| v.artists.iter());
        let mut named = false;
        let mut like = 0.0_f64;
        let mut spoken_of = false;
        for artist in artists {
            named = true;
            spoken_of |= self.heading.speaks_of(artist);
            like = like.max(similarity::artists(&house.artist, artist, &tracks.index.rarity).value);
        }
        for hint in described.hints.iter() {
            like = like.max(similarity::artists(&house.artist, hint, &tracks.index.rarity).value * w::HINT);
        }
        let others = house.count - house.own.get(&at).copied().unwrap_or(0.0);
        if like >= w::SAME_ARTIST {
            told.house = others >= w::HOUSE_FEWEST;
            let worth = w::HOUSE_ARTIST * house.share * (1.0 + others.max(0.0)).ln();
            told.ledger.add(Piece::ListingArtist, worth.min(w::HOUSE_ARTIST_MOST));
            return;
        }
        if spoken_of {
            return;
        }
        told.stranger =
            named && house.share >= w::HOUSE_OF_MOST && others >= w::HOUSE_FEWEST && like < w::CONTRADICTION;
        if told.stranger && told.release < w::STRONG_RELEASE {
            told.ledger.add(Piece::ListingArtist, w::NOT_HOUSE_ARTIST * house.share);
        }
    }

    /// The tracks that stand where the request at `at` would stand in the releases that many
    /// entries come from or that are named.
    pub(super) fn placed_tracks(&self, tracks: &Collection<'_>, request: &Request, at: usize) -> Vec<usize> {
        let named: BTreeSet<usize> = self.headed.keys().chain(self.asked[at].keys()).copied().collect();
        let supported = self.numbering.keys().copied().filter(|id| self.support[*id] >= w::PLACES_FROM);
        let releases: BTreeSet<usize> = supported.chain(named.iter().copied()).collect();
        let plain = Numbering {
            by_position: request.number.is_none(),
            running: false,
            offset: 0,
            share: 1.0,
            pairs: 0,
        };
        let mut placed = BTreeSet::new();
        for id in releases {
            for track in tracks.release(id).tracks.iter().map(|id| *id as usize) {
                let untitled = !tracks.place(track).titled;
                let by_name = (named.contains(&id) && untitled).then_some(plain);
                let Some(n) = self.numbering.get(&id).copied().or(by_name) else { continue };
                let there = file_number(tracks, id, track, n.running);
                if there.is_some()
                    && there == listing_number(request, n.by_position).map(|here| here + n.offset)
                {
                    placed.insert(track);
                }
            }
        }
        placed.into_iter().collect()
    }

    /// Whether many entries come from a release of this track.
    pub(super) fn vouches_for(&self, tracks: &Collection<'_>, track: usize, requests: usize) -> bool {
        let bar = (w::VOUCHING_SHARE * requests as f64).max(w::VOUCHING_FEWEST);
        tracks.index.releases.of(track).any(|r| self.support[r] >= bar)
    }
}
