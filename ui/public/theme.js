// Runs before the first paint, as a file because the content policy forbids inline scripts: no flash of the wrong theme.
(function () {
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var taste = {};
    try {
      taste = JSON.parse(localStorage.getItem("spyglass.taste")) || {};
    } catch {
      // No storage: the system decides.
    }
    var root = document.documentElement;
    var dark = taste.theme === "dark" || (taste.theme !== "light" && system.matches);
    root.setAttribute("data-theme", dark ? "dark" : "light");
    root.setAttribute("data-density", taste.density === "compact" ? "compact" : "comfortable");
    root.setAttribute("data-motion", taste.reducedMotion === true ? "none" : "full");
    root.style.setProperty(
      "--code-size",
      taste.codeSize === "large" ? "0.875rem" : taste.codeSize === "small" ? "0.6875rem" : "0.75rem",
    );
  }
  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.addEventListener("spyglass:taste", apply);
})();
