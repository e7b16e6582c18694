//! What goes wrong, and for which request: the words in which a test asks for
//! it. What they do is in [`crate::server`].

use std::ops::Range;
use std::time::Duration;

/// A rule that spoils some of the replies.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Matches requests whose path and query, as sent or with percent signs
    /// decoded, contain this text: `/api/v2/notes`, or `limit_offset=500` for
    /// one page, or `filter[id]`.
    pub path: String,
    /// Which of the matching requests are meant, counted from 0.
    pub nth: Range<u64>,
    /// What happens to them.
    pub action: Action,
}

/// What happens to a request that a [`Fault`] picks.
#[derive(Clone, Debug)]
pub enum Action {
    /// This status, these headers and this body.
    Status(u16, Vec<(String, String)>, String),
    /// 204, as if there were no rows.
    EmptyPage,
    /// Only the first rows of the page, at most so many. With 0 it is a page
    /// with an empty list, which the real service does not send.
    ShortPage(u64),
    /// Status 200 with this body.
    Body(String),
    /// The whole reply is announced, half of it sent, the connection closed.
    /// A reply without a body, such as a 204, comes as it is.
    CutBody,
    /// The reply comes byte by byte, with a pause before each.
    Drip(Duration),
    /// The connection is closed without a reply.
    Close,
    /// The request is obeyed, and the connection closed without a reply.
    Lose,
    /// Every occurrence of the first text in the reply is the second one.
    Replace(String, String),
    /// Nothing: no later fault happens to this request.
    Spare,
    /// The reply comes so much later. Adds up with other faults.
    Delay(Duration),
    /// Every session and every access token of OAuth ends, and the reply says
    /// so: 401, as the API that was asked spells it.
    ExpireSession,
    /// 302 to this place.
    Redirect(String),
    /// From now on, this reply included, the lists lack so many of their first
    /// rows, as when somebody deletes them: the others move to earlier pages.
    /// Of each kind of note, and of each other list of records, the same number
    /// goes, counted as API v2 lists them; v4 has neither these rows nor the
    /// events of these notes any more. Recorded rows stay.
    RemoveRows(u64),
    /// From now on, this reply included, so many rows stand before the first
    /// of every list: the others move to later pages. The account has these
    /// rows from the beginning and holds them back until then.
    InsertRows(u64),
    /// So many things happen in the account before this reply, whatever they
    /// are.
    RandomChanges(u64),
    /// The list that is asked for lies or moves. All that pick a request happen
    /// to it, in their order.
    List(ListFault),
    /// The action, where more holds for the request.
    When(When, Box<Action>),
}

/// What a request has to be besides named and numbered.
#[derive(Clone, Debug)]
pub struct When {
    /// The share of the requests that are picked, at random.
    pub share: f64,
    /// Makes chance, that of a [`ListFault`] too, another one.
    pub seed: u64,
    /// Only every so manieth.
    pub every: u64,
    /// Requests are counted for each page by itself.
    pub each_page: bool,
    /// Only in this time, counted from the first request that matches.
    pub during: Range<Duration>,
    /// Only pages of more rows than this.
    pub over: u64,
    /// Only pages that some of these rows of the list belong to, counted from 0.
    pub holding: Range<u64>,
}

impl Default for When {
    /// No condition at all.
    fn default() -> Self {
        Self {
            share: 1.0,
            seed: 0,
            every: 1,
            each_page: false,
            during: Duration::ZERO..Duration::MAX,
            over: 0,
            holding: 0..u64::MAX,
        }
    }
}

/// What happens to a list. The first ones happen to the list itself, for good;
/// the others to one answer.
#[derive(Clone, Debug)]
pub enum ListFault {
    /// So many new rows.
    Add(u64, Place),
    /// So many new rows a second, from the first request on.
    Grow(f64, Place),
    /// So many rows in succession are deleted.
    Delete(u64, Place),
    /// So many rows, one here and one there, move to this place.
    Move(u64, Place),
    /// All but the first rows are deleted.
    Keep(u64),
    /// Rows come in any order if it is 0. Otherwise groups of so many rows are
    /// of the same second from now on, and come in any order within it.
    Shuffle(u64),
    /// So many rows, one here and one there, are left out.
    Skip(u64),
    /// The list has the first rows only.
    View(u64),
    /// The offset is passed over: it is the first page, and another follows.
    Repeat,
    /// The page has so many rows at most.
    Cap(u64),
    /// The page has so many rows more than asked for.
    Longer(u64),
    /// So many rows in succession are missing from the page, the last one is
    /// not.
    Gap(u64),
    /// Each row comes twice, and half of the page does not.
    Double,
    /// The page is the wrong way round.
    Reverse,
    /// Rows have no id.
    NoId,
    /// All rows are new, and another page follows.
    New,
    /// Another page follows, as API v4 says it.
    Next,
    /// No page follows, as API v4 says it.
    Last,
}

/// Where in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    Front,
    /// Behind all others.
    End,
    /// Somewhere.
    Anywhere,
}
