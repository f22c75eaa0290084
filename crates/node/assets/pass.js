// Keeps the page of a pass fresh: asks for itself every twenty seconds and puts in what the server made. Without this file the page
// asks for itself whole (noscript). What changed for the driver is said once to readers of screens.
const EVERY_MS = 20_000;
const $ = (id) => document.getElementById(id);
let wait = EVERY_MS;

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", referrerPolicy: "no-referrer" });
    if (answer.status === 404) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [held, next] = [$("pass"), page.getElementById("pass")];
    if (held && next) {
      const step = next.querySelector("#pass-step")?.textContent ?? "";
      if (step !== $("pass-step")?.textContent && $("pass-say")) $("pass-say").textContent = step;
      held.replaceWith(document.adoptNode(next));
      document.title = page.title;
    }
    $("pass-off").hidden = true;
    wait = EVERY_MS;
  } catch {
    $("pass-off").hidden = false;
    wait = Math.min(wait * 2, 160_000);
  }
  setTimeout(look, wait);
}
setTimeout(look, wait);
document.addEventListener("visibilitychange", () => { if (!document.hidden && wait > EVERY_MS) { wait = EVERY_MS; look(); } });
