//! CQL2 text, by descent: `or`, `and`, `not`, then one condition.

use super::{Comparison, Ground, MOST_DEPTH, MOST_PARTS, NotAFilter, SHAPES, Scalar, Test};

pub(super) fn parse(text: &str) -> Result<Test, NotAFilter> {
    let mut parser = Parser { signs: signs(text)?, at: 0, depth: 0, parts: 0 };
    let test = parser.any()?;
    match parser.peek() {
        None => Ok(test),
        Some(_) => Err(parser.unexpected("AND, OR or the end")),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Sign {
    /// A name or a word of the language, which has no capitals.
    Word(String),
    /// A name between double quotes, which is no word of the language.
    Name(String),
    Text(String),
    Number(f64),
    /// `( ) , = <> < <= > >=`
    Mark(&'static str),
}

fn signs(text: &str) -> Result<Vec<(usize, Sign)>, NotAFilter> {
    const MARKS: [&str; 10] = ["<>", "<=", ">=", "!=", "(", ")", ",", "=", "<", ">"];
    let letters: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = letters.get(at).copied() {
        let begin = at;
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let number = first.is_ascii_digit()
            || (matches!(first, '-' | '+' | '.')
                && letters.get(at + 1).is_some_and(|c| c.is_ascii_digit() || *c == '.'));
        let sign = if first == '\'' || first == '"' {
            let mut inside = String::new();
            at += 1;
            loop {
                match letters.get(at) {
                    None => {
                        let expected = if first == '"' { "a closing \"" } else { "a closing '" };
                        return Err(NotAFilter::Text { at: begin + 1, found: shown(&letters[begin..]), expected });
                    }
                    Some(c) if *c == first && letters.get(at + 1) == Some(&first) => {
                        inside.push(first);
                        at += 2;
                    }
                    Some(c) if *c == first => break,
                    Some(c) => {
                        inside.push(*c);
                        at += 1;
                    }
                }
            }
            at += 1;
            if first == '"' { Sign::Name(inside) } else { Sign::Text(inside) }
        } else if number {
            at += 1;
            while letters.get(at).is_some_and(|c| {
                c.is_ascii_alphanumeric()
                    || *c == '.'
                    || (matches!(c, '-' | '+') && matches!(letters[at - 1], 'e' | 'E'))
            }) {
                at += 1;
            }
            let digits: String = letters[begin..at].iter().collect();
            let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
            Sign::Number(number.ok_or(NotAFilter::Text { at: begin + 1, found: digits, expected: "a number" })?)
        } else if first.is_alphabetic() || first == '_' {
            while letters.get(at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':')) {
                at += 1;
            }
            Sign::Word(letters[begin..at].iter().collect())
        } else {
            let starts = |mark: &&&str| mark.chars().enumerate().all(|(i, c)| letters.get(at + i) == Some(&c));
            let Some(mark) = MARKS.iter().find(starts) else {
                let found = shown(&letters[at..]);
                return Err(NotAFilter::Text {
                    at: at + 1,
                    found,
                    expected: "a name, a text, a number or a comparison",
                });
            };
            at += mark.len();
            Sign::Mark(if *mark == "!=" { "<>" } else { mark })
        };
        out.push((begin + 1, sign));
    }
    Ok(out)
}

fn shown(letters: &[char]) -> String {
    let text: String = letters.iter().take(20).collect();
    format!("`{text}`")
}

struct Parser {
    signs: Vec<(usize, Sign)>,
    at: usize,
    depth: usize,
    parts: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Sign> {
        self.signs.get(self.at).map(|(_, sign)| sign)
    }

    fn unexpected(&self, expected: &'static str) -> NotAFilter {
        let (at, found) = match self.signs.get(self.at) {
            None => (self.signs.last().map_or(1, |(at, _)| at + 1), "the end".to_owned()),
            Some((at, sign)) => (
                *at,
                match sign {
                    Sign::Word(word) | Sign::Name(word) => shown(&word.chars().collect::<Vec<_>>()),
                    Sign::Text(text) => shown(&format!("'{text}").chars().collect::<Vec<_>>()),
                    Sign::Number(number) => format!("`{number}`"),
                    Sign::Mark(mark) => format!("`{mark}`"),
                },
            ),
        };
        NotAFilter::Text { at, found, expected }
    }

    /// Passes over a word of the language.
    fn word(&mut self, wanted: &str) -> bool {
        let here = matches!(self.peek(), Some(Sign::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(here);
        here
    }

    fn mark(&mut self, wanted: &str) -> bool {
        let here = matches!(self.peek(), Some(Sign::Mark(mark)) if *mark == wanted);
        self.at += usize::from(here);
        here
    }

    fn need(&mut self, mark: &str, expected: &'static str) -> Result<(), NotAFilter> {
        if self.mark(mark) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, NotAFilter>) -> Result<T, NotAFilter> {
        self.depth += 1;
        self.parts += 1;
        if self.depth > MOST_DEPTH || self.parts > MOST_PARTS {
            return Err(NotAFilter::TooDeep);
        }
        let done = f(self);
        self.depth -= 1;
        done
    }

    fn any(&mut self) -> Result<Test, NotAFilter> {
        let mut tests = vec![self.all()?];
        while self.word("or") {
            tests.push(self.all()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Test::Any(tests) })
    }

    fn all(&mut self) -> Result<Test, NotAFilter> {
        let mut tests = vec![self.one()?];
        while self.word("and") {
            tests.push(self.one()?);
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Test::All(tests) })
    }

    fn one(&mut self) -> Result<Test, NotAFilter> {
        self.deeper(|parser| {
            if parser.word("not") {
                return Ok(Test::Not(Box::new(parser.one()?)));
            }
            if parser.mark("(") {
                let inside = parser.any()?;
                parser.need(")", "a closing )")?;
                return Ok(inside);
            }
            if parser.word("s_intersects") {
                return parser.meets();
            }
            let value = parser.scalar()?;
            parser.condition(value)
        })
    }

    fn condition(&mut self, value: Scalar) -> Result<Test, NotAFilter> {
        const COMPARISONS: [(&str, Comparison); 6] = [
            ("=", Comparison::Equal),
            ("<>", Comparison::Unequal),
            ("<", Comparison::Less),
            ("<=", Comparison::AtMost),
            (">", Comparison::More),
            (">=", Comparison::AtLeast),
        ];
        if let Some((_, how)) = COMPARISONS.into_iter().find(|(mark, _)| self.mark(mark)) {
            return Ok(Test::Compare(value, how, self.scalar()?));
        }
        if self.word("is") {
            let not = self.word("not");
            if !self.word("null") {
                return Err(self.unexpected("NULL"));
            }
            let Scalar::Column(name) = value else { return Err(self.unexpected("a column before IS NULL")) };
            return Ok(negated(not, Test::IsNull(name)));
        }
        let not = self.word("not");
        if self.word("like") {
            return Ok(negated(not, Test::Like(value, self.scalar()?)));
        }
        if self.word("between") {
            let low = self.scalar()?;
            if !self.word("and") {
                return Err(self.unexpected("AND and the upper end"));
            }
            return Ok(negated(not, Test::Between(value, low, self.scalar()?)));
        }
        if self.word("in") {
            self.need("(", "a list in parentheses")?;
            let mut list = vec![self.scalar()?];
            while self.mark(",") {
                list.push(self.scalar()?);
            }
            self.need(")", "a comma or a closing )")?;
            return Ok(negated(not, Test::In(value, list)));
        }
        if not {
            return Err(self.unexpected("LIKE, BETWEEN or IN"));
        }
        match value {
            Scalar::Column(_) | Scalar::Flag(_) => Ok(Test::Holds(value)),
            _ => Err(self.unexpected("a comparison")),
        }
    }

    fn scalar(&mut self) -> Result<Scalar, NotAFilter> {
        self.deeper(|parser| {
            for (word, wrap) in
                [("casei", Scalar::Casei as fn(Box<Scalar>) -> Scalar), ("accenti", Scalar::Accenti as fn(_) -> _)]
            {
                if parser.word(word) {
                    parser.need("(", "( and a text")?;
                    let inside = parser.scalar()?;
                    parser.need(")", "a closing )")?;
                    return Ok(wrap(Box::new(inside)));
                }
            }
            if parser.word("date") {
                parser.need("(", "( and a day, such as '2025-09-01'")?;
                let Some(Sign::Text(text)) = parser.peek().cloned() else {
                    return Err(parser.unexpected("a day, such as '2025-09-01'"));
                };
                let Ok(day) = text.parse::<jiff::civil::Date>() else {
                    return Err(parser.unexpected("a day, such as '2025-09-01'"));
                };
                parser.at += 1;
                parser.need(")", "a closing )")?;
                // Columns hold days as text of this form, which sorts as days do.
                return Ok(Scalar::Text(day.to_string()));
            }
            let scalar = match parser.peek().cloned() {
                Some(Sign::Word(word)) => match word.to_ascii_lowercase().as_str() {
                    "true" => Scalar::Flag(true),
                    "false" => Scalar::Flag(false),
                    "and" | "or" | "not" | "like" | "between" | "in" | "is" | "null" => {
                        return Err(parser.unexpected("a column, a text or a number"));
                    }
                    _ => Scalar::Column(word),
                },
                Some(Sign::Name(name)) => Scalar::Column(name),
                Some(Sign::Text(text)) => Scalar::Text(text),
                Some(Sign::Number(number)) => Scalar::Number(number),
                _ => return Err(parser.unexpected("a column, a text or a number")),
            };
            parser.at += 1;
            if matches!(scalar, Scalar::Column(_)) && parser.peek() == Some(&Sign::Mark("(")) {
                parser.at -= 1;
                return Err(parser.unexpected("S_INTERSECTS, CASEI, ACCENTI, DATE or a column"));
            }
            Ok(scalar)
        })
    }

    /// `(geometry, POLYGON((…)))`, either way round.
    fn meets(&mut self) -> Result<Test, NotAFilter> {
        self.need("(", "( and the geometry")?;
        let before = self.shape();
        if before {
            self.need(",", "a comma")?;
        }
        let ground = self.ground()?;
        if !before {
            self.need(",", "a comma")?;
            if !self.shape() {
                return Err(self.unexpected("`geometry`"));
            }
        }
        self.need(")", "a closing )")?;
        Ok(Test::Meets(ground))
    }

    fn shape(&mut self) -> bool {
        let here = matches!(self.peek(), Some(Sign::Word(name) | Sign::Name(name)) if SHAPES.contains(&name.as_str()));
        self.at += usize::from(here);
        here
    }

    fn ground(&mut self) -> Result<Ground, NotAFilter> {
        const WANTED: &str = "BBOX(…), POINT(…), LINESTRING(…), POLYGON((…)) or one of several parts";
        if self.word("bbox") {
            let numbers = self.list(|parser| parser.number())?;
            return Ground::of_box(&numbers);
        }
        for word in ["point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"] {
            if !self.word(word) {
                continue;
            }
            return match word {
                "point" => {
                    let place = self.list(Self::place)?;
                    Ground::of_points(place)
                }
                "multipoint" => {
                    // With and without parentheses of their own.
                    let places = self.list(|parser| {
                        if parser.mark("(") {
                            let place = parser.place()?;
                            parser.need(")", "a closing )")?;
                            Ok(place)
                        } else {
                            parser.place()
                        }
                    })?;
                    Ground::of_points(places)
                }
                "linestring" => Ground::of_lines(vec![self.list(Self::place)?]),
                "multilinestring" => Ground::of_lines(self.list(|parser| parser.list(Self::place))?),
                "polygon" => Ground::of_polygons(vec![self.list(|parser| parser.list(Self::place))?]),
                _ => Ground::of_polygons(self.list(|parser| parser.list(|ring| ring.list(Self::place)))?),
            };
        }
        Err(self.unexpected(WANTED))
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, NotAFilter>) -> Result<Vec<T>, NotAFilter> {
        self.need("(", "an opening (")?;
        let mut out = vec![item(self)?];
        while self.mark(",") {
            out.push(item(self)?);
        }
        self.need(")", "a comma or a closing )")?;
        Ok(out)
    }

    fn number(&mut self) -> Result<f64, NotAFilter> {
        let Some(Sign::Number(number)) = self.peek() else { return Err(self.unexpected("a number")) };
        let number = *number;
        self.at += 1;
        Ok(number)
    }

    /// Longitude and latitude; a height may follow and says nothing here.
    fn place(&mut self) -> Result<[f64; 2], NotAFilter> {
        let place = [self.number()?, self.number()?];
        if matches!(self.peek(), Some(Sign::Number(_))) {
            self.at += 1;
        }
        Ok(place)
    }
}

fn negated(not: bool, test: Test) -> Test {
    if not { Test::Not(Box::new(test)) } else { test }
}
