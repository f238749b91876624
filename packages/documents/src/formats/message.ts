/** A mail as Markdown, whatever file it came in. */
import type { ConvertContext, Markdown } from "../converter.ts";
import { htmlToMarkdown } from "./html.ts";
import { convertParts, type Part } from "./parts.ts";

export interface Message {
  from?: string | undefined;
  to?: string | undefined;
  cc?: string | undefined;
  subject?: string | undefined;
  date?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  attachments: Part[];
}

export async function messageMarkdown(
  message: Message,
  context: ConvertContext,
): Promise<Markdown> {
  const { from, to, cc, subject, date, text, html } = message;
  const head = Object.entries({ From: from, To: to, Cc: cc, Subject: subject, Date: date })
    .filter(([, value]) => value)
    .map(([name, value]) => `**${name}:** ${value!.replace(/\s+/g, " ")}`)
    .join("  \n");
  const body = html?.trim()
    ? htmlToMarkdown(html, { style: context.style }).markdown
    : (text ?? "").replace(/\r\n?/g, "\n");
  const { parts, warnings } = await convertParts(message.attachments, context);
  const blocks = [
    "# Email Message",
    head,
    body.trim() && `## Content\n\n${body.trim()}`,
    ...parts.map(({ name, markdown }) => `## Attachment: ${name}\n\n${markdown}`.trim()),
  ];
  return {
    markdown: `${blocks.filter(Boolean).join("\n\n")}\n`,
    ...(subject && { title: subject }),
    metadata: { ...(from && { from }), ...(to && { to }), ...(date && { date }) },
    warnings,
  };
}

/** `Maja <maja@bees.example>`. */
export function mailbox(name: string | undefined, address: string | undefined): string {
  const told = name?.trim();
  return told && address && told !== address ? `${told} <${address}>` : address || told || "";
}
