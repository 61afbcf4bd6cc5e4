// Judging by keys: the next items are there before they are wanted, and a verdict is one request in the
// background. What could not be sent waits in the browser and is sent in its order when the network is back.
// Without this file the same page works by plain forms.

const page = document.getElementById("judging");
const form = document.getElementById("form");
const note = document.getElementById("note");
const article = document.getElementById("item");
const verdicts = [...form.querySelectorAll("button[name=value]")];
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const FEW = 8;
const RETRY_MS = [500, 1000, 2000, 5000, 10000];

const waiting = JSON.parse(localStorage.getItem(page.dataset.store) ?? "[]");
const given = [];
const seen = new Set(waiting.map((one) => one.item));
const canTakeBackBefore = !document.getElementById("undo").disabled;
let ahead = [];
let now = article.dataset.id
  ? { id: Number(article.dataset.id), number: Number(article.dataset.number), prompt: text("prompt"), said: text("said") }
  : null;
let done = Number(text("done"));
let left = Number(text("left"));
let fetching = null;
let sending = false;
let failures = 0;
let isOut = false;
let isMoving = false;

function text(id) {
  return document.getElementById(id).textContent;
}

function keep() {
  localStorage.setItem(page.dataset.store, JSON.stringify(waiting));
  document.getElementById("sending").hidden = failures === 0 || waiting.length === 0;
  document.getElementById("waiting").textContent = String(waiting.length);
}

function show() {
  document.getElementById("work").hidden = now === null;
  document.getElementById("nothing").hidden = now !== null || !isOut;
  document.getElementById("done").textContent = String(done);
  document.getElementById("left").textContent = String(Math.max(0, left));
  document.getElementById("undo").disabled = given.length === 0 && !canTakeBackBefore;
  const bar = document.getElementById("bar");
  bar.max = Math.max(1, done + Math.max(0, left));
  bar.value = done;
  if (now === null) return;
  document.getElementById("number").textContent = String(now.number);
  document.getElementById("prompt").textContent = now.prompt;
  document.getElementById("prompt").hidden = now.prompt === "";
  document.getElementById("said").textContent = now.said;
  form.elements.item.value = String(now.id);
  note.value = now.note ?? "";
  window.scrollTo({ top: 0 });
}

async function call(address, body) {
  const answer = await fetch(address, {
    method: body ? "POST" : "GET",
    headers: body ? { "Content-Type": "application/json", "X-CSRFToken": token } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
  if (answer.redirected || answer.status === 403) {
    location.reload(); // signed out meanwhile: what waits is kept
    throw new Error("signed out");
  }
  return { isGood: answer.ok, told: await answer.json() };
}

// Sends what waits, one after the other; a refusal is said and dropped, a failure is tried again.
async function send() {
  if (sending) return;
  sending = true;
  while (waiting.length > 0) {
    const { op, ...body } = waiting[0];
    try {
      const { isGood, told } = await call(op === "undo" ? page.dataset.undo : page.dataset.verdict, body);
      if (!isGood) refuse(told.text ?? "");
      failures = 0;
      waiting.shift();
      keep();
    } catch {
      failures += 1;
      keep();
      await new Promise((resume) => setTimeout(resume, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]));
    }
  }
  sending = false;
  if (now === null) {
    isOut = false; // what others have said meanwhile may have left something for a third
    await next();
  }
}

function refuse(words) {
  const place = document.getElementById("refused");
  place.textContent = words;
  place.hidden = words === "";
}

async function fetchAhead() {
  if (fetching || isOut) return fetching;
  const last = ahead.at(-1) ?? now;
  fetching = call(`${page.dataset.items}?after=${last ? last.number : 0}`)
    .then(({ told }) => {
      const fresh = told.items.filter((one) => !seen.has(one.id) && one.id !== now?.id && !ahead.some((a) => a.id === one.id));
      ahead.push(...fresh);
      isOut = fresh.length === 0 && waiting.length === 0;
    })
    .catch(() => {})
    .finally(() => {
      fetching = null;
    });
  return fetching;
}

async function next() {
  isMoving = true; // keys do nothing meanwhile: nobody judges what is not shown yet
  if (ahead.length === 0) await fetchAhead();
  isMoving = false;
  now = ahead.shift() ?? null;
  show();
  if (ahead.length < FEW) fetchAhead();
}

function judge(value) {
  if (now === null || isMoving) return;
  refuse("");
  waiting.push({ op: "verdict", item: now.id, value, note: note.value });
  given.push({ ...now, note: note.value });
  seen.add(now.id);
  done += 1;
  left -= 1;
  keep();
  next();
  send();
}

function skip() {
  if (now === null || isMoving) return;
  ahead.push(now); // it comes again behind those that are there
  next();
}

function takeBack() {
  if (isMoving) return;
  const last = given.pop();
  if (!last) {
    if (canTakeBackBefore) document.getElementById("undo-form").submit(); // from before this page was opened
    return;
  }
  const at = waiting.findLastIndex((one) => one.item === last.id && one.op === "verdict");
  // What is being sent at this moment can't be caught any more.
  if (at > 0 || (at === 0 && !sending)) waiting.splice(at, 1);
  else waiting.push({ op: "undo", item: last.id });
  if (now !== null) ahead.unshift(now);
  seen.delete(last.id);
  now = last;
  done -= 1;
  left += 1;
  keep();
  show();
  send();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "skip") skip();
  else if (event.submitter?.name === "value") judge(event.submitter.value);
});

document.getElementById("undo-form").addEventListener("submit", (event) => {
  if (given.length === 0) return;
  event.preventDefault();
  takeBack();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target === note) {
    if (event.key === "Escape") article.focus();
    return;
  }
  if (event.target.closest("a, summary") && event.key === "Enter") return;
  const verdict = verdicts[Number(event.key) - 1];
  if (verdict) judge(verdict.value);
  else if (event.key === "s" || event.key === "S") skip();
  else if (event.key === "u" || event.key === "U") takeBack();
  else if (event.key === "n" || event.key === "N") note.focus();
  else return;
  event.preventDefault();
});

window.addEventListener("online", send);
window.addEventListener("beforeunload", (event) => {
  if (waiting.length > 0) event.preventDefault();
});
page.classList.add("judging--keys");
keep();
if (now === null || seen.has(now.id)) next();
else {
  show();
  fetchAhead();
}
send();
