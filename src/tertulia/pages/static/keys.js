// Keys that only add: j and k go through rows and posts, o opens, r replies, / searches, ? says so. Pages work without.
const items = [...document.querySelectorAll(".row, .post")];
let at = -1;

function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function go(step) {
  if (items.length === 0) return;
  if (at < 0) at = items.findIndex((item) => item.getBoundingClientRect().bottom > 80) - (step > 0 ? 1 : 0);
  items.forEach((item) => item.classList.remove("at"));
  at = Math.min(Math.max(at + step, 0), items.length - 1);
  const item = items[at];
  item.classList.add("at");
  const link = item.querySelector("h2 > a, h3 > a");
  if (link) {
    link.focus({ preventScroll: true });
  } else {
    item.tabIndex = -1;
    item.focus({ preventScroll: true });
  }
  item.scrollIntoView({ block: item.matches(".post") ? "start" : "nearest" });
}

function reply() {
  const own = at >= 0 ? items[at].querySelector("[data-reply]") : null;
  const field = document.querySelector('[data-key="r"]');
  if (own) own.click();
  else if (field) field.focus();
}

function help() {
  const details = document.querySelector('[data-key="?"]');
  if (!details) return;
  details.open = !details.open;
  details.querySelector("summary").focus();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  o: () => document.querySelector(".at h2 > a, .at h3 > a")?.click(),
  r: reply,
  "/": () => document.querySelector('[data-key="/"]')?.focus(),
  "?": help,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// A form is sent with Ctrl and Enter too, and a secret is selected whole.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.target.form?.requestSubmit();
  }
});
const secret = document.querySelector(".secret");
secret?.addEventListener("focus", () => secret.select());
secret?.select();
