// What the page of 상담서비스 knows of the server, by source; views read it with useData and load it again after a change.
import { useEffect, useState } from "preact/hooks";
import { attempt, request, toast } from "./_island.js";

const SOURCES = {
  agents: "/agents", groups: "/groups", skills: "/skills", licences: "/licences", assignments: "/assignments",
  types: "/contact-types", reasons: "/break-reasons", settings: "/settings", address: "/settings/address",
};

/** Sources that a change of agents, groups, skills or assignments may touch. */
export const PEOPLE = ["agents", "groups", "skills", "licences", "assignments"];

let state = {};
const listeners = new Set();

export const read = () => state;

export function put(changes) {
  state = { ...state, ...changes };
  listeners.forEach((listener) => listener(state));
}

/** Load sources anew. Throws an ApiError. */
export async function load(...names) {
  const found = await Promise.all(names.map((name) => request("GET", SOURCES[name])));
  put(Object.fromEntries(names.map((name, index) => [name, found[index]])));
}

/** As `load`, but a failure is a toast. */
export const refresh = (...names) => attempt(() => load(...names));

/** A part of what is known; the view is drawn again when it changes. */
export function useData(select) {
  const [value, setValue] = useState(() => select(state));
  useEffect(() => {
    const listener = (now) => setValue(() => select(now));
    listeners.add(listener);
    listener(state);
    return () => listeners.delete(listener);
  }, []);
  return value;
}

const unsaved = new Set();
window.addEventListener("beforeunload", (event) => unsaved.size && event.preventDefault());

/** While `on`, the browser asks before it leaves the page. */
export function useUnsaved(name, on) {
  useEffect(() => {
    unsaved[on ? "add" : "delete"](name);
    return () => unsaved.delete(name);
  }, [on]);
}

/**
 * A form: what is in it, what is wrong with it by field, whether it is being sent.
 * `send(action)` runs `action(values)`; problems of fields are kept for them, other refusals become toasts.
 */
export function useForm(initial) {
  const [values, setValues] = useState(initial);
  const [problems, setProblems] = useState({});
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (Object.keys(problems).length) document.querySelector("[aria-invalid=true]")?.focus();
  }, [problems]);
  const change = (changes) => {
    setValues((before) => ({ ...before, ...changes }));
    setProblems((before) => {
      const left = Object.entries(before).filter(([where]) => !(where.split(".")[0] in changes));
      return left.length === Object.keys(before).length ? before : Object.fromEntries(left);
    });
  };
  const send = async (action) => {
    setBusy(true);
    setProblems({});
    try {
      return await action(values);
    } catch (error) {
      if (error.code === "check_fields") setProblems(problemsOf(error));
      else toast(error.message, "error");
      if (error.name !== "ApiError") console.error(error);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { values, change, reset: setValues, problems, setProblems, busy, send };
}

/** Where → words, of a refusal with problems. */
export const problemsOf = (error) =>
  Object.fromEntries((error.details?.problems ?? []).map((problem) => [problem.where, problem.message]));
