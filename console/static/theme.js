// Before anything is drawn: light or dark as this person chose here, else as their machine says.
(() => {
  const order = ["auto", "light", "dark"];
  const root = document.documentElement;
  const stored = () => {
    try { return localStorage.getItem("theme") || "auto"; } catch { return "auto"; }
  };
  const show = (theme) => {
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
  };
  show(stored());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    const label = (theme) => button.setAttribute("aria-label", `Light or dark: ${theme === "auto" ? "as the machine" : theme}`);
    button.hidden = false;
    label(stored());
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(stored()) + 1) % order.length];
      try { localStorage.setItem("theme", next); } catch { /* it lasts until the next page */ }
      show(next);
      label(next);
    });
  });
})();
