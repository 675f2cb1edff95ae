// The REST API for this session. `request` throws an ApiError that is fit to be shown; `api` shows it itself.
import { toast } from "./_island_notes.js";
import { language, t } from "./_text.js";

const csrf = document.querySelector("meta[name=csrf-token]")?.content ?? "";

export class ApiError extends Error {
  /** `status` 0: the server was not reached. `details.problems` (422): [{where, code, message}]. */
  constructor(code, message, status, details = {}) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

const offline = () => new ApiError("offline", t("서버에 연결할 수 없습니다. 네트워크를 확인해 주세요."), 0);

function refusal(status, data) {
  if (status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  return new ApiError(data?.code ?? "error", data?.message ?? t("처리하지 못했습니다. 다시 시도해 주세요."), status, data?.details ?? {});
}

/**
 * `body`: plain data (sent as JSON) or FormData. `as: "blob"` for sounds and files. `keepalive`: it goes on when the
 * page is left (64 KB at most). Null for 204.
 */
export async function request(method, path, body, { as = "json", signal, keepalive = false } = {}) {
  const form = body instanceof FormData;
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      signal,
      keepalive,
      headers: {
        "Accept-Language": language,
        ...(method === "GET" ? {} : { "X-CSRFToken": csrf }),
        ...(body === undefined || form ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined || form ? body : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw offline();
  }
  if (!answer.ok) throw refusal(answer.status, await answer.json().catch(() => null));
  if (answer.status === 204) return null;
  return as === "blob" ? answer.blob() : answer.json();
}

/** Run something that talks to the server; a refusal is shown as a toast. Undefined when refused. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    if (error.name !== "ApiError") console.error(error);
    toast(error.message, "error");
    return undefined;
  }
}

/** As `request`, but a refusal becomes a toast with the server's words, and the answer is undefined. */
export const api = (method, path, body, options) => attempt(() => request(method, path, body, options));

/** POST a file (field `file`) and other fields; `onProgress(0…1)`. Throws an ApiError. */
export function upload(path, file, { fields = {}, onProgress, name = "file" } = {}) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [key, value] of Object.entries(fields)) form.append(key, value);
    form.append(name, file, file.name);
    const sending = new XMLHttpRequest();
    sending.open("POST", `/api/v1${path}`);
    sending.responseType = "json";
    sending.setRequestHeader("X-CSRFToken", csrf);
    sending.setRequestHeader("Accept-Language", language);
    sending.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    sending.onerror = () => reject(offline());
    sending.onload = () => (sending.status < 300 ? resolve(sending.response) : reject(refusal(sending.status, sending.response)));
    sending.send(form);
  });
}
