// Sends the files of a form in pieces: announced by hash, sent from where an earlier try stopped, tried again when
// the connection is lost. The same API takes them from the command. Without this file the form sends them whole.

const PIECE = 4 << 20;
const RETRY_MS = [500, 1000, 2000, 5000, 10000, 20000, 30000, 30000, 30000, 30000];

const form = document.querySelector("form[data-sends]");
const button = form.querySelector("button:not([type])");
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const words = Object.fromEntries(
  [...document.querySelectorAll("#sending-words dt")].map((one) => [one.textContent, one.nextElementSibling.textContent]),
);

class Refusal extends Error {
  constructor(status, problem) {
    super((language === "zh" ? problem.detail_zh : "") || problem.detail || problem.title || String(status));
    this.code = problem.code;
    this.status = status;
  }
}

function announce(text) {
  document.getElementById("sending-said").textContent = text;
}

function rowFor(file) {
  const row = document.getElementById("sending-row").content.cloneNode(true).firstElementChild;
  const parts = Object.fromEntries([...row.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
  parts.name.textContent = file.name;
  parts.of.textContent = ` ${file.name}`;
  parts.bar.setAttribute("aria-label", file.name);
  const stopping = new AbortController();
  parts.stop.addEventListener("click", () => stopping.abort());
  document.getElementById("sending").append(row);
  return {
    signal: stopping.signal,
    say: (word) => (parts.said.textContent = words[word] ?? word),
    show: (sent) => {
      parts.bar.value = sent / file.size;
      parts.share.textContent = `${Math.floor((100 * sent) / file.size)} %`;
    },
    end: (text, refused = []) => {
      parts.said.textContent = text;
      parts.stop.remove();
      for (const one of refused) {
        const line = document.createElement("p");
        line.textContent = `${words.refused} ${one.name}: ${one.why[language]}`;
        row.append(line);
      }
    },
  };
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      window.removeEventListener("online", wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    window.addEventListener("online", wake);
    signal.addEventListener("abort", wake);
  });
}

// A request that reached the portal and was answered; what is worth another try is left to the caller.
async function call(address, options, signal) {
  const headers = { Accept: "application/json", "X-CSRFToken": token, ...options.headers };
  const answer = await fetch(address, { ...options, headers, signal, redirect: "error" });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, problem);
}

function isPassing(error) {
  return !(error instanceof Refusal) || error.status >= 500 || error.status === 429 || error.code === "offset_differs";
}

// Do something that may be done again, until it is done, refused for good, or was tried too often in vain.
async function insist(act, row) {
  for (let failures = 0; ; failures += 1) {
    try {
      return await act(failures > 0);
    } catch (error) {
      if (row.signal.aborted || !isPassing(error)) throw error;
      if (failures >= RETRY_MS.length) throw new Error(words.lost, { cause: error });
      row.say("waiting");
      await pause(error.status === 429 ? 60000 : RETRY_MS[failures], row.signal);
      if (row.signal.aborted) throw error;
    }
  }
}

async function hashOf(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

async function begun(address, kind, file, row) {
  const said = { kind, name: file.name, size: file.size, sha256: await hashOf(file) };
  const headers = { "Content-Type": "application/json" };
  const announceIt = () => call(address, { method: "POST", headers, body: JSON.stringify(said) }, row.signal);
  return { ...(await (await insist(announceIt, row)).json()), sha256: said.sha256 };
}

async function sendPieces(address, file, offset, row) {
  row.say(offset > 0 ? "continued" : "sending");
  while (offset < file.size) {
    row.show(offset);
    const sent = await insist(async (again) => {
      if (again) {
        const asked = await call(address, { method: "HEAD" }, row.signal);
        offset = Number(asked.headers.get("Upload-Offset"));
        row.say("continued");
        if (offset >= file.size) return asked;
      }
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
      const body = file.slice(offset, offset + PIECE);
      return call(address, { method: "PATCH", headers, body }, row.signal);
    }, row);
    offset = Number(sent.headers.get("Upload-Offset"));
  }
  row.show(file.size);
}

// The answer to the last request may get lost although the file was taken in: then it is among the files.
async function finish(address, application, sha256, row) {
  row.say("taking");
  return insist(async (again) => {
    try {
      return await (await call(`${address}/completion`, { method: "POST" }, row.signal)).json();
    } catch (error) {
      if (!again || error.status !== 404) throw error;
      const held = (await (await call(application, {}, row.signal)).json()).attachments;
      if (held.some((one) => one.sha256 === sha256)) return {};
      throw error;
    }
  }, row);
}

async function send(application, kind, file) {
  const row = rowFor(file);
  announce(words.begin.replace("{name}", file.name));
  try {
    row.say("hashing");
    const upload = await begun(`${application}/uploads`, kind, file, row);
    const address = `${application}/uploads/${upload.id}`;
    await sendPieces(address, file, upload.offset, row);
    const received = await finish(address, application, upload.sha256, row);
    const refused = received.dossier?.refused ?? [];
    row.end(received.dossier ? words.taken : words.kept, refused);
    return refused.length === 0;
  } catch (error) {
    row.end(row.signal.aborted ? words.stopped : error.message);
    return false;
  }
}

// A packed dossier may come before there is an application: the page that begins one says where it is.
async function begunApplication() {
  const chosen = new FormData(form);
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, edition: form.dataset.edition, profile: "" });
  body.set("organisation", chosen.get("organisation"));
  const answer = await fetch(form.dataset.begins, { method: "POST", body });
  const found = /\/applications\/(A-[^/]+)\//.exec(new URL(answer.url).pathname);
  if (!answer.ok || found === null) throw new Error(words.some);
  return found[1];
}

async function renew() {
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-renewed]")) old.replaceWith(parsed.getElementById(old.id));
}

async function sendAll(files) {
  form.dataset.reference ||= await begunApplication();
  const application = `${form.dataset.sends}${form.dataset.reference}`;
  const kind = form.dataset.kind ?? form.elements.kind.value;
  let went = true;
  for (const file of files) went = (await send(application, kind, file)) && went;
  announce(went ? words.done : words.some);
  if (form.dataset.kind && went) location.assign(`/applications/${form.dataset.reference}/check/`);
  else await renew();
}

form.addEventListener("submit", (event) => {
  const files = [...form.elements.file.files];
  // What has nothing in it, or is chosen wrongly, is answered by the page itself; so is everything without WebCrypto.
  if (!globalThis.crypto?.subtle || files.length === 0 || files.some((one) => one.size === 0)) return;
  event.preventDefault();
  document.getElementById("sending").replaceChildren();
  button.disabled = true;
  sendAll(files)
    .catch((error) => announce(error.message))
    .finally(() => {
      button.disabled = false;
      form.elements.file.value = "";
    });
});
