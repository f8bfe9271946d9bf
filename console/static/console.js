// What pages do beyond links and forms: live parts, keys, one click is one click.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fresh = $("#fresh");

  // A form that somebody is filling in is not swapped under their hands.
  const busy = (part) => {
    const field = document.activeElement;
    if (field && part.contains(field) && field.matches("input:not([type=checkbox]), textarea, select")) return true;
    return all("details[open]", part).length > 0 || all("input:checked", part).length > 0 ||
      all("textarea, input:not([type=hidden]):not([type=checkbox])", part).some((each) => each.value !== each.defaultValue);
  };
  const look = (force) => {
    const parts = all("[hx-trigger='changed']");
    const held = parts.some(busy) && !force;
    fresh.hidden = !held;
    if (!held) parts.forEach((part) => part.dispatchEvent(new CustomEvent("changed")));
  };
  $("button", fresh).addEventListener("click", () => look(true));

  // Word from the server; while nobody looks at the page, nobody listens.
  let source = null;
  let beat = document.body.dataset.beat;
  const listen = () => {
    const url = document.body.dataset.live;
    if (!url || !window.EventSource) return;
    if (document.hidden) { source?.close(); source = null; return; }
    if (source) return;
    source = new EventSource(`${url}?since=${encodeURIComponent(beat)}`);
    source.addEventListener("changed", (event) => { beat = event.data; look(false); });
    source.addEventListener("ended", () => { source.close(); location.reload(); });
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => source?.close());
  listen();

  // One click is one click; a page that comes back out of the browser's memory can be sent again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method !== "post") return;
    form.dataset.sent = "1";
    all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("button", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  // On a telephone the pages stand in one line: the one that is shown is seen.
  const nav = $(".nav");
  const here = nav && $("[aria-current]", nav);
  if (here) nav.scrollLeft = here.offsetLeft + here.offsetWidth - nav.clientWidth + 40;

  // Keys, for those whose hands stay where they are.
  const rows = () => all("[data-row]");
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1);
    $("a", list[next])?.focus();
  };
  const answer = (n) => {
    const form = $(`[data-answer='${n}']`);
    if (!form) return;
    const empty = all("input:not([type=hidden]), textarea, select", form).find((each) => !each.value);
    if (empty) empty.focus(); else $("button", form).focus();
  };
  const go = { i: "/inbox", o: "/orders", e: "/incidents" };
  let going = false;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (going && go[event.key]) { location.assign(go[event.key]); return; }
    going = event.key === "g";
    if (event.key === "/" && $("#find")) { event.preventDefault(); $("#find").focus(); }
    else if (event.key === "?") $("#keys").showModal();
    else if (event.key === "n" && $("#next")) $("#next").click();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (/^[1-9]$/.test(event.key)) { event.preventDefault(); answer(event.key); }
  });
})();
