// What others do appears by itself, and what is being read never moves: rows change in place, rows that would come above
// or between wait behind a button, and a case that changed says so.

const GATHER = 150; // ms: several changes at once are one look
const BETWEEN = 1000; // ms between two looks
const AGAIN = 5000; // ms after which a stream that was refused is asked for again

let timer = 0;
let last = 0;
let missed = false; // the stream was refused for a while, and what it told then is not known
let waiting = null; // the latest list, of which some rows are not shown yet

/** Listen to what happens at the desk; `liven` is called on what is shown anew. */
export function startLive(liven) {
  listen();
  document.addEventListener("desk:shown", () => { waiting = null; });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#fresh")) showAll(liven);
  });
}

function listen() {
  const source = new EventSource("/events");
  source.addEventListener("cases", (event) => {
    const changes = JSON.parse(event.data);
    tellOfCase(changes);
    soon();
  });
  source.addEventListener("presence", (event) => {
    showLookers(JSON.parse(event.data));
    soon();
  });
  source.addEventListener("stale", soon);
  source.addEventListener("hello", () => {
    document.body.setAttribute("data-live", "on");
    if (missed) soon();
    missed = false;
  });
  source.addEventListener("error", () => {
    document.body.setAttribute("data-live", "off");
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    // Refused: the session has ended. Who signs in again, here or in another tab, is told anew.
    missed = true;
    setTimeout(listen, AGAIN);
  });
  addEventListener("pagehide", () => source.close());
}

function soon() {
  if (timer) return;
  timer = setTimeout(look, Math.max(GATHER, last + BETWEEN - Date.now()));
}

async function look() {
  timer = 0;
  last = Date.now();
  const list = document.querySelector(".list-pane");
  if (!list) return;
  const shown = location.href;
  let text;
  try {
    const answer = await fetch("/" + location.search, { headers: { "x-by-itself": "1" } });
    if (!answer.ok || answer.redirected) return;
    text = await answer.text();
  } catch {
    return; // the stream comes back by itself, and then tells anew
  }
  if (location.href !== shown || !list.isConnected) return;
  take(new DOMParser().parseFromString(text, "text/html"), list);
}

/** Take over what a fresh list says, without moving a row that can be seen. */
function take(page, list) {
  const fresh = page.querySelector(".list-pane");
  if (!fresh) return;
  for (const selector of [".views nav", ".views summary"]) {
    const [here, there] = [list.querySelector(selector), fresh.querySelector(selector)];
    if (here && there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.cloneNode(true).childNodes);
  }
  const rows = list.querySelector("#rows");
  const now = new Map([...fresh.querySelectorAll("#rows > li")].map((row) => [row.dataset.case, row]));
  const before = new Map([...rows.children].map((row) => [row.dataset.case, row]));
  for (const [number, row] of before) {
    const other = now.get(number);
    row.classList.toggle("gone", !other);
    const [here, there] = [row.querySelector("a"), other?.querySelector("a")];
    if (there && here.innerHTML !== there.innerHTML) here.replaceChildren(...there.cloneNode(true).childNodes);
  }
  const lowest = lastSeen(rows);
  let below = lowest === null;
  let hidden = 0;
  for (const [number, row] of now) {
    if (before.has(number)) {
      below ||= number === lowest;
    } else if (below) {
      const place = previous(row, rows);
      if (place) place.after(row.cloneNode(true));
      else rows.prepend(row.cloneNode(true));
    } else hidden += 1;
  }
  if (rows.children.length) list.querySelector(":scope > .empty")?.remove();
  const [idle, there] = [document.querySelector(".no-case .case-pane"), page.querySelector(".case-pane")];
  if (idle && there) idle.replaceChildren(...there.cloneNode(true).childNodes);
  waiting = hidden ? page : null;
  tellOfNew(list, hidden);
}

/** The lowest row that can be seen, by its case; null where there is none. */
function lastSeen(rows) {
  const seen = [...rows.children].filter((row) => row.getBoundingClientRect().top < innerHeight);
  return seen.at(-1)?.dataset.case ?? null;
}

/** The row here that a new one follows. */
function previous(row, rows) {
  for (let other = row.previousElementSibling; other; other = other.previousElementSibling) {
    const here = rows.querySelector(`:scope > [data-case="${other.dataset.case}"]`);
    if (here) return here;
  }
  return null;
}

function tellOfNew(list, count) {
  const button = list.querySelector("#fresh");
  if (!button) return;
  const locale = { ar: "ar-EG" }[document.documentElement.lang] ?? document.documentElement.lang;
  const words = button.dataset[new Intl.PluralRules(locale).select(count)] ?? button.dataset.other;
  const figure = new Intl.NumberFormat(locale).format(count);
  button.hidden = count === 0;
  button.textContent = words.replace("#", figure);
}

/** Put the latest list in place of this one: the person asked for it. */
function showAll(liven) {
  const list = document.querySelector(".list-pane");
  const fresh = waiting?.querySelector(".list-pane");
  if (!list || !fresh) return;
  const current = list.querySelector("[aria-current=true][href^='/cases/']")?.closest("li")?.dataset.case;
  list.querySelector("#rows").replaceChildren(...fresh.querySelector("#rows").childNodes);
  const row = current && list.querySelector(`#rows > [data-case="${current}"]`);
  row?.classList.add("current");
  row?.querySelector("a").setAttribute("aria-current", "true");
  waiting = null;
  tellOfNew(list, 0);
  list.scrollTop = 0;
  list.querySelector("#rows a")?.focus({ preventScroll: true });
  liven();
}

/** The open case changed by somebody else's hand: say so, and leave what is typed. */
function tellOfCase(changes) {
  const open = document.querySelector("#case");
  const notice = document.querySelector("#overtaken");
  const mine = document.body.dataset.me;
  if (!open || !notice) return;
  const theirs = changes.filter((change) => String(change.case) === open.dataset.case && change.who !== mine);
  if (!theirs.length) return;
  notice.querySelector("bdi").textContent = theirs.at(-1).who;
  notice.hidden = false;
}

/** Who else has the open case before them. */
function showLookers(seats) {
  const place = document.querySelector("#lookers");
  const people = seats[document.querySelector("#case")?.dataset.case];
  if (!place || !people) return;
  const tags = people.filter((one) => one.name !== document.body.dataset.me).map((one) => {
    const tag = document.querySelector(one.editing ? "#writes" : "#looks").content.cloneNode(true);
    tag.querySelector("bdi").textContent = one.name;
    return tag;
  });
  place.replaceChildren(...tags);
}
