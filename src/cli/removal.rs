//! `phusong erase` and `phusong retain`: what leaves the store, and what that comes to.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Config, Failure, clock, words};
use crate::flow::access::Actor;
use crate::flow::removal::{self, Home, RemovalError};
use crate::flow::uploads;
use crate::model::admin::UnitCode;
use crate::model::language::Language;
use crate::model::token::{AuditAction, AuditEvent, Note};
use crate::model::village::VillageCode;

#[derive(Debug, Args)]
pub(super) struct Erase {
    /// The home as the team wrote it down, with --village or --commune
    #[arg(long, value_name = "LABEL", required_unless_present = "form", conflicts_with = "form")]
    household: Option<String>,
    /// The village that the label is of
    #[arg(long, value_name = "CODE", requires = "household")]
    village: Option<VillageCode>,
    /// The commune that it is of, where the visit has no village
    #[arg(long, value_name = "CODE", requires = "household", conflicts_with = "village")]
    commune: Option<UnitCode>,
    /// The id of any of its forms
    #[arg(long, value_name = "ID")]
    form: Option<String>,
    /// Why: a request, a withdrawn consent. Stands in the audit and names nobody
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(super) struct Retain {
    /// Tell what would go, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Erase {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let purpose = Note::new(&self.reason).map_err(|error| Failure::new(format!("--reason: {error}")))?;
        let home = self.home()?;
        let store = common.open_existing(config).await?;
        let event = AuditEvent { purpose, ..Actor::TERMINAL.did(AuditAction::Erase, "", clock::now()) };
        let erased = removal::erase(&*store, &home, &event).await;
        let finished = match &erased {
            Ok(_) => removal::finish(&*store, &config.rules(), clock::now()).await,
            Err(_) => Ok(()),
        };
        store.close().await;
        let erased = erased.map_err(failure)?;
        finished?;
        words::result(&if common.json {
            json!({"command": "erase", "visits": erased.visits, "decisions": erased.decisions, "cells": erased.cells})
                .to_string()
        } else {
            language.pick(
                format!(
                    "đã xoá {} lượt thăm, {} quyết định, {} ô của dòng bị từ chối hoặc đã sửa; tệp gốc, tệp *.rejects.csv và bản sao lưu nằm ngoài kho, phải tự xoá",
                    erased.visits, erased.decisions, erased.cells
                ),
                format!(
                    "erased {} visits, {} decisions, {} cells of refused or corrected rows; source files, *.rejects.csv and backups lie outside the store and are yours to delete",
                    erased.visits, erased.decisions, erased.cells
                ),
            )
        });
        Ok(ExitCode::SUCCESS)
    }

    fn home(&self) -> Result<Home, Failure> {
        if let Some(id) = &self.form {
            return Ok(Home::Form(id.clone()));
        }
        let label = self.household.clone().unwrap_or_default();
        let commune = self.village.map(VillageCode::commune).or(self.commune);
        let commune = commune.ok_or_else(|| {
            Failure::said("nhãn hộ chỉ có nghĩa trong một thôn", "a label means a home only within a village")
                .hint_said("thêm --village MÃ hoặc --commune MÃ", "add --village CODE or --commune CODE")
        })?;
        Ok(Home::Label { commune, village: self.village, label })
    }
}

impl Retain {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let (rules, now) = (config.rules(), clock::now());
        let event = (!self.dry_run).then(|| Actor::TERMINAL.did(AuditAction::Retain, "", now));
        let retained = removal::retain(&*store, &rules, event.as_ref(), now).await;
        let finished = match &retained {
            Ok(_) if !self.dry_run => {
                uploads::clear_left();
                removal::finish(&*store, &rules, now).await
            }
            _ => Ok(()),
        };
        store.close().await;
        let retained = retained.map_err(failure)?;
        finished?;
        let terms = &rules.retention;
        words::result(&if common.json {
            json!({
                "command": "retain", "dry_run": self.dry_run, "visits": retained.visits,
                "measurements": retained.measurements, "cells": retained.cells,
                "audit": retained.audit, "rules": {"retention": terms.version, "visits_months": terms.visits_months,
                "phones_months": terms.phones_months,
                "refused_months": terms.refused_months, "audit_months": terms.audit_months},
            })
            .to_string()
        } else {
            let verb = if self.dry_run { language.pick("sẽ ", "would: ") } else { "" };
            language.pick(
                format!(
                    "{verb}thu gọn {} lượt thăm cũ hơn {} tháng còn thôn và tháng; bỏ liên hệ giữa các ngày của máy đo ở {} bản ghi sóng cũ hơn {} tháng; xoá nội dung {} ô bị từ chối hoặc đã sửa cũ hơn {} tháng; xoá {} dòng nhật ký cũ hơn {} tháng ({})",
                    retained.visits, terms.visits_months, retained.measurements, terms.phones_months, retained.cells,
                    terms.refused_months, retained.audit,
                    terms.audit_months, terms.version
                ),
                format!(
                    "{verb}{} visits older than {} months reduced to village and month; {} measurements older than {} months know their phone of that day alone; {} cells of refused or corrected rows older than {} months emptied; {} lines of the audit older than {} months deleted ({})",
                    retained.visits, terms.visits_months, retained.measurements, terms.phones_months, retained.cells,
                    terms.refused_months, retained.audit,
                    terms.audit_months, terms.version
                ),
            )
        });
        Ok(ExitCode::SUCCESS)
    }
}

fn failure(error: RemovalError) -> Failure {
    match error {
        RemovalError::Store(error) => error.into(),
        RemovalError::NoSuchHome => {
            Failure::said("kho không có lượt thăm nào của hộ này", "the store has no visit of this home").hint_said(
                "ghi nhãn đúng như trong phiếu, hoặc dùng --form MÃ_PHIẾU",
                "write the label as on the form, or use --form ID",
            )
        }
        other => Failure::new(other.to_string()),
    }
}
