/** Bytes of a text to a string, whatever its encoding. */

export interface DecodeHints {
  /** What a header or the user says. */
  charset?: string | undefined;
  /** What the text says of itself, given its start as Latin-1. */
  declared?: (start: string) => string | undefined;
}

/**
 * By the byte order mark, else UTF-8 where it is valid, else what is said of it, else what its bytes look like.
 * @returns the text without a byte order mark, and the encoding it was read as
 */
export async function decodeText(
  bytes: Uint8Array,
  { charset, declared }: DecodeHints = {},
): Promise<{ text: string; charset: string }> {
  const start = bytes.subarray(0, 4096);
  const certain = certainly(bytes);
  if (certain) return { text: new TextDecoder(certain).decode(bytes), charset: certain };
  const latin = new TextDecoder("latin1").decode(start);
  // ISO-2022-JP is valid UTF-8, too: ASCII, with escapes.
  const labels = latin.includes("\x1b$")
    ? ["iso-2022-jp", "utf-8"]
    : ["utf-8", charset, declared?.(latin)];
  for (const label of labels) {
    const text = label && attempt(bytes, label);
    if (label && text !== undefined) return { text, charset: new TextDecoder(label).encoding };
  }
  const label = await guess(bytes);
  return { text: new TextDecoder(label).decode(bytes), charset: label };
}

/** What HTML and XML say of themselves. */
export function declaredInMarkup(start: string): string | undefined {
  return (
    /^\s*<\?xml[^>]{0,200}\bencoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1] ??
    /<meta[^>]{0,300}\bcharset\s*=\s*["']?([\w.:-]+)/i.exec(start)?.[1]
  );
}

/** The Unicode encoding that a text's first bytes leave no doubt about. */
export function certainly(bytes: Uint8Array): string | undefined {
  return markOf(bytes) ?? wideOf(bytes.subarray(0, 4096));
}

function markOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** UTF-16 without its mark: every other byte of Western text and of markup is zero. */
function wideOf(start: Uint8Array): string | undefined {
  let even = 0;
  let odd = 0;
  for (let at = 0; at < start.length; at++) {
    if (start[at] === 0) at % 2 ? odd++ : even++;
  }
  const half = start.length / 2;
  if (start.length < 8) return undefined;
  if (odd > half * 0.6 && even < half * 0.1) return "utf-16le";
  if (even > half * 0.6 && odd < half * 0.1) return "utf-16be";
  return undefined;
}

function attempt(bytes: Uint8Array, label: string): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

interface EastAsian {
  label: string;
  /** Whether a two-byte character is one that people use daily: the standards put those first. */
  common(lead: number, trail: number): boolean;
  /** Bytes that are a character alone, though above ASCII. */
  single?(byte: number): boolean;
  /** Needs a kana: else it could be anything. */
  kana?(lead: number): boolean;
}

/** Where two fit as well, the narrower stands first. */
const eastAsian: readonly EastAsian[] = [
  {
    label: "euc-jp",
    common: (lead) =>
      lead === 0xa1 || lead === 0xa4 || lead === 0xa5 || (lead >= 0xb0 && lead <= 0xcf),
    kana: (lead) => lead === 0xa4 || lead === 0xa5,
  },
  {
    label: "euc-kr",
    common: (lead, trail) =>
      trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xc8) || lead === 0xa1 || lead === 0xa3),
  },
  {
    label: "shift_jis",
    common: (lead) => (lead >= 0x81 && lead <= 0x83) || (lead >= 0x88 && lead <= 0x97),
    single: (byte) => byte >= 0xa1 && byte <= 0xdf,
  },
  {
    label: "gb18030",
    common: (lead, trail) =>
      trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || lead === 0xa1 || lead === 0xa3),
  },
  { label: "big5", common: (lead) => lead >= 0xa1 && lead <= 0xc6 },
];

/**
 * East Asian encodings accept each other's bytes, but not as characters that anyone uses: that tells them apart,
 * and from Western ones, even in a text of a line. chardet, which counts, knows the others.
 */
async function guess(bytes: Uint8Array): Promise<string> {
  const sample = bytes.subarray(0, 200_000);
  let best: { label: string; share: number } | undefined;
  for (const encoding of eastAsian) {
    // Cut anywhere, the sample may end within a character.
    if (
      attempt(sample, encoding.label) === undefined &&
      attempt(bytes, encoding.label) === undefined
    )
      continue;
    const share = commonShare(sample, encoding);
    if (share > (best?.share ?? 0.7) + 0.02) best = { label: encoding.label, share };
  }
  if (best) return best.label;
  const { analyse } = await import("chardet");
  for (const { name } of analyse(sample)) {
    if (/^(?:utf|ascii|shift|euc|gb|big5)/i.test(name)) continue;
    try {
      return new TextDecoder(name).encoding;
    } catch {}
  }
  return "windows-1252";
}

function commonShare(bytes: Uint8Array, { common, single, kana }: EastAsian): number {
  let pairs = 0;
  let used = 0;
  let withKana = !kana;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at]!;
    if (lead < 0x80) continue;
    pairs++;
    if (single?.(lead)) continue;
    at++;
    if (common(lead, bytes[at] ?? 0)) used++;
    if (kana?.(lead)) withKana = true;
  }
  return withKana && used >= 2 ? used / pairs : 0;
}
