//! What was typed: arguments in, words and exit codes out. No logic.
//!
//! Exit codes: 0 done, 1 failed, 2 not understood.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use crate::ingest::Profile;
use crate::model::language::Language;
use crate::model::question::Question;
use crate::store::{self, Store};

mod analyse;
mod audit;
mod campaign;
mod check;
mod check_boundaries;
mod check_lineage;
mod check_register;
mod clock;
mod config;
mod demo;
mod export;
mod failure;
mod findings;
mod form;
mod guess;
mod hints;
mod import;
mod imports;
mod indicators;
mod judge;
mod merge;
mod misread;
mod no_answer;
mod plan;
mod polygonise;
mod removal;
mod review;
mod serve;
mod tiles;
mod token;
mod traces;
mod validate;
mod villages;
mod words;
mod work;

use config::Config;
use failure::Failure;

/// Phủ Sóng: where the mobile signal is missing, whom the digital teams have not reached, and where the two meet.
#[derive(Debug, Parser)]
#[command(name = "phusong", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Store to use: a GeoPackage file, made when it does not exist
    #[arg(long, global = true, env = "PHUSONG_DB", value_name = "FILE")]
    db: Option<String>,
    /// Settings: rules, store, port
    #[arg(long, global = true, env = "PHUSONG_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Language of summaries and of *.rejects.csv [default: that of LANG, else vi]
    #[arg(long, global = true, env = "PHUSONG_LANG", value_name = "vi|en")]
    lang: Option<Language>,
    /// Print one JSON object on standard output instead of words
    #[arg(long, global = true)]
    json: bool,
    /// No progress, only results and failures
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the demo province and serve its map
    #[command(after_help = "Example:\n  phusong demo --dir demo --port 8080")]
    Demo(demo::Demo),
    /// Serve the map of a store
    #[command(after_help = "Example:\n  phusong serve --db demo/phusong.gpkg --port 8080")]
    Serve(serve::Serve),
    /// Bring files into a store
    #[command(
        after_help = "Example:\n  phusong import visits demo/input/demo_visits.csv --db demo/phusong.gpkg --dry-run\n  phusong import samples demo/input/demo_samples_1.csv --guess -o profile.toml\n  phusong import samples demo/input/demo_samples_1.csv --db demo/phusong.gpkg --profile profile.toml --dry-run\n  phusong import claims demo/input/demo_claims.geojson --db demo/phusong.gpkg --dry-run\n\nRefused rows go to FILE.rejects.csv with their reasons. The same file twice changes nothing."
    )]
    Import(import::Import),
    /// What came in and what became of it: list imports, take one back
    #[command(
        after_help = "Example:\n  phusong imports list --db demo/phusong.gpkg\n  phusong imports undo 7 --db demo/phusong.gpkg\n  phusong imports undo 7 --yes --reason \"sai nhà mạng\" --db demo/phusong.gpkg\n\nWhat an import brought goes, its line stays and says so, and its file can be imported again. Without --yes nothing is changed."
    )]
    Imports {
        #[command(subcommand)]
        what: imports::Imports,
    },
    /// Dissolve old communes into new ones, from files to a file, without a store
    #[command(
        after_help = "Example:\n  phusong merge --units demo/input/demo_boundaries_2025-06-30.geojson --crosswalk demo/input/demo_mergers.csv -o new.geojson"
    )]
    Merge(merge::Merge),
    /// Make areas of boundary lines and the labels between them, from files to a file, without a store
    #[command(
        after_help = "Example:\n  phusong polygonise ranh_gioi.dgn ten_xa.dgn --crs 5897 --units units.csv --snap 2 -o units.geojson\n\nEvery area is written; one without a label, or with several, says so in `problem`."
    )]
    Polygonise(polygonise::Polygonise),
    /// Judge the places of one log, from a file to a file, without a store
    #[command(
        after_help = "Example:\n  phusong judge demo/input/demo_samples_1.csv -o cells.geojson\n\nA verdict on every H3 r9 cell, for each operator and technology and for the best of them, which is called `all`."
    )]
    Judge(judge::Judge),
    /// Judge everything in a store again, or show how far the signal surface can be trusted on a log
    #[command(
        after_help = "Example:\n  phusong analyse --db demo/phusong.gpkg --json\n  phusong analyse --validate demo/input/demo_samples_1.csv\n\n--validate leaves out whole blocks of ground in turn, predicts them from the rest and compares."
    )]
    Analyse(analyse::Analyse),
    /// Write a layer to a file
    #[command(
        after_help = "Example:\n  phusong export dead_areas --db demo/phusong.gpkg --operator viettel --format geojson -o dead_areas.geojson\n  phusong export villages --db demo/phusong.gpkg --filter \"percent < 50\" --commune 13285 -o villages.shp.zip\n  phusong export dead_areas --db demo/phusong.gpkg --crs 5897 -o dead_areas.tab.zip"
    )]
    Export(export::Export),
    /// Tiles in one file, for a map without a server
    Tiles {
        #[command(subcommand)]
        what: tiles::Tiles,
    },
    /// Write the form that teams fill in at the door, with the villages to choose from
    #[command(
        after_help = "Example:\n  phusong form 13285 --db demo/phusong.gpkg -o form\n\nUpload tham_ho.xlsx to ODK Central, KoboToolbox or Ona with villages.csv beside it; what comes back is for `import visits`."
    )]
    Form(form::Form),
    /// What providers do about dead areas: list, assign, comment, claim as fixed
    #[command(
        after_help = "Example:\n  phusong work list --db demo/phusong.gpkg --operator viettel --sort state\n  phusong work fixed 8941481a2c3ffff --db demo/phusong.gpkg --operator viettel --who \"Viettel Ninh Bình\"\n\nThe filters say whose dead area it is: that of one operator and that of all are two items."
    )]
    Work {
        #[command(subcommand)]
        what: work::Work,
    },
    /// Visits that were held back as odd: list them, accept, reject
    #[command(
        after_help = "Example:\n  phusong review list --db demo/phusong.gpkg --commune 14329\n  phusong review accept 14329-003.2026-03-04.stacked.pending --db demo/phusong.gpkg --who \"UBND phường Hoa Lư\"\n\nA bundle is the visits of one village and day with the same flags. What is not decided counts nowhere."
    )]
    Review {
        #[command(subcommand)]
        what: review::Review,
    },
    /// Where a few more sites would reach the most households without usable signal: preliminary
    #[command(
        after_help = "Example:\n  phusong hints --db demo/phusong.gpkg --operator viettel --sites 10\n  phusong hints --db demo/phusong.gpkg --technology 4G --radius-m 1500 -o hints.xlsx\n\nMaximal covering of the households that dead areas count, by circles: no terrain, power, backhaul or cost. The gap says how far the best choice can lie above this one."
    )]
    Hints(hints::Hints),
    /// Give out roles and take them back
    #[command(
        after_help = "Example:\n  phusong token create --role telecom --operator viettel --days 90 --note \"quý IV\" --db demo/phusong.gpkg\n  phusong token list --db demo/phusong.gpkg\n  phusong token revoke 1 --db demo/phusong.gpkg\n\nThe secret is shown once and kept nowhere. A reader enters it on the map, or sends `Authorization: Bearer SECRET`."
    )]
    Token {
        #[command(subcommand)]
        what: token::Token,
    },
    /// Who read and did what that is not for everybody
    #[command(after_help = "Example:\n  phusong audit --db demo/phusong.gpkg --since 2026-01-01 --json")]
    Audit(audit::Audit),
    /// Erase a home: its visits, what was decided about them, and what may name it
    #[command(
        after_help = "Example:\n  phusong erase --household \"Ngõ 3 - 12\" --village 14329-007 --reason \"rút đồng ý\" --db demo/phusong.gpkg\n  phusong erase --form uuid:5a1e6f0c-8f6b-4d2b-9a3e-0c1d2e3f4a5b --reason \"yêu cầu xoá\" --db demo/phusong.gpkg\n\nA later import of the same file does not bring it back. The audit keeps that and why, and nothing of the home."
    )]
    Erase(removal::Erase),
    /// Let go of what is older than its term: places and days of visits, refused cells, lines of the audit
    #[command(
        after_help = "Example:\n  phusong retain --dry-run --db demo/phusong.gpkg\n  phusong retain --db demo/phusong.gpkg\n\nTerms stand in phusong.toml under [retention]. Visits keep village, month and result: no figure of a month changes. Measurements keep what they measured; their phone is one of that day."
    )]
    Retain(removal::Retain),
    /// Plan a campaign: teams, days and villages, as a map, a table and sheets to print
    #[command(
        after_help = "Example:\n  phusong plan 14329 --teams 4 --from 2026-12-01 --db demo/phusong.gpkg -o plan\n  phusong plan --teams 5 --days 10 --db demo/phusong.gpkg -o plan.csv\n\nShares the households that remain for the target among teams in contiguous pieces, then days. Figures that the map hides stay hidden: such a village is planned with the most that it can have."
    )]
    Plan(plan::Plan),
    /// The nineteen indicators of outreach by commune and month, quarter, half-year or year
    #[command(
        after_help = "Example:\n  phusong indicators --period 2026Q1 --db demo/phusong.gpkg -o chi_tieu_2026Q1.xlsx\n  phusong indicators --period 2026-03 --level village --db demo/phusong.gpkg --json\n\nNumerators and denominators are summed upward and never averaged; a commune without a report makes a total \"at least\"."
    )]
    Indicators(indicators::Indicators),
    /// Campaigns: a name, days, communes and a target, for `indicators --campaign`
    #[command(
        after_help = "Example:\n  phusong campaign add 10-10-2026 --name \"Ngày Chuyển đổi số\" --from 2026-10-01 --to 2026-10-31 --target 75 --db demo/phusong.gpkg\n  phusong indicators --campaign 10-10-2026 --db demo/phusong.gpkg\n\nVisits fall into it by their day and place."
    )]
    Campaign {
        #[command(subcommand)]
        what: campaign::Campaign,
    },
    /// Community digital teams: set up or not, with enough members or not, in time or late
    #[command(after_help = "Example:\n  phusong teams --db demo/phusong.gpkg -o to_cong_nghe_so.csv")]
    Teams(indicators::Teams),
    /// Villages and public places without signal, with holes, poor or covered: by commune and network
    #[command(
        after_help = "Example:\n  phusong verdicts --to 2026-03-31 --db demo/phusong.gpkg -o trang_song_lom_song.csv"
    )]
    Verdicts(indicators::Verdicts),
    /// The register of villages: confirm, rename, move, count, close, merge, split; nothing is deleted
    #[command(
        after_help = "Example:\n  phusong villages list --commune 14329 --db demo/phusong.gpkg\n  phusong villages rename 14329-007 --name \"Xóm Mới\" --who \"UBND xã\" --why \"nghị quyết đặt tên\" --db demo/phusong.gpkg\n  phusong villages merge 14329-007 --with 14329-008 --on 2026-05-01 --who \"UBND xã\" --why \"đề án sắp xếp thôn\" --db demo/phusong.gpkg\n  phusong villages split 14329-007 --into \"Xóm Đông; 55; 105.97; 20.25; 50\" --into \"Xóm Tây; 60\" --who \"UBND xã\" --why \"đề án\" --db demo/phusong.gpkg\n\nEach act stays in the log of the village; only another act takes it back. After a merger visits count for the village that goes on; after a split the new villages begin unvisited."
    )]
    Villages {
        #[command(subcommand)]
        what: villages::Villages,
    },
    /// Look over a store, or boundaries in files or in a store
    #[command(
        after_help = "Example:\n  phusong check store --db demo/phusong.gpkg\n  phusong check boundaries --db demo/phusong.gpkg\n  phusong check boundaries demo/input/demo_boundaries_2025-06-30.geojson --problems problems.geojson\n  phusong check lineage --db demo/phusong.gpkg\n  phusong check register --db demo/phusong.gpkg"
    )]
    Check {
        #[command(subcommand)]
        what: check::Check,
    },
}

/// The filters that `export` shares with the map. Text: one reader serves both.
#[derive(Debug, Args)]
struct Filters {
    /// viettel, vnpt, mobifone … [default: the best of all]
    #[arg(long)]
    operator: Option<String>,
    /// 2G, 3G, 4G or 5G [default: the best of all]
    #[arg(long)]
    technology: Option<String>,
    /// First day of measurements that count
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day that counts
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Day whose boundaries and register are shown
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// First day of the earlier period, for `changes` [default: as many months or days as the later one has, just before it]
    #[arg(long, value_name = "DATE")]
    compared_from: Option<String>,
    /// Last day of the earlier period
    #[arg(long, value_name = "DATE")]
    compared_to: Option<String>,
}

impl Filters {
    fn question(&self) -> Result<Question, Failure> {
        let question = Question::parse(|name| match name {
            "operator" => self.operator.as_deref(),
            "technology" => self.technology.as_deref(),
            "from" => self.from.as_deref(),
            "to" => self.to.as_deref(),
            "as_of" => self.as_of.as_deref(),
            "compared_from" => self.compared_from.as_deref(),
            "compared_to" => self.compared_to.as_deref(),
            _ => None,
        });
        question.map_err(Failure::from)
    }
}

/// Whether two names lead to one file that is there.
fn same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// The mapping profile that was named.
fn profile(path: Option<&Path>) -> Result<Option<Arc<Profile>>, Failure> {
    Ok(path.map(Profile::read).transpose()?.map(Arc::new))
}

/// What is written must not land on what is read.
fn keep_inputs_safe<'a>(mut inputs: impl Iterator<Item = &'a Path>, output: &Path) -> Result<(), Failure> {
    if !inputs.any(|input| same_file(input, output)) {
        return Ok(());
    }
    let name = output.display();
    Err(Failure::said(
        format!("`{name}` vừa là tệp đọc vào vừa là tệp ghi ra"),
        format!("`{name}` is both read and written"),
    )
    .hint_said("chọn tên khác cho tệp ghi ra", "choose another name for what is written"))
}

/// The store when none is named.
const STORE: &str = "phusong.gpkg";

/// What was typed, or the code to end with where it was not understood and has been told.
///
/// # Errors
/// 2 for arguments that make no sense, 0 for help that was asked for.
pub fn typed() -> Result<Arguments, ExitCode> {
    Arguments::try_parse().map_err(|error| misread::told(&error, language_before_reading()))
}

/// Runs a command to its end.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let _traces = words::log_to_standard_error(matches!(arguments.command, Command::Demo(_) | Command::Serve(_)));
    let language = arguments.common.language();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::new(format!("cannot start: {error}")).print(language),
    };
    match runtime.block_on(dispatch(arguments, language)) {
        Ok(code) => code,
        Err(failure) => failure.print(language),
    }
}

async fn dispatch(arguments: Arguments, language: Language) -> Result<ExitCode, Failure> {
    let Arguments { command, common } = arguments;
    let config = Config::load(common.config.as_deref())?;
    match command {
        Command::Demo(demo) => demo.run(&common, &config).await,
        Command::Serve(serve) => serve.run(&common, &config).await,
        Command::Import(import) => import.run(&common, &config, language).await,
        Command::Imports { what } => what.run(&common, &config, language).await,
        Command::Merge(merge) => merge.run(&common, language),
        Command::Polygonise(polygonise) => polygonise.run(&common, language),
        Command::Judge(judge) => judge.run(&common, &config, language),
        Command::Analyse(analyse) => analyse.run(&common, &config, language).await,
        Command::Export(export) => export.run(&common, &config, language).await,
        Command::Tiles { what } => what.run(&common, &config, language).await,
        Command::Form(form) => form.run(&common, &config, language).await,
        Command::Hints(hints) => hints.run(&common, &config, language).await,
        Command::Plan(plan) => plan.run(&common, &config, language).await,
        Command::Indicators(indicators) => indicators.run(&common, &config, language).await,
        Command::Campaign { what } => what.run(&common, &config).await,
        Command::Teams(teams) => teams.run(&common, &config, language).await,
        Command::Verdicts(verdicts) => verdicts.run(&common, &config, language).await,
        Command::Work { what } => what.run(&common, &config).await,
        Command::Review { what } => what.run(&common, &config).await,
        Command::Token { what } => what.run(&common, &config, language).await,
        Command::Erase(erase) => erase.run(&common, &config, language).await,
        Command::Retain(retain) => retain.run(&common, &config, language).await,
        Command::Audit(audit) => audit.run(&common, &config).await,
        Command::Villages { what } => what.run(&common, &config).await,
        Command::Check { what } => what.run(&common, &config, language).await,
    }
}

fn of_locale() -> Language {
    let stated = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(stated);
    locale.map_or_else(Language::default, |locale| Language::from_locale(&locale))
}

/// The language of somebody whose arguments make no sense as a whole: `--lang` where it stands among them.
fn language_before_reading() -> Language {
    let arguments: Vec<String> = std::env::args().collect();
    let behind = arguments.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].clone());
    let joined = arguments.iter().find_map(|one| one.strip_prefix("--lang=").map(str::to_owned));
    let stated = behind.or(joined).or_else(|| std::env::var("PHUSONG_LANG").ok());
    stated.and_then(|text| text.parse().ok()).unwrap_or_else(of_locale)
}

impl Common {
    fn language(&self) -> Language {
        self.lang.unwrap_or_else(of_locale)
    }

    async fn open(&self, config: &Config) -> Result<Arc<dyn Store>, Failure> {
        Ok(store::open(self.db.as_deref().or(config.db.as_deref()).unwrap_or(STORE)).await?)
    }

    /// An export must never land on the store that it comes from.
    fn keep_store_safe(&self, config: &Config, output: &Path) -> Result<(), Failure> {
        let store = Path::new(self.db.as_deref().or(config.db.as_deref()).unwrap_or(STORE));
        if same_file(store, output) {
            let name = output.display();
            return Err(Failure::said(format!("`{name}` là kho dữ liệu"), format!("`{name}` is the store itself"))
                .hint_said("chọn tên khác với -o", "choose another name with -o"));
        }
        Ok(())
    }

    /// A store that must be there already: a typing error should not make an empty one.
    async fn open_existing(&self, config: &Config) -> Result<Arc<dyn Store>, Failure> {
        let name = self.db.as_deref().or(config.db.as_deref()).unwrap_or(STORE);
        if !Path::new(name).exists() {
            return Err(Failure::said(format!("không có kho dữ liệu `{name}`"), format!("there is no store `{name}`"))
                .hint_said(
                    "chỉ tên bằng --db, hoặc tạo bằng `phusong import` hay `phusong demo`",
                    "name it with --db, or make one with `phusong import` or `phusong demo`",
                ));
        }
        if std::fs::metadata(name).is_ok_and(|file| file.is_file() && file.len() == 0) {
            return Err(Failure::said(
                format!("`{name}` là tệp rỗng, không phải kho dữ liệu"),
                format!("`{name}` is an empty file, not a store"),
            ));
        }
        self.open(config).await
    }
}
