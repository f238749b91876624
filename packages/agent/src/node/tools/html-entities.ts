/** HTML's character references, the named ones that pages use, as characters. */

/** U+00A0 to U+00FF, in order. */
const latin1 =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 " +
  "acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml " +
  "Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde " +
  "Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig " +
  "ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide " +
  "oslash ugrave uacute ucirc uuml yacute thorn yuml";

const named = new Map<string, string>([
  ...latin1.split(" ").map((name, at) => [name, String.fromCharCode(160 + at)] as const),
  ...Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    hellip: "…",
    mdash: "—",
    ndash: "–",
    lsquo: "‘",
    rsquo: "’",
    sbquo: "‚",
    ldquo: "“",
    rdquo: "”",
    bdquo: "„",
    lsaquo: "‹",
    rsaquo: "›",
    bull: "•",
    trade: "™",
    euro: "€",
    larr: "←",
    uarr: "↑",
    rarr: "→",
    darr: "↓",
    harr: "↔",
    rArr: "⇒",
    minus: "−",
    le: "≤",
    ge: "≥",
    ne: "≠",
    asymp: "≈",
    infin: "∞",
    radic: "√",
    sum: "∑",
    check: "✓",
    star: "☆",
    ensp: " ",
    emsp: " ",
    thinsp: " ",
    zwnj: "",
    zwj: "",
    lrm: "",
    rlm: "",
    oelig: "œ",
    OElig: "Œ",
    scaron: "š",
    Scaron: "Š",
    alpha: "α",
    beta: "β",
    gamma: "γ",
    delta: "δ",
    Delta: "Δ",
    lambda: "λ",
    mu: "μ",
    pi: "π",
    sigma: "σ",
    Sigma: "Σ",
    omega: "ω",
    Omega: "Ω",
    num: "#",
    lpar: "(",
    rpar: ")",
    lsqb: "[",
    rsqb: "]",
    colon: ":",
    semi: ";",
    comma: ",",
    period: ".",
    excl: "!",
    quest: "?",
    sol: "/",
    bsol: "\\",
    ast: "*",
    plus: "+",
    equals: "=",
    commat: "@",
    dollar: "$",
    percnt: "%",
    lowbar: "_",
    vert: "|",
    NewLine: "\n",
    Tab: "\t",
  }),
]);

/** An unknown name stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#[xX]([0-9a-fA-F]{1,8})|#(\d{1,8})|([A-Za-z][A-Za-z0-9]{1,31}));/g,
    (whole, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return named.get(name) ?? whole;
      return character(hex === undefined ? Number(digits) : Number.parseInt(hex, 16));
    },
  );
}

const windows1252 = new TextDecoder("windows-1252");

function character(code: number): string {
  // HTML reads 128 to 159 as Windows does: &#146; is an apostrophe.
  if (code >= 128 && code < 160) return windows1252.decode(Uint8Array.of(code));
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return "\ufffd";
  return String.fromCodePoint(code);
}
