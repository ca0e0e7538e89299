// Something drawn anew between press and release would never hear of the click: it waits for the release.
const LONGEST = 60_000; // a menu of the system may swallow the release
let press = Promise.resolve();

window.addEventListener(
  "pointerdown",
  () => {
    press = new Promise((done) => {
      for (const end of ["pointerup", "pointercancel", "contextmenu"]) window.addEventListener(end, () => setTimeout(done), { once: true });
      setTimeout(done, LONGEST);
    });
  },
  { capture: true },
);

export const released = () => press;
