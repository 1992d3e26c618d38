//! Takes a page's source; gives its blocks of text in order, as a browser would show them: headings,
//! tables with their cells a tab apart, lists with their numbers, text. Leaves out what is no part of
//! the page's own words. Never recurses: a page may nest without end.

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::Html;
use scraper::node::{Element, Node};

/// What a block of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Heading,
    Table,
    Ordered,
    /// A list without numbers, or of definitions.
    Unordered,
    Text,
}

/// Lines that stand together.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    /// Of a heading: 1 for `h1`; 7 for one that belongs to a single list or table.
    pub(super) rank: u8,
    pub(super) text: String,
}

impl Block {
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n')
    }
}

/// A page as far as listings need it.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What the window is called.
    pub(super) title: Option<String>,
    /// The first heading of the first rank that there is.
    pub(super) heading: Option<String>,
    pub(super) blocks: Vec<Block>,
}

/// Elements that hold no words of the page.
const LEFT_OUT: &[&str] = &[
    "script", "style", "noscript", "template", "nav", "footer", "form", "button", "select", "textarea",
    "svg", "iframe", "aside", "object", "video", "audio", "dialog",
];

/// First or last words of classes and ids of what frames a page.
const FRAME_WORDS: &[&str] = &[
    "comment",
    "comments",
    "share",
    "sharing",
    "social",
    "sidebar",
    "nav",
    "navbar",
    "navbox",
    "navigation",
    "menu",
    "related",
    "breadcrumb",
    "breadcrumbs",
    "footer",
    "cookie",
    "toc",
    "references",
    "reflist",
    "reference",
    "editsection",
    "ads",
    "advert",
    "newsletter",
    "respond",
    "disqus",
    "infobox",
];

/// Elements whose text stands on lines of its own.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "ul",
    "ol",
    "li",
    "dl",
    "table",
    "tr",
    "caption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "hr",
    "details",
    "summary",
    "center",
    "body",
    "address",
];

/// The page without its frame, and with it.
pub(super) fn pages(source: &str) -> (Page, Page) {
    let html = Html::parse_document(source);
    (Renderer::new(true).render(&html), Renderer::new(false).render(&html))
}

/// What a line of a page's source shows by itself.
pub(super) fn line(source: &str) -> String {
    let page = Renderer::new(true).render(&Html::parse_document(source));
    page.blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// How a list of definitions is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Definitions {
    /// Each term has one definition: a title and its artist, a number and a title.
    Pairs,
    /// A term is the heading of the definitions below it: a side and its tracks.
    Parts,
}

impl Definitions {
    fn of(list: NodeRef<'_, Node>) -> Self {
        let count = |name: &str| {
            let is = |node: &NodeRef<'_, Node>| node.value().as_element().is_some_and(|e| e.name() == name);
            list.descendants().filter(is).count()
        };
        if count("dd") > count("dt") { Self::Parts } else { Self::Pairs }
    }
}

struct Renderer {
    careful: bool,
    page: Page,
    /// The rank of the page's heading so far.
    rank: u8,
    line: String,
    /// Lists that are open: the next number of an ordered one.
    lists: Vec<Option<u32>>,
    definitions: Vec<Definitions>,
    tables: usize,
    /// Inside `pre`, where line breaks count.
    verbatim: usize,
    kind: Kind,
    /// The rank of the heading that is open.
    heading: u8,
    fresh: bool,
}

impl Renderer {
    fn new(careful: bool) -> Self {
        Self {
            careful,
            page: Page::default(),
            rank: 7,
            line: String::new(),
            lists: Vec::new(),
            definitions: Vec::new(),
            tables: 0,
            verbatim: 0,
            kind: Kind::Text,
            heading: 0,
            fresh: true,
        }
    }

    fn render(mut self, html: &Html) -> Page {
        let mut hidden = None;
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) if hidden.is_none() => match node.value() {
                    Node::Element(element) if self.is_left_out(element) => hidden = Some(node.id()),
                    Node::Element(element) => self.open(node, element),
                    Node::Text(text) => self.text(text),
                    _ => {}
                },
                Edge::Close(node) if hidden == Some(node.id()) => hidden = None,
                Edge::Close(node) if hidden.is_none() => {
                    if let Node::Element(element) = node.value() {
                        self.close(element.name());
                    }
                }
                _ => {}
            }
        }
        self.end_line();
        self.page
    }

    fn is_left_out(&self, element: &Element) -> bool {
        let name = element.name();
        if LEFT_OUT.contains(&name) || element.attr("hidden").is_some() {
            return true;
        }
        if !self.careful || matches!(name, "html" | "body" | "main" | "article") {
            return false;
        }
        let names = element.attr("class").into_iter().chain(element.attr("id"));
        let frames = |name: &str| {
            let name = name.to_ascii_lowercase();
            let mut words = name.split(['-', '_']);
            let first = words.next().unwrap_or_default();
            FRAME_WORDS.contains(&first) || words.next_back().is_some_and(|last| FRAME_WORDS.contains(&last))
        };
        element.attr("role") == Some("navigation") || names.flat_map(str::split_whitespace).any(frames)
    }

    fn open(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        let name = element.name();
        if name == "br" || BLOCKS.contains(&name) || name == "title" {
            self.end_line();
        }
        match name {
            "table" => {
                self.begin(Kind::Table);
                self.tables += 1;
            }
            "ol" | "ul" => {
                let start = element.attr("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                let number = (name == "ol").then_some(start);
                if self.tables == 0 && self.lists.is_empty() {
                    self.begin(if number.is_some() { Kind::Ordered } else { Kind::Unordered });
                }
                self.lists.push(number);
            }
            "li" => self.item(element),
            "td" | "th" if !self.line.trim().is_empty() => self.line.push('\t'),
            "dl" => {
                if self.tables == 0 && self.lists.is_empty() {
                    self.begin(Kind::Unordered);
                }
                self.definitions.push(Definitions::of(node));
            }
            "dt" => self.term(),
            "dd" => self.definition(),
            "caption" => {
                self.begin(Kind::Heading);
                self.heading = 7;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.begin(Kind::Heading);
                self.heading = name.as_bytes()[1] - b'0';
            }
            "p" if self.tables == 0 && self.lists.is_empty() => self.begin(Kind::Text),
            "pre" => self.verbatim += 1,
            _ => {}
        }
    }

    fn has_parts(&self) -> bool {
        self.tables == 0 && self.definitions.last() == Some(&Definitions::Parts)
    }

    fn term(&mut self) {
        self.end_line();
        if self.has_parts() {
            self.begin(Kind::Heading);
            self.heading = 7;
        }
    }

    /// A definition follows its term on the same line: a number or a time a space apart, a name a dash apart.
    fn definition(&mut self) {
        let term = self.line.trim();
        let counts = term.len() <= 8
            && term.contains(|c: char| c.is_ascii_digit())
            && term.chars().all(|c| c.is_ascii_digit() || ".:)ABCDEF".contains(c));
        if !term.is_empty() {
            self.line.push_str(if counts { " " } else { " - " });
        }
    }

    fn item(&mut self, element: &Element) {
        let depth = self.lists.len();
        let own = element.attr("value").and_then(|value| value.parse().ok());
        match self.lists.last_mut() {
            Some(Some(number)) if depth == 1 => {
                *number = own.unwrap_or(*number);
                self.line = format!("{number}. ");
                *number = number.saturating_add(1);
            }
            _ if depth > 1 => self.line.push_str("    "),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "title" => {
                let title = self.line.trim().to_owned();
                self.page.title = self.page.title.take().or(Some(title).filter(|title| !title.is_empty()));
                self.line.clear();
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(name),
            _ if BLOCKS.contains(&name) || name == "dd" => self.end_line(),
            _ => {}
        }
        match name {
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                self.begin(Kind::Text);
            }
            "ol" | "ul" => {
                self.lists.pop();
                if self.lists.is_empty() && self.tables == 0 {
                    self.begin(Kind::Text);
                }
            }
            "dl" => {
                self.definitions.pop();
                if self.lists.is_empty() && self.tables == 0 {
                    self.begin(Kind::Text);
                }
            }
            "dt" if self.has_parts() => self.begin(Kind::Unordered),
            "caption" => self.begin(Kind::Table),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.begin(Kind::Text),
            "pre" => self.verbatim = self.verbatim.saturating_sub(1),
            _ => {}
        }
    }

    fn heading(&mut self, name: &str) {
        let rank = name.as_bytes()[1] - b'0';
        let text = self.line.trim();
        if rank < self.rank && !text.is_empty() {
            self.rank = rank;
            self.page.heading = Some(text.to_owned());
        }
        self.end_line();
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if c == '\n' && self.verbatim > 0 {
                self.end_line();
            } else if !c.is_whitespace() {
                self.line.push(c);
            } else if !self.line.ends_with([' ', '\t']) && !self.line.is_empty() {
                self.line.push(' ');
            }
        }
    }

    /// What follows is a block of this kind.
    fn begin(&mut self, kind: Kind) {
        self.end_line();
        self.kind = kind;
        self.fresh = true;
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if line.trim().is_empty() {
            return;
        }
        match self.page.blocks.last_mut() {
            Some(block) if !self.fresh => {
                block.text.push('\n');
                block.text.push_str(line);
            }
            _ => {
                let rank = if self.kind == Kind::Heading { self.heading } else { 0 };
                self.page.blocks.push(Block { kind: self.kind, rank, text: line.to_owned() });
            }
        }
        self.fresh = false;
    }
}
