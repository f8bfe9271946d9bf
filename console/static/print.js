// A document: a button that prints it; opened from the pack station, it prints by itself and goes away.
(() => {
  const button = document.querySelector("#print");
  button.hidden = false;
  button.addEventListener("click", () => window.print());
  if (window.location.hash !== "#print") return;
  window.addEventListener("afterprint", () => window.close());
  window.print();
})();
