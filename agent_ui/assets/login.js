// The log-in page: keeps service name and ID if asked to (never the password), and installs the worker.
import { registerWorker } from "./_pwa.js";

const KEY = "sangdam-login";
const form = document.getElementById("login-form");
const remember = document.getElementById("remember");
const fields = ["service_name", "login"].map((name) => document.getElementById(name));

const kept = JSON.parse(localStorage.getItem(KEY) || "null");
if (kept) {
  remember.checked = true;
  for (const field of fields) field.value ||= kept[field.name] || "";
}
(fields.find((field) => !field.value) || document.getElementById("password")).focus();

form.addEventListener("submit", () => {
  if (remember.checked) {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
  } else {
    localStorage.removeItem(KEY);
  }
});
registerWorker();
