//! Public pages: for each border project what was promised, what is promised now, what happened, who must answer, and when one can
//! count on it. They need no account and no script, and each has its data one link away.
//!
//! As everywhere in the console, the view-models come filled: words in the page's language, days as civil dates where a picture is
//! drawn of them. Addresses in them may come out of records; `Link::html` lets only pages through.

mod asked;
mod benefits;
mod card;
mod changes;
mod follow;
mod frame;
mod gantt;
mod method;
mod open_data;
mod plans;
mod portfolio;
mod priorities;
mod project;
mod projects;
mod questions;
mod slip;
mod statement;
mod svg;
mod waits;
mod words;

pub use asked::{AskedPage, render_asked};
pub use benefits::{
    BenefitGroup, BenefitsPage, HourPrice, Rate, RatePair, RateTable, render_benefits,
};
pub use card::{ShareCard, render_card};
pub use changes::{ChangeRow, ChangesPage, render_changes};
pub use follow::{FollowPage, FollowerPage, render_follow, render_follower};
pub use frame::{
    AsOf, FeedKind, Figure, Paging, PublicErrorPage, PublicFeed, PublicHead, PublicPlace, Search,
    public_nav, render_public_error,
};
pub use gantt::{Gantt, GanttRow};
pub use method::{MethodPage, render_method};
pub use open_data::{DataFile, DataRoute, DataVersion, OpenDataPage, render_open_data};
pub use plans::{
    EntryPair, Gap, MoneyRow, PlanPage, PlanRow, PlansPage, RollUp, render_plan, render_plans,
};
pub use portfolio::{GroupRow, OpeningRow, PortfolioPage, render_portfolio};
pub use priorities::{Preset, PrioritiesPage, RankRow, Weight, render_priorities};
pub use project::{
    Answer, AskForm, BeTold, CostGroup, CostRow, Country, DependencyRow, Driver, Forecast,
    MilestoneRow, OwnColour, PartyRow, ProgressRow, ProjectPage, Provenance, Question, RiskRow,
    render_project, render_slip_svg,
};
pub use projects::{ProjectRow, ProjectsPage, render_projects};
pub use questions::{AskedRow, QuestionPage, QuestionsPage, render_question, render_questions};
pub use slip::{SlipBaseline, SlipChart, SlipFile, SlipForecast, SlipStep, Spark};
pub use statement::{SaidBy, Statement};
pub use waits::{HourChart, HourPoint, MonthChart, WaitLane, WaitsPage, render_waits};
pub use words::{CodeList, Standing, Verdict, coarse, day, days, days_short, month_year};

use project::share_bar;
