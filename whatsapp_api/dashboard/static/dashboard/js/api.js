// The REST API with the session cookie. Every refusal becomes an ApiError with the server's own sentence.
export class ApiError extends Error {
  constructor(message, code = "", status = 0, fields = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.fields = fields;
  }

  // What is wrong with one field, without the field's name.
  about(field) {
    return this.fields?.[field]?.[0];
  }
}

const UNREACHABLE = "The server cannot be reached. Check your connection, then try again.";
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

export async function request(method, url, { body, accept = "application/json" } = {}) {
  const headers = { Accept: accept };
  if (method !== "GET") headers["X-CSRFToken"] = token();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    response = await fetch(url, { method, headers, body: sent, cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new ApiError(UNREACHABLE, "unreachable");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function call(method, url, body) {
  const response = await request(method, url, { body });
  return response.status === 204 ? null : response.json();
}

async function refusal(response) {
  const fallback = `The server answered with error ${response.status}. Try again in a moment.`;
  try {
    const { error } = await response.json();
    return new ApiError(error.message || fallback, error.code, response.status, error.fields);
  } catch {
    return new ApiError(fallback, "", response.status);
  }
}
