// A request as a command line that can be pasted into a shell.
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function curl({ url, headers = {}, body = "" }, method = "POST") {
  const parts = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  if (body) parts.push(`--data-raw ${quoted(body)}`);
  return ["curl", "-X", method, quoted(url), ...parts].join(" ");
}

export async function copy(text) {
  await navigator.clipboard.writeText(text);
}
