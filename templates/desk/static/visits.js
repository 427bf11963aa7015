// Going from case to case without loading the whole page anew: the answer is the same page, of which we take the parts.

let under = 0;

/** Follow links and send forms of the desk by ourselves; `liven` is called on what came. */
export function startVisits(liven) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !ofTheDesk(url.pathname)) return;
    event.preventDefault();
    visit(url, {}, liven);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const url = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
    if (url.origin !== location.origin || !(ofTheDesk(url.pathname) || url.pathname === "/bulk")) return;
    event.preventDefault();
    if (form.method === "get") {
      url.search = new URLSearchParams(new FormData(form)).toString();
      visit(url, {}, liven);
      return;
    }
    visit(url, { method: "POST", body: new URLSearchParams(new FormData(form, button)) }, liven);
  });
  addEventListener("popstate", () => visit(new URL(location.href), {}, liven, { again: true }));
}

function ofTheDesk(path) {
  return path === "/" || path.startsWith("/cases/");
}

/** Ask for a page and show it in place of this one. Where nothing comes, what was typed stays. */
export async function visit(url, options, liven, { again = false, renewed = false } = {}) {
  const mine = ++under;
  document.body.setAttribute("aria-busy", "true");
  let answer;
  let text;
  try {
    answer = await fetch(url, options);
    text = await answer.text();
  } catch {
    if (mine === under) say(document.body.dataset.offline);
    return;
  } finally {
    if (mine === under) document.body.removeAttribute("aria-busy");
  }
  if (mine !== under) return;
  if (isStale(answer, options) && !renewed && (await renew(options.body))) return visit(url, options, liven, { again, renewed: true });
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.querySelector("main .panes")) {
    // Another page, or a sign-in: the browser shows it as it is.
    if (options.method === "POST" && !answer.redirected) say(reason(answer, text, page));
    else location.assign(answer.url);
    return;
  }
  show(page);
  if (!again && answer.ok) history.pushState(null, "", answer.url);
  liven();
  (document.getElementById("trouble") ?? document.getElementById("case"))?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("desk:shown"));
}

/** Whether a form was refused because its session has ended since: a page that stayed open holds the old one's token. */
function isStale(answer, options) {
  return options.method === "POST" && answer.status === 403 && answer.headers.get("content-type")?.startsWith("text/plain");
}

/** Take over the token of the session that the same person has begun meanwhile; false where they have not. */
async function renew(form) {
  const answer = await fetch("/account", { headers: { "x-by-itself": "1" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.body.dataset.me !== document.body.dataset.me) return false;
  const token = page.querySelector("meta[name=csrf]").content;
  document.querySelector("meta[name=csrf]").content = token;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
  form.set("csrf", token);
  return true;
}

/** Why a form was refused: in words, whether they came as a page or as JSON. */
function reason(answer, text, page) {
  if (answer.status === 401) return document.body.dataset.ended;
  if (answer.headers.get("content-type")?.startsWith("application/json")) return JSON.parse(text).detail;
  return page.querySelector(".card p, body")?.textContent ?? "";
}

function show(page) {
  const scrolled = document.querySelector(".list-pane")?.scrollTop ?? 0;
  document.title = page.title;
  document.body.className = page.body.className;
  for (const selector of ["main", "#toasts"]) {
    document.querySelector(selector).replaceChildren(...page.querySelector(selector).childNodes);
  }
  const list = document.querySelector(".list-pane");
  if (list) list.scrollTop = scrolled;
  list?.querySelector(".current")?.scrollIntoView({ block: "nearest" });
  if (document.body.classList.contains("has-case")) scrollTo(0, 0);
}

/** A passing notice. */
export function say(words) {
  const toast = document.createElement("p");
  toast.className = "toast bad";
  toast.textContent = words;
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), 8000);
}
