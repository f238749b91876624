/** Width and height of a picture from the head of its base64: PNG, GIF, JPEG, WebP. Pure. */

/** Enough of a picture to find its size in, unless a camera has put much before it. */
const headLength = 65_536;

/** @returns undefined where the head says none */
export function sizeOf(base64: string): { width: number; height: number } | undefined {
  let text: string;
  try {
    const head = base64.slice(0, headLength);
    text = atob(head.slice(0, head.length - (head.length % 4)));
  } catch {
    return undefined;
  }
  const size = png(text) ?? gif(text) ?? webp(text) ?? jpeg(text);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

const byte = (text: string, at: number) => text.charCodeAt(at);
const big16 = (text: string, at: number) => byte(text, at) * 256 + byte(text, at + 1);
const little16 = (text: string, at: number) => byte(text, at) + byte(text, at + 1) * 256;

function png(text: string) {
  if (!text.startsWith("\x89PNG") || text.length < 24) return undefined;
  const big32 = (at: number) => big16(text, at) * 65_536 + big16(text, at + 2);
  return { width: big32(16), height: big32(20) };
}

function gif(text: string) {
  if (!text.startsWith("GIF8") || text.length < 10) return undefined;
  return { width: little16(text, 6), height: little16(text, 8) };
}

function webp(text: string) {
  if (!text.startsWith("RIFF") || text.slice(8, 12) !== "WEBP" || text.length < 30)
    return undefined;
  const kind = text.slice(12, 16);
  if (kind === "VP8 ")
    return { width: little16(text, 26) % 16_384, height: little16(text, 28) % 16_384 };
  if (kind === "VP8X") {
    const little24 = (at: number) => little16(text, at) + byte(text, at + 2) * 65_536;
    return { width: little24(24) + 1, height: little24(27) + 1 };
  }
  if (kind !== "VP8L") return undefined;
  const bits = little16(text, 21) + little16(text, 23) * 65_536;
  return { width: (bits % 16_384) + 1, height: (Math.floor(bits / 16_384) % 16_384) + 1 };
}

/** The frame's header is the segment C0 to CF, but for C4, C8 and CC. */
function jpeg(text: string) {
  if (!text.startsWith("\xff\xd8")) return undefined;
  for (let at = 2; at + 9 < text.length; ) {
    if (byte(text, at) !== 0xff) return undefined;
    const marker = byte(text, at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: big16(text, at + 7), height: big16(text, at + 5) };
    const length = big16(text, at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}
