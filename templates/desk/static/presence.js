// Tells the others which case is before us, and whether we are writing. It lapses by itself when nothing more is said.

const AGAIN = 20_000; // ms; the server forgets after 45 s

let told = "";

/** Say it now, again from time to time, and whenever it changes. */
export function startPresence() {
  setInterval(() => tell(true), AGAIN);
  document.addEventListener("desk:shown", () => tell());
  document.addEventListener("visibilitychange", () => tell());
  document.addEventListener("input", (event) => { if (event.target.id === "text") tell(); });
  addEventListener("pagehide", () => send({ case: null, editing: false }));
  tell();
}

function tell(again = false) {
  const open = document.querySelector("#case")?.dataset.case;
  const text = document.querySelector("#text");
  const seen = open && document.visibilityState === "visible";
  const seat = { case: seen ? Number(open) : null, editing: Boolean(seen && text && text.value !== text.defaultValue) };
  const now = JSON.stringify(seat);
  if (now === told && !(again && seat.case)) return;
  told = now;
  send(seat);
}

function send(seat) {
  const headers = {
    "content-type": "application/json",
    "x-csrf-token": document.querySelector("meta[name=csrf]").content,
    "x-by-itself": "1",
  };
  // Who looks is a courtesy: where it can't be told, nothing is lost.
  fetch("/api/presence", { method: "PUT", headers, body: JSON.stringify(seat), keepalive: true }).catch(() => {});
}
