// Makes the frame around every page usable by keyboard and screen reader. A classic script: unfold loads it in the head.

// Unfold asks for the system's theme only once, when a page loads.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (system) => {
  const chosen = JSON.parse(localStorage.getItem("adminTheme") ?? '"auto"');
  if (chosen === "auto") document.documentElement.classList.toggle("dark", system.matches);
});

document.addEventListener("DOMContentLoaded", () => {
  const LABELS = {
    dock_to_right: "Show or hide the menu",
    close: "Close the menu",
    unfold_more: "Your account and theme",
    forum: "Overview",
    search: "Search",
    arrow_back: "Back",
    add: "Add",
  };
  const ICON = ".material-symbols-outlined";

  // A control whose only content is an icon has no name.
  function name(control) {
    const icons = control.matches(ICON) ? [control] : [...control.querySelectorAll(ICON)];
    const words = icons.reduce((text, icon) => text.replace(icon.textContent, ""), control.textContent).trim();
    const label = LABELS[icons[0]?.textContent.trim()];
    const isAccount = label === LABELS.unfold_more;
    if (label && (!words || isAccount) && !control.ariaLabel) control.setAttribute("aria-label", label);
  }

  // Unfold has clickable spans where buttons should be.
  function asButton(element) {
    if (element.id === "changelist-filter-close") return;
    element.setAttribute("role", "button");
    element.tabIndex = 0;
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      element.click();
    });
  }

  function addSkipLink(target) {
    target.tabIndex = -1;
    const skip = document.createElement("a");
    skip.className = "wa-skip";
    skip.href = `#${target.id}`;
    skip.textContent = "Skip to the content";
    document.getElementById("page").prepend(skip);
  }

  document.querySelectorAll("span[x-on\\:click], div[x-on\\:click], a[x-on\\:click]:not([href])").forEach(asButton);
  document.querySelectorAll("a, button, [role=button]").forEach(name);
  // Icons are words in an icon font: a screen reader would read "keyboard_arrow_down" aloud.
  for (const icon of document.querySelectorAll(ICON)) {
    if (icon.getAttribute("role") !== "button") icon.setAttribute("aria-hidden", "true");
  }
  document.getElementById("main")?.setAttribute("role", "main");
  const content = document.getElementById("content");
  if (content) addSkipLink(content);
});
