//! Which failure of a journey, a question or a body is which problem, and what whoever asked may do about it.

use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::http::StatusCode;

use super::Problem;
use crate::flow::choice::NotAChoice;
use crate::flow::export::ExportError;
use crate::flow::inbox::InboxError;
use crate::flow::register::RegisterError;
use crate::flow::removal::RemovalError;
use crate::flow::snapshot::{NoAnswer, NoCampaign, NotInTheData};
use crate::flow::uploads::{self, AskedError, UploadError};
use crate::flow::work::WorkError;
use crate::model::access::Forbidden;
use crate::model::filter::NotAFilter;
use crate::model::import::ImportKind;
use crate::model::question::NotAQuestion;
use crate::model::register::NotAnAct;
use crate::model::said::NotSaid;
use crate::model::work::NotAnAction;

impl From<NotAQuestion> for Problem {
    fn from(error: NotAQuestion) -> Self {
        let hint = match &error {
            NotAQuestion::Operator(_) | NotAQuestion::UnknownOperator(_) => "GET /api/meta lists the operators",
            NotAQuestion::Technology(_) => "GET /api/meta lists the technologies",
            NotAQuestion::Day { .. } => "write the day as year-month-day",
            NotAQuestion::Backwards { .. } => "exchange the two days",
            NotAQuestion::Overlapping { .. } => "end the earlier period (`compared_to`) before `from`",
        };
        Self::bad_request(error.to_string(), hint)
    }
}

impl From<Forbidden> for Problem {
    fn from(error: Forbidden) -> Self {
        let hint = match &error {
            Forbidden::Days { name: "from" | "compared_from", .. } => "begin with the first day of a month".to_owned(),
            Forbidden::Days { .. } => "end with the last day of a month, or leave it out for today".to_owned(),
            Forbidden::OtherNetwork { own, .. } => format!("operator={own}"),
            Forbidden::Layer { .. } | Forbidden::Matter { .. } => {
                "GET /api/me says what this role may do; an operator names its own network: operator=viettel".to_owned()
            }
        };
        Self::new(StatusCode::FORBIDDEN, "forbidden", error.to_string(), Some(hint))
    }
}

impl From<NoAnswer> for Problem {
    fn from(error: NoAnswer) -> Self {
        match error {
            NoAnswer::NotInTheData(error) => error.into(),
            NoAnswer::Forbidden(error) => error.into(),
        }
    }
}

impl From<NotInTheData> for Problem {
    fn from(error: NotInTheData) -> Self {
        match error {
            NotInTheData::Campaign(error) => error.into(),
            NotInTheData::Operator { .. } | NotInTheData::Technology { .. } => Self::bad_request(
                error.to_string(),
                "GET /api/meta lists what was measured; leave the filter out for the best of all",
            ),
        }
    }
}

impl From<NoCampaign> for Problem {
    fn from(error: NoCampaign) -> Self {
        match error {
            NoCampaign::Unknown(_) => Self::not_found(error.to_string(), "GET /api/campaigns lists the codes"),
            NoCampaign::NotBegun { .. } => Self::bad_request(error.to_string(), "choose a campaign that has begun"),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match &error {
            ExportError::Forbidden(forbidden) => forbidden.clone().into(),
            ExportError::UnknownLayer { .. } | ExportError::UnknownFormat { .. } => {
                Self::not_found(error.to_string(), "GET /export/communes.geojson is one that exists")
            }
            ExportError::UnknownCommune { .. } => {
                Self::bad_request(error.to_string(), "GET /api/communes lists the codes; `as_of` says the day")
            }
            ExportError::UnknownSystem { .. } => Self::bad_request(
                error.to_string(),
                "crs=5897 is VN-2000, 105°00′; crs=9209 105°30′; GET /ogc/collections lists them all",
            ),
            ExportError::OtherSystem { .. } => Self::bad_request(
                error.to_string(),
                "gpkg, shp, tab and fgb hold other systems, csv and xlsx those of points; GeoJSON is WGS 84 (RFC 7946)",
            ),
            ExportError::Write { .. } | ExportError::Convert(_) => {
                tracing::error!(%error, "an export failed");
                Self::ours()
            }
        }
    }
}

impl From<NotAChoice> for Problem {
    fn from(error: NotAChoice) -> Self {
        let hint = match error {
            NotAChoice::Filter(error) => return error.into(),
            NotAChoice::Language(_) => "filter-lang=cql2-text or cql2-json",
            NotAChoice::Box { .. } => "bbox=105.4,19.9,106.6,20.7 is west, south, east, north",
            NotAChoice::Commune(_) => "GET /api/communes lists the codes",
        };
        Self::bad_request(error.to_string(), hint)
    }
}

impl From<NotAFilter> for Problem {
    fn from(error: NotAFilter) -> Self {
        let hint = match &error {
            NotAFilter::TooLong | NotAFilter::TooDeep => "ask for less, or filter what came",
            NotAFilter::UnknownColumn { .. } => "GET /ogc/collections/{layer}/queryables lists the columns",
            NotAFilter::UnknownWord { .. } => {
                "the words of a column stand in its description: GET /ogc/collections/{layer}/schema"
            }
            NotAFilter::OtherKind { .. } => "texts stand between ' and ', numbers stand bare",
            NotAFilter::NoPlace(_) => "longitude, then latitude, in degrees",
            NotAFilter::Text { .. } => "filter=percent < 20 AND CASEI(name) LIKE CASEI('%yên%')",
            NotAFilter::Json { .. } => {
                r#"filter={"op": "<", "args": [{"property": "percent"}, 20]}&filter-lang=cql2-json"#
            }
        };
        Self::bad_request(error.to_string(), hint)
    }
}

impl From<NotAnAction> for Problem {
    fn from(error: NotAnAction) -> Self {
        let hint = match &error {
            NotAnAction::Kind(_) => r#"{"action": "comment", "who": "VNPT Ninh Bình", "text": "…"}"#,
            NotAnAction::NoDay => r#"leave `on` out, or {"action": "fixed", "on": "2026-03-31"}"#,
            NotAnAction::Said(error) => return error.clone().into(),
        };
        Self::bad_request(error.to_string(), hint)
    }
}

impl From<NotSaid> for Problem {
    fn from(error: NotSaid) -> Self {
        let hint = match &error {
            NotSaid::Personal { field: "text" | "why" } => {
                "name offices and documents; write a long number of a ticket or a cell in parts with letters, such as SR2026-1130 or eNB 100213 cell 1"
            }
            NotSaid::Empty { field: "who" } | NotSaid::Personal { .. } => {
                "name a role or an organisation, such as VNPT Ninh Bình"
            }
            NotSaid::Empty { field: "why" } => "a rejection says why",
            NotSaid::Empty { .. } => "an assignment says to whom, a comment what",
            NotSaid::Long { .. } => "say it in fewer words",
        };
        Self::bad_request(error.to_string(), hint)
    }
}

impl From<InboxError> for Problem {
    fn from(error: InboxError) -> Self {
        match &error {
            InboxError::UnknownBundle(_) => Self::not_found(error.to_string(), "GET /api/inbox lists the keys"),
            InboxError::Already { .. } => Self::conflict(error.to_string(), "reopen it first"),
        }
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        let refused = match error {
            RegisterError::NotAnAct(refused) => refused,
            RegisterError::Forbidden(error) => return error.into(),
            RegisterError::Store(error) => return Self::of_store(error),
        };
        let (words, reason) = (refused.to_string(), Some(Box::new(refused.reason())));
        let problem = match refused {
            NotAnAct::Said(said) => {
                Self::bad_request(said.to_string(), "an act names an office (`who`) and a reason (`why`), no person")
            }
            NotAnAct::Unknown(_) => Self::not_found(words, "GET /api/villages lists the codes"),
            NotAnAct::Future { .. } | NotAnAct::Precision | NotAnAct::Others { .. } | NotAnAct::Parts { .. } => {
                Self::bad_request(words, "docs/http.md names the members of each act")
            }
            _ => Self::conflict(words, "GET /api/register/{code} says what was done to a village"),
        };
        Self { reason, ..problem }
    }
}

impl From<RemovalError> for Problem {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::NoSuchHome => {
                Self::not_found(error.to_string(), "write the label as on the form, or give the id of a form")
            }
            RemovalError::NoSuchVillage(_) => Self::not_found(error.to_string(), "GET /api/villages lists the codes"),
            RemovalError::NoReason => Self::bad_request(error.to_string(), "say why in `reason`, and name nobody"),
            RemovalError::NoChance => {
                tracing::error!(%error, "nothing was removed");
                Self::ours()
            }
            RemovalError::Store(error) => Self::of_store(error),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match &error {
            UploadError::Empty => Self::bad_request(error.to_string(), "send the bytes of the file as they are"),
            UploadError::Bomb { .. } => Self::too_large(error.to_string()),
            UploadError::Unknown => Self::not_found(
                error.to_string(),
                "a file waits for an hour, for the role that brought it; send it again: POST /api/uploads?name=…",
            ),
            UploadError::NoChance | UploadError::Io(_) => {
                tracing::error!(%error, "a file could not be laid down");
                Self::ours()
            }
        }
    }
}

impl From<AskedError> for Problem {
    fn from(error: AskedError) -> Self {
        let hint = match &error {
            AskedError::Kind(_) => format!("one of {}", uploads::KINDS.map(ImportKind::code).join(", ")),
            AskedError::Correction { .. } => {
                r#"{"line": 2, "field": "result", "value": "guided"} or {"line": 2, "leave_out": true}"#.to_owned()
            }
            AskedError::Many(_) => "mend the file itself and send it again".to_owned(),
            AskedError::NoProfile => "leave `profile` out".to_owned(),
            AskedError::NoMapping => "ask for a preview".to_owned(),
            AskedError::NothingReplaced => "leave `replace` out".to_owned(),
            AskedError::Profile(_) => "docs/profiles has examples".to_owned(),
        };
        Self::bad_request(error.to_string(), hint)
    }
}

impl From<BytesRejection> for Problem {
    fn from(error: BytesRejection) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::too_large(format!("the file has more than {} MB", uploads::MOST_BYTES / (1024 * 1024)))
        } else {
            Self::bad_request(error.body_text(), "send the bytes of the file as they are")
        }
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        let hint = match &error {
            WorkError::UnknownArea(_) => return Self::not_found(error.to_string(), "GET /api/work lists the keys"),
            WorkError::AlreadyFixed(_) => "runs after that day decide; reopen it to claim anew",
            WorkError::Forbidden(forbidden) => return forbidden.clone().into(),
            WorkError::OtherDay { .. } => return Self::bad_request(error.to_string(), "leave `on` out for today"),
            WorkError::NotFixed => "only a claim can be taken back",
        };
        Self::conflict(error.to_string(), hint)
    }
}

impl From<JsonRejection> for Problem {
    fn from(error: JsonRejection) -> Self {
        let title = match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "too large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported media type",
            _ => return Self::bad_request(error.body_text(), "a JSON object with the members that docs/http.md names"),
        };
        Self::new(error.status(), title, error.body_text(), None)
    }
}
