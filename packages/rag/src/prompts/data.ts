/** Text of others in a prompt: it stands between tags that it cannot close. */

/** `text`, in which none of the tags begins or ends. */
export function asData(text: string, ...tags: readonly string[]): string {
  if (tags.length === 0) return text;
  const names = tags.map((tag) => tag.replace(/[^\w-]/g, "")).join("|");
  return text.replace(new RegExp(`<(?=\\s*/?\\s*(?:${names})(?![\\w-]))`, "gi"), "&lt;");
}

/** `text` on lines of its own between a tag's beginning and its end. */
export function tagged(tag: string, text: string, attributes: Record<string, string> = {}): string {
  const said = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  return `<${tag}${said.join("")}>\n${asData(text, tag)}\n</${tag}>`;
}

/** ` name="value"`; the value cannot end itself. */
export const attribute = (name: string, value: string) =>
  ` ${name}="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;
