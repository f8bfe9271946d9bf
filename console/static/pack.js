// The pack station: a scanner types and presses Enter. Goods are counted, commands are the answers' names.
(() => {
  const scan = document.querySelector("#scan");
  if (!scan) return;
  const station = document.querySelector("[data-station]");
  const commands = new Map([...document.querySelectorAll("[data-command]")].map((form) => [form.dataset.command, form]));
  const same = (one, other) => one.toUpperCase() === other.toUpperCase();
  scan.focus();
  // What is typed anywhere else on the page belongs in its own field; everything else is the scanner's.
  document.addEventListener("keydown", (event) => {
    const elsewhere = event.target.matches("input, textarea, select, button, a, summary");
    if (!elsewhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) scan.focus();
  }, true);

  if (!station) {
    scan.form.addEventListener("submit", (event) => {
      const command = commands.get(scan.value.trim().toUpperCase());
      if (command) { event.preventDefault(); command.requestSubmit(); }
    });
    return;
  }

  const said = document.querySelector("#said");
  const rows = [...document.querySelectorAll("[data-sku]")];
  const key = `pack ${station.dataset.station}`;
  const counts = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  const had = (row) => counts[row.dataset.sku] ?? 0;
  const left = (row) => Number(row.dataset.many) - had(row);
  let stopped = false;
  let sure = "";

  const show = () => rows.forEach((row) => {
    row.querySelector(".scanned").textContent = had(row);
    row.classList.toggle("whole-line", left(row) === 0);
  });
  const say = (words, tone = "") => { said.textContent = words; said.className = `said ${tone}`; };
  const beep = () => {
    const sound = new (window.AudioContext ?? window.webkitAudioContext)();
    const tone = sound.createOscillator();
    tone.type = "square";
    tone.frequency.value = 220;
    tone.connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.35);
    tone.onended = () => sound.close();
  };
  const wrong = (words) => { say(words, "bad"); beep(); };
  const empty = (form) => [...form.querySelectorAll("[data-typed]")].find((field) => !field.value);
  const send = (form) => { sessionStorage.removeItem(key); form.requestSubmit(); };

  const count = (row) => {
    if (left(row) === 0) return wrong(`All of ${row.dataset.sku} are in already. Put this one back.`);
    counts[row.dataset.sku] = had(row) + 1;
    sessionStorage.setItem(key, JSON.stringify(counts));
    show();
    const rest = rows.filter((each) => left(each) > 0);
    if (rest.length) return say(`${row.dataset.sku}: ${had(row)} of ${row.dataset.many}.`);
    const field = [...commands.values()].filter((form) => form.dataset.whole).map(empty).find(Boolean);
    return say(field ? `All in. Scan or type: ${field.dataset.typed.toLowerCase()}.` : "All in.", "good");
  };
  const finish = (name, form) => {
    const missing = rows.filter((row) => left(row) > 0);
    if (form.dataset.whole && missing.length) {
      return wrong(`Not scanned yet: ${missing.map((row) => `${left(row)} ${row.dataset.sku}`).join(", ")}.`);
    }
    const fields = [...form.querySelectorAll("[data-missing]")];
    if (fields.length) {
      if (!missing.length) return wrong("Nothing is missing: all goods are scanned.");
      missing.forEach((row) => { fields.find((each) => each.dataset.missing === row.dataset.sku).value = left(row); });
      if (sure !== name) {
        sure = name;
        return say(`Missing: ${missing.map((row) => `${left(row)} ${row.dataset.sku}`).join(", ")}. Scan ${name} again if that is so.`, "care");
      }
    }
    const field = empty(form);
    if (field) return wrong(`Scan or type first: ${field.dataset.typed.toLowerCase()}.`);
    return send(form);
  };
  const take = (code) => {
    const command = code.toUpperCase();
    if (stopped) {
      if (command !== "OK") return wrong("Put the wrong one back, then scan OK.");
      stopped = false;
      return say("Go on.");
    }
    const row = rows.find((each) => same(each.dataset.sku, code));
    if (row) { sure = ""; return count(row); }
    const form = commands.get(command);
    if (form) return form.dataset.atOnce ? form.requestSubmit() : finish(command, form);
    const field = [...commands.values()].filter((each) => each.dataset.whole).map(empty).find(Boolean);
    if (field && /^\d+([.,]\d+)?$/.test(code)) { field.value = code; return say(`${field.dataset.typed}: ${code}.`, "good"); }
    stopped = true;
    return wrong(`${code} is not in this parcel. Put it back, then scan OK.`);
  };
  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const code = scan.value.trim();
    scan.value = "";
    if (code) take(code);
  });
  station.hidden = false;
  scan.focus();
  show();
})();
