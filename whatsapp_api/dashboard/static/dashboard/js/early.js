// What is clicked before the page's scripts are there is done as soon as they are. A classic script: unfold loads it in the head.
{
  let redo = null;

  const keep = (event, again) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    redo = again;
  };
  const clicked = (event) => {
    const button = event.target.closest("button");
    if (button) keep(event, () => button.click());
  };
  const submitted = (event) => keep(event, () => event.target.requestSubmit(event.submitter));

  document.addEventListener("click", clicked, true);
  document.addEventListener("submit", submitted, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", clicked, true);
    document.removeEventListener("submit", submitted, true);
    setTimeout(() => redo?.());
  });
}
