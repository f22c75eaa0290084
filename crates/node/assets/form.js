// What is typed into a form outlives a node that does not answer: it is asked first, and only then is the form sent. The browser's own
// error page would take what was typed with it. A form that is sent twice is recorded once: its hidden key sees to that, not this file.
const box = document.getElementById("unsent");
const REACH_MS = 4000, AGAIN_MS = 2000;
let waiting = null;

const answers = () =>
  fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(REACH_MS) }).then((r) => r.ok, () => false);

function say(form, words, tone) {
  box.className = `notice ${tone}`;
  box.firstElementChild.textContent = words;
  form.prepend(box);
  box.hidden = false;
  box.focus();
}

async function look(form) {
  if (waiting !== form) return;
  if (await answers()) {
    waiting = null;
    say(form, box.dataset.back, "go");
  } else {
    setTimeout(look, AGAIN_MS, form);
  }
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!box || form.method !== "post" || form.dataset.sure) return;
  event.preventDefault();
  if (await answers()) {
    form.dataset.sure = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.sure;
    return;
  }
  waiting = form;
  say(form, box.dataset.away, "warn");
  setTimeout(look, AGAIN_MS, form);
});
