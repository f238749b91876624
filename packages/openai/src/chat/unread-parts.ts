/** Images, audio and files that a host reads none of: a meaning, refused before anything is sent. */
import type { Changes, Message } from "@polycall/core";
import type { HostRow, MediaPart } from "./host-row.ts";

const media: { readonly [type in MediaPart]: string } = {
  image_url: "images",
  input_audio: "audio",
  file: "files",
};

/** @throws UnsupportedParamsError naming the part */
export function refuseUnreadParts(
  messages: readonly Message[],
  { reads, label }: HostRow,
  changes: Changes,
): void {
  if (!reads) return;
  for (let at = 0; at < messages.length; at++) {
    const { content } = messages[at]!;
    if (!Array.isArray(content)) continue;
    for (const [index, { type }] of content.entries()) {
      if (!Object.hasOwn(media, type) || reads.includes(type as MediaPart)) continue;
      const param = `messages[${at}].content[${index}]`;
      const what = media[type as MediaPart];
      changes.refuse(
        param,
        `${label} reads no ${what} (${param} is of type ${type}).`,
        `Send text, or choose a provider that reads ${what}.`,
      );
    }
  }
}
