//! A project on its way out: neutral parts in the shape of the record types, so that a record's subject becomes one as it is.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::out::CaseRecord;

/// When, by whom and where something was stated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Stated {
    /// The day on which the source says it.
    pub stated_on: String,
    /// Whether that day is approximate.
    #[serde(skip_serializing_if = "is_false")]
    pub approximate: bool,
    /// Addresses or references.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Kind of source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_rank: Option<String>,
    /// Who says it in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated_by: Option<String>,
    /// Note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_note: Option<String>,
}

/// Declares a part: texts that must be there, those that may be, and what else it has.
macro_rules! part {
    ($(#[$meta:meta])* $name:ident { $($(#[$must_meta:meta])* $must:ident,)* } { $($(#[$may_meta:meta])* $may:ident,)* } { $($(#[$other_meta:meta])* $other:ident: $other_type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub struct $name {
            $($(#[$must_meta])* pub $must: String,)*
            $($(#[$may_meta])* #[serde(skip_serializing_if = "Option::is_none")] pub $may: Option<String>,)*
            $($(#[$other_meta])* pub $other: $other_type,)*
            /// When, by whom and where it was stated.
            #[serde(flatten)]
            pub stated: Stated,
        }
    };
}

part!(/** What the project is, by its newest `ProjectStated`. */ ProjectFacts {
    /** Name in English. */ name_en,
    /** Name in Spanish. */ name_es,
    /** `us`, `mx` or `binational`. */ side,
    /** Port or place. */ port,
    /** Class. */ project_class,
    /** Phase. */ phase,
} {
    /** State. */ state,
    /** What is built, in words. */ project_type,
    /** Effect on cargo. */ cargo_effect,
    /** Amount as last stated. */ budget_amount,
    /** Its currency. */ budget_currency,
    /** Its kind. */ budget_kind,
    /** First published target. */ original_target,
    /** The target published last. */ current_target,
    /** When it was completed. */ actual_completion,
} {
    /** Year of that amount. */ #[serde(skip_serializing_if = "Option::is_none")] budget_year: Option<i16>,
    /** Who is responsible. */ #[serde(skip_serializing_if = "Vec::is_empty")] sponsors: Vec<String>,
});

part!(/** A date that was stated. */ DateOut {
    /** What the date is: `target`, `actual`, `start-target`, `start-actual`, `no-date`. */ date_kind,
} {
    /** Of which milestone; of the whole without. */ milestone,
    /** The date, however coarse. */ date,
    /** Reason of a change. */ reason_code,
    /** The same in words. */ reason_text,
} {
    /** Whether the scope changed. */ #[serde(skip_serializing_if = "is_false")] replanned: bool,
});

part!(/** An amount that was stated. */ CostOut {
    /** Decimal text. */ amount,
    /** `USD` or `MXN`. */ currency,
    /** Kind: kinds are never compared with each other. */ cost_kind,
} {
    /** What it covers. */ cost_scope,
    /** Whose money. */ cost_source,
} {});

part!(/** Progress that was stated. */ ProgressOut {
    /** `physical` or `financial`. */ progress_measure,
} {
    /** Of which milestone; of the whole without. */ milestone,
} {
    /** From 0 to 100. */ #[serde(skip_serializing_if = "Option::is_none")] percent: Option<serde_json::Number>,
    /** Whether as planned for that day. */ #[serde(skip_serializing_if = "is_false")] planned: bool,
});

part!(/** A phase that was stated. */ PhaseOut {
    /** Code. */ phase,
} {
    /** Reason. */ reason_code,
    /** The same in words. */ reason_text,
    /** The sponsor's own colour. */ sponsor_status,
} {});

part!(/** A milestone. */ MilestoneOut {
    /** Its id. */ milestone,
    /** Name in English. */ name_en,
    /** Name in Spanish. */ name_es,
    /** Kind. */ milestone_kind,
} {
    /** Side. */ side,
    /** Who answers. */ responsible,
} {
    /** What it comes after. */ #[serde(skip_serializing_if = "Vec::is_empty")] after: Vec<String>,
});

part!(/** A party. */ PartyOut {
    /** Name. */ party_name,
    /** Role. */ party_role,
} {
    /** Of which milestone; of the whole without. */ milestone,
    /** Side. */ party_side,
    /** Contact. */ party_contact,
} {});

part!(/** A risk. */ RiskOut {
    /** In words. */ risk,
} {
    /** Of which milestone; of the whole without. */ milestone,
    /** Likelihood. */ likelihood,
    /** Consequence. */ consequence,
    /** Who answers. */ risk_owner,
} {});

/// A question and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct QuestionOut {
    /// Its id.
    pub question: String,
    /// What is asked.
    pub question_text: String,
    /// Of whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_of: Option<String>,
    /// The day on which it was asked.
    pub asked_on: String,
    /// The last day for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
    /// The day on which it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<String>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_text: Option<String>,
    /// Whether the asker or a reviewer closed it.
    #[serde(skip_serializing_if = "is_false")]
    pub settled: bool,
}

/// A project as a whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentOut {
    /// JSON text; what is no JSON object is passed over.
    pub text: String,
    /// The day on which it was stated. What was stated before is not said over it.
    pub stated_on: String,
}

/// A project as it goes out: what is stated here is said over what its document says, where it has one that is older.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectOut {
    /// Its id here.
    pub project: String,
    /// The whole of it as another said it.
    pub document: Option<DocumentOut>,
    /// What it is.
    pub facts: Option<ProjectFacts>,
    /// Dates, in the order in which they were stated.
    pub dates: Vec<DateOut>,
    /// Amounts.
    pub costs: Vec<CostOut>,
    /// Progress.
    pub progress: Vec<ProgressOut>,
    /// Phases.
    pub phases: Vec<PhaseOut>,
    /// Milestones.
    pub milestones: Vec<MilestoneOut>,
    /// Parties.
    pub parties: Vec<PartyOut>,
    /// Risks.
    pub risks: Vec<RiskOut>,
    /// Questions; no record says them alone, so whoever knows the clocks fills them in.
    pub questions: Vec<QuestionOut>,
}

/// A project from its records in force, in the order in which they were stated.
///
/// Of several documents and several statements of what the project is, the last counts. What came of the document that goes out is said by
/// it already: a statement whose source is the document's own, and that is not younger, is not said twice.
pub fn project_out(project: &str, records: &[CaseRecord<'_>]) -> ProjectOut {
    let mut out = ProjectOut {
        project: project.to_owned(),
        ..ProjectOut::default()
    };
    let text =
        |subject: &Value, name: &str| subject.get(name).and_then(Value::as_str).map(str::to_owned);
    let source = |subject: &Value| {
        let first = subject.get("sources").and_then(|sources| sources.get(0));
        first.and_then(Value::as_str).map(str::to_owned)
    };
    let document = records
        .iter()
        .rev()
        .find(|record| record.record_type == "ProjectDocument");
    out.document = document.and_then(|record| {
        Some(DocumentOut {
            text: text(record.subject, "documentText")?,
            stated_on: text(record.subject, "statedOn").unwrap_or_default(),
        })
    });
    // Progress is stated as of its own day, so that the day of the file does not tell where it comes from.
    let said = document.map(|record| (source(record.subject), text(record.subject, "statedOn")));
    let is_said = |record: &CaseRecord<'_>| {
        said.as_ref().is_some_and(|(from, on)| {
            let is_progress = record.record_type == "ProgressStated";
            source(record.subject) == *from
                && (is_progress || text(record.subject, "statedOn") <= *on)
        })
    };
    for record in records.iter().filter(|record| !is_said(record)) {
        let subject = record.subject;
        match record.record_type {
            "ProjectStated" => out.facts = read(subject).or(out.facts),
            "DateStated" => out.dates.extend(read(subject)),
            "CostStated" => out.costs.extend(read(subject)),
            "ProgressStated" => out.progress.extend(read(subject)),
            "PhaseStated" => out.phases.extend(read(subject)),
            "MilestonePlanned" => out.milestones.extend(read(subject)),
            "PartyNamed" => out.parties.extend(read(subject)),
            "RiskStated" => out.risks.extend(read(subject)),
            _ => {}
        }
    }
    out
}

fn read<T: DeserializeOwned>(subject: &Value) -> Option<T> {
    serde_json::from_value(subject.clone()).ok()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_false(value: &bool) -> bool {
    !*value
}
