//! `phusong villages`: the register of villages, kept right by acts that stay in its log.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Common, Config, Failure, clock, words};
use crate::flow::access::Actor;
use crate::flow::register::{self, RegisterError};
use crate::model::admin::UnitCode;
use crate::model::measure::{LonLat, local_day};
use crate::model::register::{Change, NewAct, NotAnAct, Part};
use crate::model::said::NotSaid;
use crate::model::village::VillageCode;

#[derive(Debug, Subcommand)]
pub(super) enum Villages {
    /// The villages of the register
    List(List),
    /// What was done to one
    Log {
        /// Such as 14329-007
        village: VillageCode,
    },
    /// Say that it exists as listed
    Confirm(Act),
    /// Give it another name; the old one stays as an alias
    Rename {
        #[command(flatten)]
        act: Act,
        /// The new name: "Xóm Mới"
        #[arg(long)]
        name: String,
    },
    /// Add another name that people know it by
    Alias {
        #[command(flatten)]
        act: Act,
        /// Such as "Trại Giữa"
        #[arg(long)]
        name: String,
    },
    /// Put it in another place
    Move {
        #[command(flatten)]
        act: Act,
        #[arg(long, allow_negative_numbers = true)]
        lon: f64,
        #[arg(long, allow_negative_numbers = true)]
        lat: f64,
        /// Radius within which the point is known, metres
        #[arg(long, value_name = "METRES")]
        precision_m: f32,
    },
    /// Declare its households
    Households {
        #[command(flatten)]
        act: Act,
        #[arg(long, value_name = "NUMBER")]
        count: u32,
    },
    /// End it; --on is its last day
    Close(Act),
    /// Take a closing back
    Reopen(Act),
    /// End others, which it goes on for: their names, households and visits are its own from --on
    Merge {
        #[command(flatten)]
        act: Act,
        /// A village that ends, as often as there are some
        #[arg(long, value_name = "CODE", required = true)]
        with: Vec<VillageCode>,
    },
    /// End it and begin others, unvisited, from --on
    Split {
        #[command(flatten)]
        act: Act,
        /// A village that begins: "NAME; HOUSEHOLDS; LONGITUDE; LATITUDE; METRES", all but the name may be left empty
        #[arg(long, value_name = "PART", required = true)]
        into: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Of this commune
    #[arg(long, value_name = "CODE")]
    commune: Option<UnitCode>,
    /// Those that ended too
    #[arg(long)]
    ended: bool,
}

#[derive(Debug, Args)]
pub(super) struct Act {
    /// Such as 14329-007
    village: VillageCode,
    /// Which office says so, no person
    #[arg(long)]
    who: String,
    /// Why: a decree, a count, a mistake in the list
    #[arg(long)]
    why: String,
    /// The day from which it is so [default: today]
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

impl Villages {
    pub(super) async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let (act, change) = match self {
            Self::List(list) => return list.run(common, config).await,
            Self::Log { village } => return log(village, common, config).await,
            Self::Confirm(act) => (act, Change::Confirm),
            Self::Rename { act, name } => (act, Change::Rename { name }),
            Self::Alias { act, name } => (act, Change::Alias { name }),
            Self::Move { act, lon, lat, precision_m } => (act, Change::Move { point: point(lon, lat)?, precision_m }),
            Self::Households { act, count } => (act, Change::Households { households: count }),
            Self::Close(act) => (act, Change::Close),
            Self::Reopen(act) => (act, Change::Reopen),
            Self::Merge { act, with } => (act, Change::Merge { others: with }),
            Self::Split { act, into } => {
                let parts = into.iter().map(|text| part(text)).collect::<Result<_, _>>()?;
                (act, Change::Split { parts })
            }
        };
        act.run(change, common, config).await
    }
}

impl List {
    async fn run(self, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let read = async { Ok::<_, Failure>((store.villages().await?, store.successions().await?)) }.await;
        store.close().await;
        let (mut villages, successions) = read?;
        let today = local_day(clock::now());
        villages.retain(|village| self.commune.is_none_or(|of| of == village.commune));
        villages.retain(|village| self.ended || village.in_force(today));
        let items: Vec<Json> = villages.iter().map(|one| register::village_json(one, &successions)).collect();
        tell(common.json, json!({"command": "villages list", "items": items}), &items);
        Ok(ExitCode::SUCCESS)
    }
}

async fn log(village: VillageCode, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
    let store = common.open_existing(config).await?;
    let read = async { Ok::<_, Failure>((store.villages().await?, store.register_acts(village).await?)) }.await;
    store.close().await;
    let (villages, acts) = read?;
    if !villages.iter().any(|known| known.code == village) {
        return Err(refused(&NotAnAct::Unknown(village)));
    }
    let acts: Vec<Json> = acts.iter().map(register::act_json).collect();
    words::result(&if common.json {
        json!({"command": "villages log", "village": village.to_string(), "acts": acts}).to_string()
    } else {
        let cell = |act: &Json, name: &str| act[name].as_str().unwrap_or("–").to_owned();
        let line = |act: &Json| ["on", "act", "village", "who", "why"].map(|name| cell(act, name)).join("\t");
        acts.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(ExitCode::SUCCESS)
}

impl Act {
    async fn run(self, change: Change, common: &Common, config: &Config) -> Result<ExitCode, Failure> {
        let now = clock::now();
        let (code, today) = (change.code(), local_day(now));
        let said = (self.who.as_str(), self.why.as_str());
        let act = NewAct::new((self.village, change), self.on.unwrap_or(today), said, today);
        let act = act.map_err(|error| refused(&error))?;
        let store = common.open_existing(config).await?;
        let done = register::act(&*store, &act, Actor::TERMINAL, now).await;
        let successions = store.successions().await;
        store.close().await;
        let (done, successions) = (done.map_err(failure)?, successions?);
        let villages: Vec<Json> = done.villages.iter().map(|one| register::village_json(one, &successions)).collect();
        let whole = json!({"command": format!("villages {code}"), "id": done.id, "villages": villages});
        tell(common.json, whole, &villages);
        Ok(ExitCode::SUCCESS)
    }
}

/// Code, days, households, name and aliases, a tab between two.
fn tell(as_json: bool, whole: Json, villages: &[Json]) {
    let cell = |of: &Json| match of {
        Json::Null => "–".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    let line = |village: &Json| {
        let names = ["code", "valid_from", "valid_to", "households", "name", "aliases"];
        names.map(|name| cell(&village[name])).join("\t")
    };
    words::result(&if as_json { whole.to_string() } else { villages.iter().map(line).collect::<Vec<_>>().join("\n") });
}

fn point(lon: f64, lat: f64) -> Result<LonLat, Failure> {
    LonLat::new(lon, lat).map_err(|error| Failure::new(error.to_string()))
}

/// `Xóm Đông; 55; 106.02; 20.06; 50`.
fn part(text: &str) -> Result<Part, Failure> {
    let wrong = || {
        Failure::said(format!("không đọc được thôn mới `{text}`"), format!("cannot read the new village `{text}`"))
            .hint_said(
                "viết \"Tên; số hộ; kinh độ; vĩ độ; mét\", bỏ trống phần chưa biết",
                "write \"NAME; HOUSEHOLDS; LONGITUDE; LATITUDE; METRES\", empty what is not known",
            )
    };
    let cells: Vec<&str> = text.split(';').map(str::trim).collect();
    if cells.len() > 5 {
        return Err(wrong());
    }
    let cell = |at: usize| cells.get(at).copied().filter(|cell| !cell.is_empty());
    let point = match (cell(2), cell(3)) {
        (None, None) => None,
        (Some(lon), Some(lat)) => Some(point(lon.parse().map_err(|_| wrong())?, lat.parse().map_err(|_| wrong())?)?),
        _ => return Err(wrong()),
    };
    Ok(Part {
        name: cells.first().copied().unwrap_or_default().to_owned(),
        point,
        precision_m: cell(4).map(str::parse).transpose().map_err(|_| wrong())?,
        households: cell(1).map(str::parse).transpose().map_err(|_| wrong())?,
    })
}

fn failure(error: RegisterError) -> Failure {
    match error {
        RegisterError::Store(error) => error.into(),
        RegisterError::NotAnAct(error) => refused(&error),
        RegisterError::Forbidden(error) => error.into(),
    }
}

fn refused(error: &NotAnAct) -> Failure {
    let vi = match error {
        NotAnAct::Said(NotSaid::Empty { field: "name" }) => "chưa có tên thôn".to_owned(),
        NotAnAct::Said(NotSaid::Empty { field: "who" }) => "chưa nói cơ quan nào (--who)".to_owned(),
        NotAnAct::Said(NotSaid::Empty { .. }) => "chưa nói vì sao (--why)".to_owned(),
        NotAnAct::Said(NotSaid::Long { field, found, most }) => {
            format!("`{field}` có {found} ký tự, nhiều nhất {most}")
        }
        NotAnAct::Said(NotSaid::Personal { field }) => {
            format!("`{field}` giống số điện thoại hoặc địa chỉ của một người")
        }
        NotAnAct::Future { on } => format!("ngày {on} chưa tới: chỉ ghi việc đã xảy ra"),
        NotAnAct::Precision => "độ chính xác của điểm phải lớn hơn 0 và không quá 20000 mét".to_owned(),
        NotAnAct::Others { found } => format!("gộp với {found} thôn khác, cần từ 1 đến 100"),
        NotAnAct::Parts { found } => format!("tách thành {found} thôn mới, cần từ 2 đến 100"),
        NotAnAct::Unknown(village) => format!("sổ không có thôn `{village}`"),
        NotAnAct::Ended { village, end } => format!("thôn {village} không còn từ ngày {end}"),
        NotAnAct::BeforeItBegan { village, from, on } => {
            format!("thôn {village} có từ ngày {from}, việc này ghi ngày {on}")
        }
        NotAnAct::Twice(village) => format!("thôn {village} được nêu hai lần"),
        NotAnAct::OtherCommune(village) => format!("thôn {village} thuộc xã khác"),
        NotAnAct::SameName { name, village } => format!("xã này đã có thôn tên `{name}`: {village}"),
        NotAnAct::TwoOfAName(name) => format!("hai thôn mới cùng tên `{name}`"),
        NotAnAct::NotClosed(village) => {
            format!("thôn {village} không bị đóng; mở lại không huỷ được việc gộp hay tách")
        }
        NotAnAct::UsedUp => "xã này đã dùng hết số thôn".to_owned(),
        NotAnAct::OlderCount { known, on } => format!("số hộ đã khai ngày {known} mới hơn ngày {on}"),
    };
    let failure = Failure::said(vi, error.to_string());
    match error {
        NotAnAct::Unknown(_) | NotAnAct::Ended { .. } | NotAnAct::SameName { .. } => {
            failure.hint("phusong villages list --ended")
        }
        _ => failure,
    }
}
