// The REST API for this session. Every refusal becomes an ApiError whose message is fit to be shown.
import { leave } from "./_leave.js";
import { language, t } from "./_text.js";

let csrf = "";

export class ApiError extends Error {
  constructor(code, message, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export function rememberToken(token) {
  csrf = token;
}

async function request(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        "Accept-Language": language,
        ...(method === "GET" ? {} : { "X-CSRFToken": csrf }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError("offline", t("서버에 연결할 수 없습니다. 네트워크를 확인해 주세요."), 0);
  }
  if (answer.status === 401) {
    leave();
    throw new ApiError("not_authenticated", t("로그인이 필요합니다."), 401);
  }
  if (answer.status === 204) return null;
  const data = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new ApiError(data?.code ?? "error", data?.message ?? t("처리하지 못했습니다. 다시 시도해 주세요."), answer.status);
  }
  return data;
}

export const get = (path) => request("GET", path);
export const post = (path, body = {}) => request("POST", path, body);
export const put = (path, body) => request("PUT", path, body);
export const remove = (path) => request("DELETE", path);

/** A command of this agent, `POST /agent/<name>`. */
export const command = (name, args = {}) => post(`/agent/${name}`, args);

export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
