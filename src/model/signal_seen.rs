//! What teams saw on their phones at a door, packed: a province has millions of visits.

use serde::{Deserialize, Serialize};

use super::operator::Operator;

/// What a team saw on a phone at the door: the half that joins the two maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalSeen {
    None,
    Weak,
    Ok,
}

impl SignalSeen {
    const ALL: [Self; 3] = [Self::None, Self::Weak, Self::Ok];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Weak => "weak",
            Self::Ok => "ok",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// The answers of one visit, one for each network that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignalsSeen {
    /// Two bits for each of [`Operator::VIETNAMESE`]: nobody looked, none, weak, usable.
    brands: u16,
    /// Networks of elsewhere, by operator.
    others: Box<[(Operator, SignalSeen)]>,
}

impl SignalsSeen {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.brands == 0 && self.others.is_empty()
    }

    /// In the order of [`Operator::VIETNAMESE`], then by operator.
    pub fn iter(&self) -> impl Iterator<Item = (Operator, SignalSeen)> {
        let of_brand = |(at, operator): (usize, Operator)| {
            let bits = usize::from(self.brands >> (2 * at) & 0b11);
            Some((operator, *SignalSeen::ALL.get(bits.checked_sub(1)?)?))
        };
        Operator::VIETNAMESE.into_iter().enumerate().filter_map(of_brand).chain(self.others.iter().copied())
    }
}

impl FromIterator<(Operator, SignalSeen)> for SignalsSeen {
    /// Of two answers on one network the first stands.
    fn from_iter<T: IntoIterator<Item = (Operator, SignalSeen)>>(answers: T) -> Self {
        let mut brands = 0_u16;
        let mut others: Vec<(Operator, SignalSeen)> = Vec::new();
        for (operator, seen) in answers {
            match Operator::VIETNAMESE.iter().position(|brand| *brand == operator) {
                Some(at) if brands >> (2 * at) & 0b11 == 0 => brands |= (seen as u16 + 1) << (2 * at),
                None if others.iter().all(|(other, _)| *other != operator) => others.push((operator, seen)),
                _ => {}
            }
        }
        others.sort_by_key(|(operator, _)| *operator);
        Self { brands, others: others.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(answers: &[(&str, SignalSeen)]) -> SignalsSeen {
        answers.iter().map(|(operator, seen)| (operator.parse().unwrap(), *seen)).collect()
    }

    #[test]
    fn answers_are_kept_for_each_network_in_one_order() {
        use SignalSeen::{None, Ok, Weak};

        let read = |seen: &SignalsSeen| -> Vec<(String, SignalSeen)> {
            seen.iter().map(|(operator, seen)| (operator.to_string(), seen)).collect()
        };
        let own = |list: &[(&str, SignalSeen)]| -> Vec<(String, SignalSeen)> {
            list.iter().map(|(operator, seen)| ((*operator).to_owned(), *seen)).collect()
        };
        let all = seen(&[("wintel", Weak), ("310-410", Ok), ("vnpt", None), ("001-01", Weak), ("viettel", Ok)]);
        assert_eq!(
            read(&all),
            own(&[("viettel", Ok), ("vnpt", None), ("wintel", Weak), ("001-01", Weak), ("310-410", Ok)])
        );
        assert_eq!(all, seen(&[("viettel", Ok), ("001-01", Weak), ("vnpt", None), ("310-410", Ok), ("wintel", Weak)]));
        assert_ne!(all, seen(&[("viettel", Ok)]));
        for one in SignalSeen::ALL {
            for operator in Operator::VIETNAMESE {
                assert_eq!(
                    [(operator, one)].into_iter().collect::<SignalsSeen>().iter().collect::<Vec<_>>(),
                    [(operator, one)]
                );
            }
        }
    }

    #[test]
    fn nothing_seen_is_empty_and_of_two_answers_the_first_stands() {
        assert!(seen(&[]).is_empty());
        assert!(!seen(&[("310-410", SignalSeen::None)]).is_empty());
        for operator in ["viettel", "310-410"] {
            assert_eq!(
                seen(&[(operator, SignalSeen::None), (operator, SignalSeen::Ok)]),
                seen(&[(operator, SignalSeen::None)])
            );
        }
    }
}
