// Installation as an application: the worker, and the browser's offer to install, kept until it is wanted.
let offer = null;
const listeners = new Set();

export function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/desk/sw.js", { scope: "/desk/" }).catch((error) => {
    console.info("The desktop cannot be installed here:", error.message);
  });
}

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
  listeners.forEach((tell) => tell(true));
});
window.addEventListener("appinstalled", () => {
  offer = null;
  listeners.forEach((tell) => tell(false));
});

/** Calls `tell(possible)` whenever installing becomes possible or not; returns how to stop. */
export function onInstallable(tell) {
  listeners.add(tell);
  tell(offer !== null);
  return () => listeners.delete(tell);
}

export async function install() {
  if (!offer) return;
  offer.prompt();
  await offer.userChoice;
  offer = null;
  listeners.forEach((tell) => tell(false));
}
