// Makes the frame around every page usable by keyboard and screen reader. A classic script: unfold loads it in the head.
document.addEventListener("DOMContentLoaded", () => {
  const LABELS = { dock_to_right: "Show or hide the menu", close: "Close the menu", unfold_more: "Your account and theme" };

  // Unfold has clickable spans where buttons should be.
  function asButton(element) {
    if (element.id === "changelist-filter-close") return;
    element.setAttribute("role", "button");
    element.tabIndex = 0;
    const name = element.querySelector(".material-symbols-outlined")?.textContent.trim() ?? element.textContent.trim();
    const label = LABELS[element.classList.contains("material-symbols-outlined") ? element.textContent.trim() : name];
    if (label) element.setAttribute("aria-label", label);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      element.click();
    });
  }

  function addSkipLink(main) {
    main.tabIndex = -1;
    const skip = document.createElement("a");
    skip.className = "wa-skip";
    skip.href = `#${main.id}`;
    skip.textContent = "Skip to the content";
    document.body.prepend(skip);
  }

  // Icons are words in an icon font: a screen reader would read "keyboard_arrow_down" aloud.
  for (const icon of document.querySelectorAll(".material-symbols-outlined")) {
    if (!icon.hasAttribute("x-on:click")) icon.setAttribute("aria-hidden", "true");
  }
  document.querySelectorAll("span[x-on\\:click], div[x-on\\:click], a[x-on\\:click]:not([href])").forEach(asButton);
  const main = document.getElementById("content");
  if (main) addSkipLink(main);
});
