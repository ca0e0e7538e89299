// Small repairs to the frame around every page. A classic script: unfold loads it before the modules.
document.addEventListener("DOMContentLoaded", () => {
  // Icons are words in an icon font: a screen reader would read "keyboard_arrow_down" aloud.
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    icon.setAttribute("aria-hidden", "true");
  }
  const main = document.getElementById("content");
  if (!main) return;
  main.tabIndex = -1;
  const skip = document.createElement("a");
  skip.className = "wa-skip";
  skip.href = "#content";
  skip.textContent = "Skip to the content";
  document.body.prepend(skip);
});
