// The chosen theme, before anything is painted. No choice: as the system has it.
"use strict";
try {
  const chosen = localStorage.getItem("busyhour.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing shows the system's theme.
}
