"use strict";
// Shows one world of the mock. Everything comes from the control plane on the same address; whatever it says is shown
// as text, since prompts, headers and bodies are whatever somebody sent.

const POLL_MS = 1000;
const SHOWN_REQUESTS = 200;
const SPEEDS = [0.1, 1, 2, 5, 10, 60, 600];
const DEMO_TOKEN = "user:12345-demo";
const OTHER = "other";
const EFFECTS = {
  status: ["Answer with this status", "status", 500],
  upstream_busy: ["Upstream is busy (429)", null],
  quota_spent: ["Quota is spent (402)", null],
  delay: ["Delay the answer, seconds", "seconds", 5],
  drop: ["Close the connection", null],
  reset: ["Reset the connection", null],
  truncate: ["Cut the body", null],
  dribble: ["Send the body slowly", null],
  malformed_json: ["Malformed JSON", null],
  job_fails: ["The job fails", null],
  job_stalls: ["The job stalls", null],
  progress_freezes: ["Progress freezes", null],
  download_lag: ["File comes later, seconds", "seconds", 60],
};

const $ = (id) => document.getElementById(id);
const stored = (name) => sessionStorage.getItem(`tempolor.${name}`) ?? "";
const store = (name, value) => sessionStorage.setItem(`tempolor.${name}`, value);

/** Make an element; strings become text, never markup. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * Only links to this address are followed: a server behind a wrong proxy setting must not lead people elsewhere. Files
 * are fetched through the control plane, where looking on leaves no trace in the journal and uses up no fault.
 */
function ownLink(url) {
  try {
    const parsed = new URL(url, location.href);
    return parsed.pathname.startsWith("/files/") ? `/_mock${parsed.pathname}${parsed.search}` : "";
  } catch {
    return "";
  }
}

let handle = location.hash.slice(1) || stored("handle");
let newest = 0;
let worldShown = null;
let busy = false;

class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

function credentials() {
  const headers = {};
  if (handle) headers["X-Mock-World"] = handle;
  // A mock where tokens are secrets wants both.
  if (stored("token") && (!handle || stored("token-handle") === handle)) headers.Authorization = `Bearer ${stored("token")}`;
  if (stored("control")) headers["X-Mock-Control-Token"] = stored("control");
  return headers;
}

async function ask(method, path, content, headers = credentials()) {
  const options = { method, headers: { ...headers }, cache: "no-store" };
  if (content !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(content);
  }
  const answer = await fetch(path, options);
  const text = await answer.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    // Not JSON: the status says enough.
  }
  if (!answer.ok) throw new Refused(answer.status, value?.error ?? `The mock answered ${answer.status}`);
  return value;
}

const control = (method, call, content) => ask(method, `/_mock/${call}`, content);

function tell(text) {
  $("banner").textContent = text;
  $("banner").hidden = !text;
}

/** Carry out what somebody clicked, tell what went wrong, and show the outcome at once. */
async function act(action) {
  try {
    await action();
    tell("");
  } catch (error) {
    tell(error.message);
    return;
  }
  await refresh();
}

// Worlds ---------------------------------------------------------------------------------------------------------

async function showWorlds() {
  const { worlds } = await control("GET", "worlds");
  const choice = $("world-choice");
  if (!handle && !stored("token") && worlds.length) handle = worlds.at(-1).handle;
  const options = worlds.map((world) => [world.handle, `${world.token}  (${world.handle.slice(0, 6)})`]);
  if (handle && !worlds.some((world) => world.handle === handle)) options.push([handle, handle]);
  options.push([OTHER, "Another token\u2026"]);
  const known = JSON.stringify(options);
  if (choice.dataset.known !== known) {
    choice.dataset.known = known;
    choice.replaceChildren(...options.map(([value, text]) => make("option", { value, textContent: text })));
    choice.value = handle || OTHER;
    showTokenField();
  }
}

function showTokenField() {
  const other = $("world-choice").value === OTHER;
  $("token-label").hidden = !other;
  $("open").hidden = !other && $("control-label").hidden;
}

function enter({ worldHandle = "", token = "" }) {
  handle = worldHandle;
  store("token", token);
  store("handle", handle);
  history.replaceState(null, "", handle ? `#${handle}` : location.pathname);
  newest = 0;
  worldShown = null;
  jobRows.clear();
  for (const id of ["jobs", "requests", "accounts", "callbacks", "faults"]) $(id).replaceChildren();
}

/** Enter the world of a token. From then on its handle stands for it, and the token is used for the song form only. */
async function enterToken(token) {
  enter({ token });
  const world = await control("GET", "world");
  enter({ worldHandle: world.handle, token });
  store("token-handle", world.handle);
  $("world-choice").dataset.known = "";
}

// What a world shows -------------------------------------------------------------------------------------------

const clockTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const shortTime = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

function showClock(clock) {
  $("now").textContent = clockTime.format(clock.now);
  $("now").dateTime = clock.nowUTC;
  $("pace").textContent = clock.frozen ? "stands still" : clock.speed === 1 ? "real time" : `${clock.speed} times as fast`;
  $("pace").className = `badge ${clock.frozen ? "warn" : "good"}`;
  $("freeze").textContent = clock.frozen ? "Resume" : "Freeze";
  $("freeze").dataset.call = clock.frozen ? "clock/resume" : "clock/freeze";
  const speeds = SPEEDS.includes(clock.speed) ? SPEEDS : [...SPEEDS, clock.speed].sort((a, b) => a - b);
  if ($("speed").options.length !== speeds.length) {
    $("speed").replaceChildren(...speeds.map((each) => make("option", { value: each, textContent: `${each}\u00d7` })));
  }
  if (document.activeElement !== $("speed")) $("speed").value = clock.speed;
}

function showAccounts(accounts, quota) {
  $("no-accounts").hidden = accounts.length > 0;
  $("accounts").replaceChildren(...accounts.map((account) => make("li", {},
    make("div", { className: "row" },
      make("strong", { textContent: account.user_id }),
      make("span", { className: "faint", textContent: `${account.executing} of ${account.maxJobs} slots taken` })),
    make("progress", {
      max: Math.max(account.maxJobs, 1),
      value: Math.min(account.executing, account.maxJobs),
      className: account.available ? "" : "bad",
      ariaLabel: `Slots taken of account ${account.user_id}`,
    }))));
  $("quota").textContent = `${quota.generations.toLocaleString()} of ${quota.totalGenerations.toLocaleString()} generations and ${Math.round(quota.seconds / 60).toLocaleString()} of ${Math.round(quota.totalSeconds / 60).toLocaleString()} minutes of music used`;
}

const jobRows = new Map();

function showJobs(jobs) {
  $("no-jobs").hidden = jobs.length > 0;
  const shown = new Set(jobs.map((job) => job.job_id));
  for (const [id, row] of jobRows) {
    if (!shown.has(id)) {
      row.remove();
      jobRows.delete(id);
    }
  }
  jobs.forEach((job, place) => {
    let row = jobRows.get(job.job_id);
    if (!row) {
      row = jobRow(job);
      jobRows.set(job.job_id, row);
    }
    updateJob(row, job);
    if ($("jobs").children[place] !== row) $("jobs").insertBefore(row, $("jobs").children[place] ?? null);
  });
}

function jobRow(job) {
  const minutes = `${Math.floor(job.seconds / 60)}:${String(Math.round(job.seconds % 60)).padStart(2, "0")}`;
  return make("li", { className: "job" },
    make("div", { className: "cover" }),
    make("div", {},
      make("div", { className: "row" }, make("span", { className: "title", textContent: job.title }), make("span", { className: "badge" })),
      make("div", { className: "about faint", textContent: `${job.kind}, ${job.key}, ${job.bpm} bpm, ${minutes} \u2013 ${job.prompt}`, title: job.job_id }),
      make("progress", { max: 100, ariaLabel: `Progress of ${job.title}` }),
      make("div", { className: "files" })));
}

const LOOKS = { GENERATING: "", COMPLETED: "good", FAILED: "bad" };

function updateJob(row, job) {
  const badge = row.querySelector(".badge");
  const untracked = job.status === "GENERATING" && !job.active;
  badge.textContent = untracked ? "cancelled" : job.status === "GENERATING" ? `${job.progress} %` : job.status.toLowerCase();
  badge.className = `badge ${LOOKS[job.status]}`;
  const bar = row.querySelector("progress");
  bar.value = job.progress;
  bar.className = LOOKS[job.status];
  const cover = row.querySelector(".cover");
  if (job.cover && cover.tagName !== "IMG") {
    cover.replaceWith(make("img", { className: "cover", alt: "", width: 56, height: 56, src: ownLink(job.cover), loading: "lazy" }));
  }
  const files = row.querySelector(".files");
  const state = job.files ? "there" : job.status === "COMPLETED" ? "coming" : "";
  row.links = job.files;
  if (files.dataset.state === state) return;
  files.dataset.state = state;
  if (state === "coming") files.replaceChildren(make("span", { className: "faint", textContent: "The file is not there yet." }));
  else if (!state) files.replaceChildren();
  else {
    const play = make("button", { textContent: "Play", ariaLabel: `Play ${job.title}` });
    play.addEventListener("click", () => playMusic(job.title, row.links.mp3));
    // Links expire; they are replaced by fresh ones at the moment somebody follows them.
    const links = ["mp3", "wav", "stems"].map((kind) => {
      const link = make("a", { textContent: kind, href: ownLink(job.files[kind]), download: "" });
      link.addEventListener("pointerdown", () => { link.href = ownLink(row.links[kind]); });
      link.addEventListener("focus", () => { link.href = ownLink(row.links[kind]); });
      return link;
    });
    files.replaceChildren(play, ...links);
  }
}

function playMusic(title, url) {
  $("playing").textContent = title;
  $("audio").src = ownLink(url);
  $("player").hidden = false;
  $("audio").play().catch((error) => {
    if (error.name !== "AbortError") tell(`The browser does not play this: ${error.message}`);
  });
}

// The journal ---------------------------------------------------------------------------------------------------

async function showRequests() {
  const path = $("filter-path").value.trim();
  const query = new URLSearchParams({ brief: "true", since: String(newest), limit: String(SHOWN_REQUESTS) });
  if (path) query.set("path", path);
  const asked = `${path} ${$("filter-errors").checked}`;
  const journal = await control("GET", `requests?${query}`);
  if (asked !== `${$("filter-path").value.trim()} ${$("filter-errors").checked}`) return;
  const dropped = journal.dropped ? `, ${journal.dropped.toLocaleString()} older ones dropped` : "";
  $("request-count").textContent = `${journal.kept.toLocaleString()} kept${dropped}`;
  if (journal.last < newest || journal.kept === 0) $("requests").replaceChildren();
  newest = journal.last;
  const errorsOnly = $("filter-errors").checked;
  const fresh = journal.requests.filter((entry) => !errorsOnly || entry.status >= 400 || entry.status === 0);
  $("requests").prepend(...fresh.map(requestRow));
  while ($("requests").children.length > SHOWN_REQUESTS) $("requests").lastElementChild.remove();
  $("no-requests").hidden = $("requests").children.length > 0;
}

function requestRow(entry) {
  const look = entry.status >= 500 || entry.status === 0 ? "bad" : entry.status >= 400 ? "warn" : "good";
  const note = entry.forced ? "forced" : entry.violations.length ? `${entry.violations.length} wrong` : `${entry.durationMs.toFixed(1)} ms`;
  const row = make("details", {},
    make("summary", {},
      make("span", { className: "faint", textContent: shortTime.format(Date.parse(entry.received)) }),
      make("span", { className: "mono", textContent: entry.method }),
      make("span", { className: `badge ${look}`, textContent: entry.status || "cut" }),
      make("span", { className: "path mono", textContent: entry.path + (entry.query ? `?${entry.query}` : ""), title: entry.operation_id ?? entry.path }),
      make("span", { className: "faint", textContent: note })),
    make("div", { className: "detail" }));
  row.addEventListener("toggle", () => {
    if (row.open) act(async () => showDetail(row.querySelector(".detail"), await control("GET", `requests/${entry.number}`)));
  });
  return row;
}

function showDetail(place, entry) {
  const notes = make("div", { className: "notes" });
  notes.append(make("p", { className: "faint", textContent: [
    `Number ${entry.number}`,
    entry.operation_id ?? "not an operation",
    entry.virtualTime ? `virtual time ${entry.virtualTime}` : null,
    `${entry.durationMs} ms`,
  ].filter(Boolean).join(", ") }));
  if (entry.forced) notes.append(make("p", { textContent: `Forced: ${entry.forced}` }));
  if (entry.closest) notes.append(make("p", { className: "wrong", textContent: `No such path. The closest one is ${entry.closest}` }));
  if (entry.violations.length) notes.append(make("ul", { className: "wrong" }, ...entry.violations.map((text) => make("li", { textContent: text }))));
  for (const job of entry.jobs) {
    notes.append(make("p", { textContent: `Started ${job.job_id}: ${job.status ? `${job.status.toLowerCase()}, ${job.progress} %` : "deleted"}` }));
    if (job.callbacks.length) {
      notes.append(make("ul", {}, ...job.callbacks.map((callback) => make("li", { textContent: callbackText(callback) }))));
    }
  }
  place.replaceChildren(notes, contentBox("Request", entry.request), contentBox("Answer", entry.answer));
}

function contentBox(title, content) {
  const headers = Object.entries(content.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  let body = content.body;
  if (body !== null && typeof body !== "string") body = JSON.stringify(body, null, 2);
  if (body === null && content.size) body = `${content.mediaType || "unknown type"}, ${content.size.toLocaleString()} bytes${content.sha256 ? `\nSHA-256 ${content.sha256}` : ""}`;
  if (content.truncated) body += `\n\u2026 (${content.size.toLocaleString()} bytes in all)`;
  return make("div", {}, make("h3", { textContent: title }), make("pre", { textContent: headers || "no headers" }), body ? make("pre", { textContent: body }) : null);
}

// Callbacks and faults ------------------------------------------------------------------------------------------

function attemptText(attempt) {
  return attempt.status ? String(attempt.status) : attempt.error ?? "no answer";
}

function callbackText(callback) {
  const attempts = (callback.attempts ?? []).map(attemptText).join(", ");
  return `${callback.url}: ${callback.outcome}${attempts ? ` (${attempts})` : ""}`;
}

const OUTCOMES = { delivered: "good", failed: "bad", due: "warn" };

async function showCallbacks() {
  const answer = await optional("callbacks");
  const callbacks = (answer?.callbacks ?? []).slice(0, 50);
  $("no-callbacks").hidden = callbacks.length > 0;
  $("callbacks").replaceChildren(...callbacks.map((callback) => make("li", { className: "callback" },
    make("div", { className: "row" },
      make("span", { className: "mono", textContent: callback.url ?? "" }),
      make("span", { className: `badge ${OUTCOMES[callback.outcome] ?? ""}`, textContent: callback.outcome ?? "" })),
    make("div", { className: "faint", textContent: `${callback.job_id ?? ""}${callback.attempts?.length ? `, tried: ${callback.attempts.map(attemptText).join(", ")}` : ""}` }))));
}

async function showFaults() {
  const answer = await optional("faults");
  $("faults-card").hidden = answer === null;
  const rules = answer?.faults ?? [];
  $("no-faults").hidden = rules.length > 0;
  const known = JSON.stringify(rules);
  if ($("faults").dataset.known === known) return;
  $("faults").dataset.known = known;
  $("faults").replaceChildren(...rules.map((rule) => {
    const remove = make("button", { textContent: "Delete", ariaLabel: `Delete rule ${rule.id}` });
    remove.addEventListener("click", () => act(() => control("DELETE", `faults/${encodeURIComponent(rule.id)}`)));
    const { kind, ...details } = rule.effect;
    const effect = Object.entries(details).map(([name, value]) => `${name} ${value}`).join(", ");
    const operations = rule.match.operation_ids?.join(", ") ?? "any operation";
    const times = rule.times === undefined ? "without end" : `${rule.remaining} of ${rule.times} left`;
    return make("li", { className: "fault" },
      make("div", { className: "row" },
        make("span", {}, make("strong", { textContent: EFFECTS[kind]?.[0].split(",")[0] ?? kind }), effect ? ` (${effect})` : ""),
        remove),
      make("div", { className: "faint", textContent: `${operations}; ${times}; hit ${rule.applied} of ${rule.matched} requests` }));
  }));
}

/** Ask a call that an older mock may not have. */
async function optional(call) {
  try {
    return await control("GET", call);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}

function showFaultValue() {
  const [, field, value] = EFFECTS[$("fault-kind").value];
  $("fault-value-label").hidden = !field;
  $("fault-value").required = Boolean(field);
  $("fault-value").value = field ? value : "";
}

async function fillFaultForm() {
  const kinds = Object.entries(EFFECTS).map(([value, [text]]) => make("option", { value, textContent: text }));
  $("fault-kind").replaceChildren(...kinds);
  showFaultValue();
  const service = await ask("GET", "/_mock/openapi/tempolor.json");
  for (const path of Object.values(service.paths)) {
    for (const { operationId } of Object.values(path)) {
      if (operationId) $("fault-operation").append(make("option", { value: operationId, textContent: operationId }));
    }
  }
}

// Polling -------------------------------------------------------------------------------------------------------

let needsControlToken = false;

async function show() {
  await showWorlds();
  const chosen = handle || stored("token");
  $("welcome").hidden = Boolean(chosen);
  $("world").hidden = !chosen;
  if (!chosen) return;
  const asked = handle;
  const world = await control("GET", "world");
  if (asked !== handle) return;
  $("song-form").hidden = !(stored("token") && stored("token-handle") === world.handle);
  showClock(world.clock);
  showAccounts(world.accounts, world.quota);
  showJobs(world.jobs);
  if (worldShown !== world.handle || world.requests.last !== newest || world.requests.kept === 0) await showRequests();
  worldShown = world.handle;
  await showCallbacks();
  await showFaults();
}

async function refresh() {
  if (busy) return;
  busy = true;
  try {
    await show();
    if (needsControlToken || $("banner").dataset.lost) tell("");
    needsControlToken = false;
    delete $("banner").dataset.lost;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      needsControlToken = true;
      $("control-label").hidden = false;
      $("open").hidden = false;
      tell("The mock does not accept these tokens. If it was started with a control token, enter that above.");
    } else if (error instanceof Refused && error.status === 404 && handle) {
      // The world was emptied, or the mock started anew: its handle means nothing any more.
      enter({ token: stored("token") });
      $("world-choice").dataset.known = "";
    } else {
      $("banner").dataset.lost = "1";
      tell(error instanceof Refused ? error.message : "No answer from the mock. Trying again\u2026");
    }
  } finally {
    busy = false;
  }
}

addEventListener("DOMContentLoaded", () => {
  $("sample").textContent = `curl ${location.origin}/v1/tempolor/accounts \\\n  -H 'Authorization: Bearer ${DEMO_TOKEN}' \\\n  -H 'Content-Type: application/json' -d '{"requestParams":{}}'`;
  $("world-choice").addEventListener("change", (event) => {
    showTokenField();
    if (event.target.value !== OTHER) act(async () => enter({ worldHandle: event.target.value, token: stored("token") }));
    else $("token").focus();
  });
  $("world-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      if ($("control").value) store("control", $("control").value);
      if (!$("token-label").hidden && $("token").value) await enterToken($("token").value);
    });
  });
  $("demo").addEventListener("click", () => act(() => enterToken(DEMO_TOKEN)));
  $("freeze").addEventListener("click", () => act(() => control("POST", $("freeze").dataset.call)));
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => act(() => control("POST", "clock/advance", { seconds: Number(button.dataset.advance) })));
  }
  $("speed").addEventListener("change", () => act(() => control("POST", "clock/speed", { factor: Number($("speed").value) })));
  $("reset").addEventListener("click", () => {
    if (!confirm("Empty this world: accounts, jobs, files, journal?")) return;
    act(async () => {
      await control("POST", "reset");
      enter({ token: stored("token") });
      if (stored("token")) await enterToken(stored("token"));
    });
  });
  $("song-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      const headers = { Authorization: `Bearer ${stored("token")}` };
      if (!$("accounts").children.length) await ask("POST", "/v1/tempolor/accounts", { requestParams: {} }, headers);
      await ask("POST", "/v1/tempolor/music/song", { prompt: $("prompt").value }, headers);
    });
  });
  const filter = () => {
    newest = 0;
    $("requests").replaceChildren();
    act(showRequests);
  };
  $("filter-form").addEventListener("submit", (event) => event.preventDefault());
  $("filter-path").addEventListener("input", filter);
  $("filter-errors").addEventListener("change", filter);
  $("clear-requests").addEventListener("click", () => act(async () => {
    await control("DELETE", "requests");
    $("requests").replaceChildren();
  }));
  $("fault-kind").addEventListener("change", showFaultValue);
  $("fault-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(() => {
      const kind = $("fault-kind").value;
      const [, field] = EFFECTS[kind];
      const effect = field ? { kind, [field]: Number($("fault-value").value) } : { kind };
      const operation = $("fault-operation").value;
      const match = operation ? { operation_ids: [operation] } : {};
      return control("POST", "faults", { match, effect, times: Number($("fault-times").value) || 1 });
    });
  });
  $("stop").addEventListener("click", () => {
    $("audio").pause();
    $("audio").removeAttribute("src");
    $("player").hidden = true;
  });
  fillFaultForm().catch(() => {});
  refresh();
  setInterval(() => { if (!document.hidden) refresh(); }, POLL_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
});
