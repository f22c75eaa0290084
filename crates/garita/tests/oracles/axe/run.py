"""Opens each public page of a node that has the real tables, and asks axe-core what stands in somebody's way. Nothing may."""

import os
import pathlib
import sys

ROOT = pathlib.Path.cwd()
sys.path.insert(0, str(ROOT / "crates/garita/tests/oracles/shared"))

from garita_node import demonstrated, running  # noqa: E402

BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
DATA = ROOT / "profiles/infrastructure/data"
PARTIES = ["desk:Scorecard desk:publisher,compiler,reviewer,sponsor"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OTAY = "us-ca-otay-mesa-east-poe"


def fill(node):
    """The real tables, and one of each thing that they have not: a milestone, a risk, a question, a plan."""
    import json
    import urllib.request

    months = node.data / "months.csv"
    rows = [f"{year}-{month:02},2304,Laredo,Texas,Trucks,{200000 + 700 * month},27.5,-99.5" for year in (2023, 2024) for month in range(1, 13)]
    months.write_text("\n".join(["month,port_code,port_name,state,measure,value,latitude,longitude", *rows, ""]))
    files = [DATA / "border-projects.csv", DATA / "border-projects-history.csv", DATA / "port-indicators.csv", months]
    node.command("scorecard", "import", "--url", node.url, "--token-file", node.token_file("desk"), *files)
    said = {"statedOn": "2026-03-10", "sources": ["https://example.org/minutes"]}
    for record_type, subject in [
        ("MilestonePlanned", {"project": OTAY, "milestone": "us-works", "nameEn": "US works", "nameEs": "Obras", "milestoneKind": "works", "side": "us", **said}),
        ("DateStated", {"project": OTAY, "milestone": "us-works", "dateKind": "target", "date": "2028-06", **said}),
        ("PartyNamed", {"project": OTAY, "partyName": "SANDAG", "partyRole": "responsible", "partyContact": "works@sandag.example", **said}),
        ("RiskStated", {"project": OTAY, "risk": "Portals come last", "likelihood": "medium", "consequence": "high", **said}),
        ("DateStated", {"project": OTAY, "dateKind": "start-actual", "date": "2025-09-01", **said}),
        ("ProgressStated", {"project": OTAY, "progressMeasure": "physical", "percent": 40, **said}),
        ("ProgressStated", {"project": OTAY, "progressMeasure": "physical", "percent": 50, "planned": True, **said}),
        ("ProgressStated", {"project": OTAY, "progressMeasure": "physical", "percent": 100, "planned": True, **said, "statedOn": "2026-09-30"}),
        ("PlanStated", {"plan": "corridor", "nameEn": "Corridor", "nameEs": "Corredor", "side": "binational", "sponsors": ["SANDAG"], "projects": [OTAY, "mx-bc-mesa-de-otay-ii", "us-tx-bota"], **said}),
        ("FundingStated", {"plan": "corridor", "amount": "5000000", "currency": "USD", "costKind": "estimate", **said}),
        ("QuestionAsked", {"question": "Q-1-2026", "project": OTAY, "questionText": "Why 2028?", "askedOf": "SANDAG", "answerCalendar": "us"}),
    ]:
        body = json.dumps({"recordType": record_type, "credentialSubject": subject}).encode()
        head = {"authorization": f"Bearer {node.token('desk')}", "content-type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{node.url}/v1/records", body, head)).read()


def pages(node):
    """Addresses of the public navigation as the node gives it, and one page of each kind behind it."""
    import re
    import urllib.request

    home = urllib.request.urlopen(f"{node.url}/projects").read().decode()
    nav = home[home.index("<nav") : home.index("</nav>")]
    found = re.findall(r'href="([^"]+)"', nav)
    extra = [f"/projects/{OTAY}", "/projects/us-tx-bota", "/projects/us-az-lukeville-paving", "/plans/corridor"]
    extra += [f"/projects/{OTAY}/versions", "/changes", "/changes?topic=progress&project=none", "/questions", "/questions?state=settled"]
    extra += ["/questions/Q-1-2026", "/portfolio", "/portfolio?by=sponsor", "/follow", f"/follow?project={OTAY}", *subscribed(node), "/follow/none"]
    return found + extra + ["/projects?q=nothing-like-it", "/projects?stated_by=2020-01-01", "/projects/nowhere"]


def with_mail(data):
    """Mail of the node becomes files."""
    import json

    path = data / "node.json"
    said = json.loads(path.read_text())
    said["mail"] = {"from": "Garita <scorecard@garita.example>", "folder": "outbox"}
    path.write_text(json.dumps(said))


def subscribed(node):
    """A subscription that waits for its yes, and a question that waits for the desk."""
    import re
    import urllib.parse
    import urllib.request

    def post(path, **form):
        body = urllib.parse.urlencode(form).encode()
        return urllib.request.urlopen(f"{node.url}{path}", body)

    post("/follow", email="reader@example.org", when="dates", project=OTAY)
    mail = next(node.data.glob("**/outbox/*.eml")).read_text().replace("=\n", "")
    follower = re.search(r"/follow/[\w-]+", mail)[0]
    asked = post("/questions", project=OTAY, about="SANDAG", question="When does it open?").url
    return [follower, asked[len(node.url) :]]


def office(demo):
    """What an office counts, once there is an hour to tell: the demonstration passes one in well under a minute."""
    import time
    import urllib.request

    for _ in range(300):
        told = urllib.request.urlopen(f"{demo.url}/wait-times.csv").read().decode()
        if len(told.splitlines()) > 1:
            return ["/wait-times", "/benefits", "/benefits?hour=x"]
        time.sleep(1)
    sys.exit("the demonstration told no wait within five minutes")


def judge(chromium, axe, url, paths):
    """How many pages were judged, and all faults."""
    judged, wrong = 0, []
    for width, height in [(1440, 1000), (390, 844), (320, 700)]:
        page = chromium.new_page(viewport={"width": width, "height": height}, bypass_csp=True)
        for path in paths:
            for lang in ["en", "es"]:
                for theme in ["light", "dark"]:
                    mark = "&" if "?" in path else "?"
                    page.goto(f"{url}{path}{mark}lang={lang}&theme={theme}")
                    page.evaluate(axe)
                    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
                    where = f"{path} {lang} {theme} {width}"
                    for fault in found["violations"]:
                        wrong.append(f"{where}: {fault['id']}: {fault['nodes'][0]['html'][:200]}")
                    if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
                        wrong.append(f"{where}: the page scrolls sideways")
                    tables, charts = page.evaluate("[document.querySelectorAll('table').length, document.querySelectorAll('svg.chart[role=img]').length]")
                    if charts and not tables:
                        wrong.append(f"{where}: a chart without a table")
                    judged += 1
        page.close()
    return judged, wrong


def main():
    browser = next((path for path in BROWSERS if os.path.exists(path)), None)
    if browser is None:
        print("there is no Chromium in /usr/bin")
        sys.exit(77)
    from playwright.sync_api import sync_playwright

    axe = (pathlib.Path(os.environ["ORACLE_NODE_MODULES"]) / "axe-core/axe.min.js").read_text()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--no-proxy-server"])
        with running(PARTIES, with_mail) as node:
            fill(node)
            published = judge(chromium, axe, node.url, pages(node))
        with demonstrated() as demo:
            counted = judge(chromium, axe, demo.url, office(demo))
        chromium.close()
    judged, wrong = published[0] + counted[0], published[1] + counted[1]
    print(f"{judged} pages judged, {len(wrong)} faults")
    if wrong:
        sys.exit("\n".join(wrong[:40]))


main()
