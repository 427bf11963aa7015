// What is typed is kept by itself: in this browser at once, on the server at each pause. It is no draft before "Save".

const PAUSE = 800;
const AGAIN = 5000;
const clock = new Intl.DateTimeFormat(document.documentElement.lang || "en", { hour: "2-digit", minute: "2-digit" });
let open = null;

/** Keep what is typed in the editor of the case that is open, and bring back what only this browser has. */
export function startUnsaved(form) {
  if (form && open?.form === form) return;
  open?.leave();
  open = form ? new Keeper(form) : null;
}

/** At a sign-out nothing of a person's words stays in this browser. */
export function forgetAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(prefix())) localStorage.removeItem(name);
}

const prefix = () => `unsaved ${document.body.dataset.me} `;

class Keeper {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("textarea");
    this.told = form.querySelector("#saved");
    this.place = prefix() + form.dataset.case;
    this.follows = form.dataset.kept;
    this.draft = form.elements.hash.value;
    this.timer = 0;
    this.open = this.asking = this.decided = false;
    this.stopped = new AbortController();
    const listen = (on, name, act) => on.addEventListener(name, act, { signal: this.stopped.signal });
    listen(this.text, "input", () => this.typed());
    listen(this.text, "blur", () => this.save());
    listen(document, "visibilitychange", () => document.hidden && this.save({ leaving: true }));
    listen(window, "pagehide", () => this.save({ leaving: true }));
    listen(form, "submit", () => this.sent());
    this.restore();
  }

  /** What is sent with a decision is recorded there; a late save would bring it back as unrecorded. */
  sent() {
    clearTimeout(this.timer);
    this.open = false;
    this.decided = true;
  }

  leave() {
    clearTimeout(this.timer);
    this.stopped.abort();
    if (this.decided && !document.getElementById("trouble")) localStorage.removeItem(this.place);
  }

  /** What this browser has and the server has not: from a crash, or from a time without a line. */
  restore() {
    const left = localStorage.getItem(this.place);
    if (left === null) return;
    if (left === this.text.value) return localStorage.removeItem(this.place);
    this.text.value = left;
    this.text.dispatchEvent(new Event("input"));
    this.say(this.form.dataset.restored);
  }

  typed() {
    this.open = true;
    this.decided = false;
    localStorage.setItem(this.place, this.text.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save({ leaving = false } = {}) {
    clearTimeout(this.timer);
    if (!this.open || (this.asking && !leaving)) return;
    const text = this.text.value;
    this.asking = true;
    let answer;
    try {
      answer = await fetch(`/api/unsaved/${this.form.dataset.case}`, {
        method: "PUT",
        keepalive: leaving,
        headers: { "content-type": "application/json", "x-csrf-token": this.form.elements.csrf.value },
        body: JSON.stringify({ text, draft: this.draft, follows: this.follows }),
      });
    } catch {
      answer = null;
    } finally {
      this.asking = false;
    }
    if (this.stopped.signal.aborted || !this.open) return;
    if (answer?.ok) this.kept(text, (await answer.json()).hash);
    else if (answer?.status === 409 && answer.headers.get("content-type")?.startsWith("application/json")) this.differ((await answer.json()).stands);
    else this.wait();
  }

  kept(text, hash) {
    this.follows = hash;
    this.say(this.form.dataset.saved.replace("{time}", clock.format(new Date())));
    if (text !== this.text.value) return this.typed();
    this.open = false;
    localStorage.removeItem(this.place);
  }

  /** No line, or no session: this browser has the words, and they are tried again. */
  wait() {
    this.say(this.form.dataset.unsaved);
    this.timer = setTimeout(() => this.save(), AGAIN);
  }

  /** Another window of the same person has kept other words: both are there, and the person chooses. */
  differ(stands) {
    if (!stands) return this.wait();
    this.open = false;
    const box = document.getElementById("two-texts");
    box.querySelector(".words").textContent = stands.text;
    box.hidden = false;
    const choose = (name, act) => { box.querySelector(`[data-choose=${name}]`).onclick = () => { box.hidden = true; this.follows = stands.hash; act(); this.text.focus(); }; };
    choose("mine", () => this.typed());
    choose("theirs", () => { this.text.value = stands.text; localStorage.removeItem(this.place); this.text.dispatchEvent(new Event("input")); });
  }

  say(words) {
    if (this.told.textContent !== words) this.told.textContent = words;
  }
}
