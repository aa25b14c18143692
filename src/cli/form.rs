//! `phusong form`: what teams fill in at the door.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, Config, Failure, clock, words};
use crate::flow::form::{self, FormError};
use crate::model::admin::UnitCode;
use crate::model::language::Language;
use crate::model::measure::local_day;

#[derive(Debug, Args)]
pub(super) struct Form {
    /// Codes of the communes whose villages can be chosen [default: all]
    communes: Vec<UnitCode>,
    /// Folder to write `tham_ho.xlsx` and `villages.csv` into
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    output: PathBuf,
}

impl Form {
    pub(super) async fn run(self, common: &Common, config: &Config, language: Language) -> Result<ExitCode, Failure> {
        let store = common.open_existing(config).await?;
        let written = form::write(&*store, &self.communes, local_day(clock::now()), &self.output).await;
        store.close().await;
        let written = written.map_err(|error| match error {
            FormError::UnknownCommune(code) => Failure::said(
                format!("hôm nay không có xã, phường mang mã {code}"),
                format!("there is no commune {code} today"),
            ),
            other => Failure::new(other.to_string()),
        })?;
        if common.json {
            let json = json!({
                "command": "form", "form": written.form, "villages": written.villages,
                "village_count": written.village_count,
                "communes_without_villages": written.communes_without_villages,
            });
            words::result(&json.to_string());
            return Ok(ExitCode::SUCCESS);
        }
        let (form, list, count) = (written.form.display(), written.villages.display(), written.village_count);
        let mut said = language.pick(
            format!("{form}: phiếu đến nhà (XLSForm); {list}: {count} thôn, xóm, tổ dân phố để chọn"),
            format!("{form}: the form of a visit (XLSForm); {list}: {count} villages to choose from"),
        );
        if !written.communes_without_villages.is_empty() {
            let names = written.communes_without_villages.join(", ");
            said.push_str(&language.pick(
                format!("\n  chưa có thôn nào trong danh mục, nên không chọn được: {names}"),
                format!("\n  no village in the register, so none to choose: {names}"),
            ));
        }
        words::result(&said);
        Ok(ExitCode::SUCCESS)
    }
}
