//! All visits of a store, in pieces that are shared from one moment to the next: a new form copies none of the
//! millions that stay as they are.

use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::news::{Mark, News};
use crate::model::visit::Visit;

/// Visits of a piece: what is copied where one of them changes.
const PIECE: usize = if cfg!(test) { 4 } else { 16_384 };

/// Visits in the order of arrival. Private: rows of it never leave the engine, only counts do.
#[derive(Clone, Debug, Default)]
pub struct Visits {
    pieces: Vec<Arc<Piece>>,
    /// The index of the first visit of each piece.
    starts: Vec<usize>,
    len: usize,
    mark: Mark,
}

#[derive(Clone, Debug, Default)]
struct Piece {
    /// The row of each in the store, ascending.
    rows: Vec<i64>,
    visits: Vec<Visit>,
    /// When the first and the last were made.
    span: Option<(Timestamp, Timestamp)>,
}

/// How visits differ from those before, as indices in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Of the visits before: those that are gone or that say something else now.
    pub before: Vec<usize>,
    /// Of the visits now: those that say something else than before.
    pub now: Vec<usize>,
    /// Of the visits before: those that are gone.
    pub gone: Vec<usize>,
    /// Of the visits now: the first of those that are new.
    pub new_from: usize,
}

impl Difference {
    /// Whether a visit of now says something that none before it said.
    #[must_use]
    pub fn is_new(&self, at: usize) -> bool {
        at >= self.new_from || self.now.binary_search(&at).is_ok()
    }
}

impl Visits {
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn iter(&self) -> impl Iterator<Item = &Visit> {
        self.pieces.iter().flat_map(|piece| &piece.visits)
    }

    /// The pieces, each with the index of its first visit: to walk through them on several cores.
    #[must_use]
    pub fn pieces(&self) -> Vec<(usize, &[Visit])> {
        self.starts.iter().zip(&self.pieces).map(|(start, piece)| (*start, &piece.visits[..])).collect()
    }

    /// When the first and the last visit were made.
    #[must_use]
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let spans = self.pieces.iter().filter_map(|piece| piece.span);
        spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
    }

    /// How far they were read.
    #[must_use]
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    fn of(pieces: Vec<Arc<Piece>>, mark: Mark) -> Self {
        let mut len = 0;
        let mut starts = Vec::with_capacity(pieces.len());
        for piece in &pieces {
            starts.push(len);
            len += piece.visits.len();
        }
        Self { pieces, starts, len, mark }
    }
}

impl Index<usize> for Visits {
    type Output = Visit;

    fn index(&self, at: usize) -> &Visit {
        let piece = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        &self.pieces[piece].visits[at - self.starts[piece]]
    }
}

impl From<Vec<Visit>> for Visits {
    fn from(visits: Vec<Visit>) -> Self {
        visits.into_iter().collect()
    }
}

impl FromIterator<Visit> for Visits {
    fn from_iter<T: IntoIterator<Item = Visit>>(visits: T) -> Self {
        let mut revision = Revision::of(Self::default());
        (1..).zip(visits).for_each(|(row, visit)| revision.take(News::Stands(row, visit)));
        revision.end(Mark::default()).0
    }
}

impl PartialEq for Visits {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

/// Visits in the making: those before, and what a store tells of them since.
pub struct Revision {
    before: Visits,
    is_anew: bool,
    /// Rows that were known: what they say now, nothing where they are gone.
    changed: BTreeMap<i64, Option<Visit>>,
    new: Vec<Piece>,
}

impl Revision {
    #[must_use]
    pub fn of(before: Visits) -> Self {
        Self { before, is_anew: false, changed: BTreeMap::new(), new: Vec::new() }
    }

    /// News in the order of rows.
    pub fn take(&mut self, news: News) {
        match news {
            News::Anew => *self = Self { is_anew: true, ..Self::of(Visits::default()) },
            News::Gone(row) => {
                self.changed.insert(row, None);
            }
            News::Stands(row, visit) if self.last_row() < Some(row) => self.push(row, visit),
            News::Stands(row, visit) => {
                self.changed.insert(row, Some(visit));
            }
        }
    }

    fn last_row(&self) -> Option<i64> {
        self.before.pieces.last().and_then(|piece| piece.rows.last()).copied()
    }

    fn push(&mut self, row: i64, visit: Visit) {
        match self.new.last_mut() {
            Some(piece) if piece.visits.len() < PIECE => piece.push(row, visit),
            last => {
                // After a full piece comes another, most likely.
                let room = if last.is_some() { PIECE } else { 0 };
                let mut piece = Piece { rows: Vec::with_capacity(room), visits: Vec::with_capacity(room), span: None };
                piece.push(row, visit);
                self.new.push(piece);
            }
        }
    }

    /// The visits, and how they differ from those before; nothing to compare with where all was told anew.
    #[must_use]
    pub fn end(self, mark: Mark) -> (Visits, Option<Difference>) {
        let Self { before, is_anew, changed, mut new } = self;
        let mut difference = Difference::default();
        let mut pieces = before.pieces.clone();
        let mut shift = 0;
        let mut rest = changed.into_iter().peekable();
        for (piece, start) in pieces.iter_mut().zip(&before.starts) {
            let Some(last) = piece.rows.last().copied() else { continue };
            let mut of_piece = Vec::new();
            while let Some(one) = rest.next_if(|(row, _)| *row <= last) {
                of_piece.push(one);
            }
            if !of_piece.is_empty() {
                *piece = Arc::new(piece.revised(of_piece, *start, &mut shift, &mut difference));
            }
        }
        difference.new_from = before.len - shift;
        // What comes form by form does not become a thousand pieces.
        if let (Some(last), Some(first)) = (pieces.last_mut(), new.first_mut())
            && last.visits.len() + first.visits.len() <= PIECE
        {
            *last = Arc::new(last.with(std::mem::take(first)));
            new.remove(0);
        }
        pieces.extend(new.into_iter().map(|mut piece| {
            piece.visits.shrink_to_fit();
            Arc::new(piece)
        }));
        pieces.retain(|piece| !piece.visits.is_empty());
        (Visits::of(pieces, mark), (!is_anew).then_some(difference))
    }
}

impl Piece {
    fn push(&mut self, row: i64, visit: Visit) {
        let at = visit.time;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        self.rows.push(row);
        self.visits.push(visit);
    }

    fn with(&self, more: Self) -> Self {
        let mut piece = self.clone();
        more.rows.into_iter().zip(more.visits).for_each(|(row, visit)| piece.push(row, visit));
        piece
    }

    /// With other rows in place of some. `start` is the index of the first visit before, `shift` how many have gone.
    fn revised(
        &self,
        changed: Vec<(i64, Option<Visit>)>,
        start: usize,
        shift: &mut usize,
        difference: &mut Difference,
    ) -> Self {
        let mut changed = changed.into_iter().peekable();
        let mut piece = Self::default();
        for (at, (row, visit)) in self.rows.iter().zip(&self.visits).enumerate() {
            // A row that came and went between two readings was never known.
            while changed.next_if(|(other, _)| other < row).is_some() {}
            match changed.next_if(|(other, _)| other == row).map(|(_, now)| now) {
                None => piece.push(*row, visit.clone()),
                Some(Some(now)) if now == *visit => piece.push(*row, now),
                Some(Some(now)) => {
                    difference.before.push(start + at);
                    difference.now.push(start + at - *shift);
                    piece.push(*row, now);
                }
                Some(None) => {
                    difference.before.push(start + at);
                    difference.gone.push(start + at);
                    *shift += 1;
                }
            }
        }
        piece
    }
}
