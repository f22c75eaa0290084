//! Expressions as tables: text, expected.

use super::*;
use serde_json::json;

struct Names;
impl Scope for Names {
    fn var(&self, name: &str) -> Option<Val> {
        Some(match name {
            "u" => Val::unknown("not yet come"),
            "t" => Val::Bool(true),
            "f" => Val::Bool(false),
            "subject" => Val::from_json(
                &json!({"n": 3, "w": "12.50", "list": [1, 2, 3], "s": "TOCQ1", "none": null}),
            ),
            "part" => Val::from_view(&json!({"plate": "AB1"})),
            "shaped" => {
                let mut shape = Shape::default();
                for path in [
                    &[Some("lines"), None, Some("kind")][..],
                    &[Some("goods")],
                    &[Some("seal")],
                ] {
                    shape.disclose(path.iter().copied());
                }
                let view = json!({"lines": [{"kind": "plant"}, {}], "goods": [{"a": 1}]});
                Val::reduced(&view, &shape)
            }
            "open" => Val::list_with(
                vec![Val::Int(1), Val::Int(2)],
                [("complete".to_owned(), Val::Bool(false))],
                true,
            ),
            "mixed" => Val::list(vec![Val::Int(1), Val::unknown("later")]),
            _ => return None,
        })
    }
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        (name == "agreed").then_some(Ok(Val::Bool(args.len() == 3)))
    }
}

fn show(text: &str) -> String {
    match Expr::parse(text) {
        Err(e) => format!("parse: {e}"),
        Ok(e) => match e.eval(&Names, 10_000) {
            Tri::Known(v) => v.to_string(),
            Tri::Unknown(_) => "unknown".to_owned(),
            Tri::Error(e) => format!("error: {e}"),
        },
    }
}

#[test]
fn evaluates_in_three_values() {
    let table = [
        ("f && u", "false"),
        ("u && f", "false"),
        ("t && u", "unknown"),
        ("u && t", "unknown"),
        ("t || u", "true"),
        ("u || t", "true"),
        ("f || u", "unknown"),
        ("!u", "unknown"),
        ("u == 1", "unknown"),
        ("u ? 1 : 2", "unknown"),
        ("t ? 1 : nobody", "1"),
        ("f && nobody", "false"),
        ("nobody && f", "false"),
        ("nobody || t", "true"),
        ("mixed.all(x, x == 1)", "unknown"),
        ("mixed.all(x, x == 2)", "false"),
        ("mixed.exists(x, x == 1)", "true"),
        ("mixed.exists(x, x == 2)", "unknown"),
        ("open.all(x, x > 0)", "unknown"),
        ("open.all(x, x > 1)", "false"),
        ("open.exists(x, x == 2)", "true"),
        ("open.exists(x, x == 9)", "unknown"),
        ("open.size()", "unknown"),
        ("open.complete", "false"),
        ("open.filter(x, x > 1).size()", "unknown"),
        ("subject.list.all(x, x > 0)", "true"),
        ("subject.list.exists_one(x, x == 2)", "true"),
        ("subject.list.filter(x, x > 1)", "2, 3"),
        ("subject.list.map(x, x * 2)", "2, 4, 6"),
        ("subject.list.map(x, x > 1, x)", "2, 3"),
        ("subject.absent == 1", "unknown"),
        ("has(subject.absent)", "false"),
        ("has(subject.n)", "true"),
        ("has(subject.none)", "false"),
        ("has(part.plate)", "true"),
        ("has(part.cargo)", "unknown"),
        ("part.cargo == 'x'", "unknown"),
        // What a view discloses and the record has not is absent; what it does not disclose is unknown.
        ("has(shaped.seal)", "false"),
        ("has(shaped.other)", "unknown"),
        ("has(shaped.goods[0].b)", "false"),
        ("has(shaped.lines[0].kind)", "true"),
        ("has(shaped.lines[1].kind)", "false"),
        ("has(shaped.lines[1].weight)", "unknown"),
        ("shaped.lines.all(l, has(l.kind))", "false"),
        ("1 in subject.list", "true"),
        ("7 in subject.list", "false"),
        ("7 in open", "unknown"),
        ("2 in mixed", "unknown"),
        ("agreed('T', 'x', ['a'])", "true"),
        ("decimal(subject.w) == 12.5", "true"),
        ("0.1 + 0.2 == 0.3", "true"),
        ("subject.n + 1 > 3", "true"),
        ("'a' + 'b'", "ab"),
        ("subject.s.startsWith('TOCQ')", "true"),
        ("size(subject.list)", "3"),
        ("within(100, 103, 3)", "true"),
        ("within('100', 103, '2%')", "false"),
        ("within(98, 100, '2%')", "true"),
        (
            "minutes_between('2026-11-24T15:00:00Z', '2026-11-24T15:59:59Z')",
            "59",
        ),
        (
            "minutes_between('2026-11-24T15:00:00', '2026-11-24T15:59:59Z')",
            "unknown",
        ),
        ("max(1, 2.5)", "2.5"),
        ("min([3, 1])", "1"),
        ("-subject.n", "-3"),
        ("subject.list[1]", "2"),
        ("subject.list[9]", "unknown"),
        ("exists == 1", "error: `exists` is not known here"),
    ];
    for (text, expected) in table {
        assert_eq!(show(text), expected, "{text}");
    }
}

#[test]
fn refuses_or_fails_by_name() {
    let starts = [
        ("1 +", "parse:"),
        ("", "parse:"),
        ("null == 1", "parse:"),
        ("b'x'", "parse:"),
        ("1u", "parse:"),
        ("X{a: 1}", "parse:"),
        ("subject.list.all(1, true)", "parse:"),
        ("'open", "parse:"),
        ("a ; b", "parse:"),
        ("nobody", "error: `nobody`"),
        ("nofunction(1)", "error: `nofunction()`"),
        ("'a' < 1", "error:"),
        ("1 + 'a'", "error:"),
        ("!1", "error:"),
        ("t && 1", "error:"),
        ("1 / 0", "error:"),
        ("9223372036854775807 + 1", "error:"),
        ("subject.n.x", "error:"),
        ("subject.list.all(x, x)", "error:"),
        ("0.5 / 2", "error:"),
        ("t.all(x, x)", "error:"),
    ];
    for (text, start) in starts {
        let got = show(text);
        assert!(got.starts_with(start), "{text}: {got}");
    }
}

#[test]
fn work_and_nesting_are_bounded() {
    assert!(matches!(
        Expr::parse("[1].all(a, [1].all(b, [1].all(c, true)))"),
        Err(ExprError::TooNested(_))
    ));
    assert!(Expr::parse("[1].all(a, [1].all(b, true))").is_ok());
    assert!(matches!(
        Expr::parse(&"a".repeat(3_000)),
        Err(ExprError::TooLong(_))
    ));
    assert!(Expr::parse(&format!("{}1{}", "(".repeat(900), ")".repeat(900))).is_err());
    assert!(
        Expr::parse(&format!("{}t", "!".repeat(1_900))).is_err()
            || show(&format!("{}t", "!".repeat(1_900))) == "true"
    );
    let _ = Expr::parse(&"1+".repeat(900)).is_err();
    let _ = show(&format!("{}1", "1+".repeat(900)));
    let e = Expr::parse("subject.list.all(a, subject.list.all(b, a + b > 0))").unwrap();
    assert_eq!(e.eval(&Names, 20), Tri::Error(EvalError::Budget));
    // A branch that decides hides no exhausted budget.
    let e = Expr::parse("subject.list.all(a, a > 0) || true").unwrap();
    assert_eq!(e.eval(&Names, 3), Tri::Error(EvalError::Budget));
}

#[test]
fn tells_what_it_reads() {
    let e = Expr::parse("entry == 'x' && parts.shipments.all(s, s.state == place) && agreed('T', 'v', t ? ['a'] : ['b', 'c'])").unwrap();
    let names: Vec<String> = e.names().into_iter().collect();
    assert_eq!(names, ["entry", "parts", "place", "t"]);
    assert!(e.dotted().contains("parts.shipments"));
    assert!(!e.dotted().iter().any(|d| d.starts_with("s.")));
    let (name, args) = e.calls().into_iter().next().unwrap();
    assert_eq!(name, "agreed");
    assert_eq!(
        args[2].as_deref(),
        Some(["a".to_owned(), "b".to_owned(), "c".to_owned()].as_slice())
    );
}

/// The same document twice: told whole by `var`, or reached into.
struct Subject<'a> {
    document: &'a serde_json::Value,
    view: bool,
    reach: bool,
}

impl Scope for Subject<'_> {
    fn var(&self, name: &str) -> Option<Val> {
        (name == "subject").then(|| {
            if self.view {
                Val::from_view(self.document)
            } else {
                Val::from_json(self.document)
            }
        })
    }
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        (self.reach && names == ["subject"]).then_some(Reach {
            value: self.document,
            view: self.view,
        })
    }
}

#[test]
fn reaching_into_a_document_changes_no_answer() {
    let document = serde_json::json!({
        "a": 1, "t": "x", "n": null, "d": 1.5, "o": {"b": [1, 2, {"c": "y"}], "n": null, "e": {}},
        "l": [{"s": "held"}, {"s": "free"}], "f": false
    });
    for text in [
        "subject.a == 1",
        "subject.n == 1",
        "has(subject.n)",
        "has(subject.o.n)",
        "has(subject.o.b)",
        "has(subject.o.missing)",
        "has(subject.a.b)",
        "has(subject.missing.b)",
        "subject.missing",
        "subject.o.missing.deeper == 2",
        "subject.a.b",
        "subject.o.b[2].c",
        "subject.o.b.size()",
        "subject.o",
        "subject.o.e",
        "subject.d * 2",
        "subject.l.exists(subject, subject.s == 'held')",
        "subject.l.all(x, x.s == subject.t)",
        "subject.f || subject.missing",
        "'b' in subject.o",
        "subject",
        "subject.t + subject.t",
    ] {
        let expr = Expr::parse(text).unwrap();
        for view in [false, true] {
            let ask = |reach| {
                let scope = Subject {
                    document: &document,
                    view,
                    reach,
                };
                format!("{:?}", expr.eval(&scope, STEPS_MAX))
            };
            assert_eq!(ask(true), ask(false), "{text}, view {view}");
        }
    }
}
