/** Word's equations (OMML) as LaTeX. Source: ECMA-376 part 1, 22.1. */
import { child, elements, textOf, type XmlElement } from "./xml.ts";

/** What stands for a character outside LaTeX's ASCII. */
const symbols: Record<string, string> = {
  ...{ α: "\\alpha", β: "\\beta", γ: "\\gamma", δ: "\\delta", ε: "\\epsilon", ζ: "\\zeta" },
  ...{ η: "\\eta", θ: "\\theta", ι: "\\iota", κ: "\\kappa", λ: "\\lambda", μ: "\\mu", ν: "\\nu" },
  ...{ ξ: "\\xi", π: "\\pi", ρ: "\\rho", σ: "\\sigma", ς: "\\varsigma", τ: "\\tau" },
  ...{ υ: "\\upsilon", φ: "\\varphi", χ: "\\chi", ψ: "\\psi", ω: "\\omega", ϕ: "\\phi" },
  ...{ ϵ: "\\epsilon", ϑ: "\\vartheta", Γ: "\\Gamma", Δ: "\\Delta", Θ: "\\Theta", Λ: "\\Lambda" },
  ...{ Ξ: "\\Xi", Π: "\\Pi", Σ: "\\Sigma", Φ: "\\Phi", Ψ: "\\Psi", Ω: "\\Omega", Υ: "\\Upsilon" },
  ...{ "±": "\\pm", "∓": "\\mp", "×": "\\times", "÷": "\\div", "·": "\\cdot", "⋅": "\\cdot" },
  ...{ "∗": "*", "−": "-", "∘": "\\circ", "⊕": "\\oplus", "⊗": "\\otimes", "∧": "\\wedge" },
  ...{ "∨": "\\vee", "¬": "\\neg", "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "≈": "\\approx" },
  ...{ "≡": "\\equiv", "∼": "\\sim", "≃": "\\simeq", "≅": "\\cong", "∝": "\\propto", "≪": "\\ll" },
  ...{ "≫": "\\gg", "∈": "\\in", "∉": "\\notin", "∋": "\\ni", "⊂": "\\subset", "⊆": "\\subseteq" },
  ...{ "⊃": "\\supset", "⊇": "\\supseteq", "∪": "\\cup", "∩": "\\cap", "∅": "\\emptyset" },
  ...{ "∀": "\\forall", "∃": "\\exists", "∂": "\\partial", "∇": "\\nabla", "∞": "\\infty" },
  ...{ "→": "\\to", "←": "\\leftarrow", "↔": "\\leftrightarrow", "⇒": "\\Rightarrow" },
  ...{ "⇐": "\\Leftarrow", "⇔": "\\Leftrightarrow", "↦": "\\mapsto", "…": "\\ldots" },
  ...{
    "⋯": "\\cdots",
    "⋮": "\\vdots",
    "⋱": "\\ddots",
    "∑": "\\sum",
    "∏": "\\prod",
    "∐": "\\coprod",
  },
  ...{ "∫": "\\int", "∬": "\\iint", "∭": "\\iiint", "∮": "\\oint", "⋃": "\\bigcup" },
  ...{ "⋂": "\\bigcap", "⋁": "\\bigvee", "⋀": "\\bigwedge", "√": "\\surd", "°": "^{\\circ}" },
  ...{ "′": "'", "″": "''", ℏ: "\\hbar", ℓ: "\\ell", ℵ: "\\aleph", ℜ: "\\Re", ℑ: "\\Im" },
  ...{ "⟂": "\\perp", "∥": "\\parallel", "∠": "\\angle", "⟨": "\\langle", "⟩": "\\rangle" },
  ...{ "〈": "\\langle", "〉": "\\rangle", "⌊": "\\lfloor", "⌋": "\\rfloor", "⌈": "\\lceil" },
  ...{ "⌉": "\\rceil", "‖": "\\|", "∣": "\\mid", ℝ: "\\mathbb{R}", ℕ: "\\mathbb{N}" },
  ...{ ℤ: "\\mathbb{Z}", ℚ: "\\mathbb{Q}", ℂ: "\\mathbb{C}", ℙ: "\\mathbb{P}" },
  ...{ "{": "\\{", "}": "\\}", "%": "\\%", "#": "\\#", "&": "\\&", $: "\\$", _: "\\_" },
  ...{
    "\\": "\\backslash ",
    "^": "\\hat{}",
    "~": "\\sim",
    "\u2061": "",
    "\u2062": "",
    "\u200b": "",
  },
};

const accents: Record<string, string> = {
  ...{ "\u0302": "\\hat", "^": "\\hat", "\u0303": "\\tilde", "~": "\\tilde", "\u0304": "\\bar" },
  ...{ "\u0305": "\\overline", "¯": "\\bar", "\u0307": "\\dot", "\u0308": "\\ddot" },
  ...{ "\u20db": "\\dddot", "\u20d7": "\\vec", "→": "\\vec", "\u030c": "\\check" },
  ...{ "\u0306": "\\breve", "\u0301": "\\acute", "\u0300": "\\grave", "\u20d6": "\\overleftarrow" },
  ...{ "\u20e1": "\\overleftrightarrow", "\u030a": "\\mathring" },
};

const functions =
  /^(?:sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|sinh|cosh|tanh|log|ln|lg|exp|lim|max|min|sup|inf|det|dim|ker|deg|gcd|arg|Pr|hom)$/;

const scripts: Record<string, string> = {
  "double-struck": "mathbb",
  script: "mathcal",
  fraktur: "mathfrak",
  "sans-serif": "mathsf",
  monospace: "mathtt",
};

/** An `oMath` or `oMathPara` as LaTeX, without the dollars around it. */
export function ommlToLatex(element: XmlElement): string {
  return all(element)
    .replace(/[ \t\n]+/g, " ")
    .trim();
}

function all(of: XmlElement | undefined): string {
  let latex = "";
  for (const one of elements(of)) latex = joined(latex, convert(one));
  return latex;
}

/** A command's name ends before a letter. */
function joined(before: string, after: string): string {
  return /\\[a-zA-Z]+$/.test(before) && /^[a-zA-Z]/.test(after)
    ? `${before} ${after}`
    : before + after;
}

function convert(element: XmlElement): string {
  const kind = kinds[element.name];
  if (kind) return kind(element);
  // Properties say how it looks; other things may hold mathematics.
  return /Pr$|^(?:bookmark|proofErr|comment)/.test(element.name) ? "" : all(element);
}

const property = (of: XmlElement, name: string): string | undefined =>
  child(of, `${of.name}Pr`, name)?.attributes["m:val"] ??
  (child(of, `${of.name}Pr`, name) &&
    Object.values(child(of, `${of.name}Pr`, name)!.attributes)[0]);
const has = (of: XmlElement, name: string): boolean => {
  const found = child(of, `${of.name}Pr`, name);
  return (
    found !== undefined && !/^(?:0|off|false)$/.test(Object.values(found.attributes)[0] ?? "on")
  );
};
const part = (of: XmlElement, name: string): string => all(child(of, name)).trim();
const braced = (of: XmlElement, name: string): string => `{${part(of, name)}}`;

/** What a script is put on: one sign needs no braces. */
const base = (of: XmlElement): string => {
  const latex = part(of, "e");
  return /^(?:.|\\[a-zA-Z]+)$/su.test(latex) ? latex : `{${latex}}`;
};

const kinds: Record<string, (of: XmlElement) => string> = {
  r: run,
  f(of) {
    const type = property(of, "type");
    if (type === "lin") return `${part(of, "num")}/${part(of, "den")}`;
    if (type === "noBar") return `\\binom${braced(of, "num")}${braced(of, "den")}`;
    return `\\frac${braced(of, "num")}${braced(of, "den")}`;
  },
  sSup: (of) => `${base(of)}^${braced(of, "sup")}`,
  sSub: (of) => `${base(of)}_${braced(of, "sub")}`,
  sSubSup: (of) => `${base(of)}_${braced(of, "sub")}^${braced(of, "sup")}`,
  sPre: (of) => `{}_${braced(of, "sub")}^${braced(of, "sup")}${base(of)}`,
  rad(of) {
    const degree = has(of, "degHide") ? "" : part(of, "deg");
    return `\\sqrt${degree && `[${degree}]`}${braced(of, "e")}`;
  },
  nary(of) {
    const sign = property(of, "chr") ?? "∫";
    const limits = property(of, "limLoc") === "undOvr" && /[∫∬∭∮]/.test(sign) ? "\\limits" : "";
    const sub = has(of, "subHide") ? "" : part(of, "sub");
    const sup = has(of, "supHide") ? "" : part(of, "sup");
    const scripts = `${sub && `_{${sub}}`}${sup && `^{${sup}}`}`;
    const head = `${text(sign)}${limits}${scripts}`;
    const body = part(of, "e");
    return body ? `${head} ${body}` : head;
  },
  d(of) {
    const fence = (name: string, usual: string) => {
      const sign = property(of, name) ?? usual;
      return sign === "" ? "." : text(sign);
    };
    const parts = elements(of, "e").map((one) => all(one).trim());
    const separator = property(of, "sepChr") ?? "|";
    const left = joined(`\\left${fence("begChr", "(")}`, "");
    return `${left}${/[a-zA-Z]$/.test(left) ? " " : ""}${parts.join(separator === "|" ? "\\middle|" : text(separator))}\\right${fence("endChr", ")")}`;
  },
  func(of) {
    const name = part(of, "fName");
    return joined(
      functions.test(name) ? `\\${name}` : name,
      `${part(of, "e")}`.replace(/^(?=[\w])/, " "),
    );
  },
  limLow(of) {
    const what = part(of, "e");
    const under = braced(of, "lim");
    if (functions.test(what) || /^\\(?:sum|prod|lim|max|min|sup|inf|bigcup|bigcap)$/.test(what))
      return `${what.startsWith("\\") ? "" : "\\"}${what}_${under}`;
    return `\\underset${under}{${what}}`;
  },
  limUpp: (of) => `\\overset${braced(of, "lim")}${braced(of, "e")}`,
  acc: (of) => `${accents[property(of, "chr") ?? "\u0302"] ?? "\\hat"}${braced(of, "e")}`,
  bar: (of) => `${property(of, "pos") === "top" ? "\\overline" : "\\underline"}${braced(of, "e")}`,
  groupChr(of) {
    const above = property(of, "pos") === "top";
    const sign = property(of, "chr") ?? "⏟";
    if (sign === "⏟" || sign === "⏞")
      return `${above ? "\\overbrace" : "\\underbrace"}${braced(of, "e")}`;
    return `${above ? "\\overset" : "\\underset"}{${text(sign)}}${braced(of, "e")}`;
  },
  borderBox: (of) => `\\boxed${braced(of, "e")}`,
  phant: (of) => `\\phantom${braced(of, "e")}`,
  m(of) {
    const rows = elements(of, "mr").map((row) =>
      elements(row, "e")
        .map((cell) => all(cell).trim())
        .join(" & "),
    );
    return `\\begin{matrix}${rows.join(" \\\\ ")}\\end{matrix}`;
  },
  eqArr(of) {
    const rows = elements(of, "e").map((row) => all(row).trim().replaceAll("\\&", "&"));
    return `\\begin{aligned}${rows.join(" \\\\ ")}\\end{aligned}`;
  },
  oMath: all,
  oMathPara: (of) =>
    elements(of, "oMath")
      .map((one) => all(one).trim())
      .join(" \\\\ "),
};

function run(of: XmlElement): string {
  const raw = elements(of, "t").map(textOf).join("");
  const style = child(of, "rPr");
  const says = (name: string) => {
    const found = child(style, name);
    return found && (Object.values(found.attributes)[0] ?? "on");
  };
  if (says("nor")) return raw.trim() ? `\\text{${raw.replace(/([{}%#&$_])/g, "\\$1")}}` : raw;
  if (functions.test(raw.trim())) return `\\${raw.trim()}`;
  const latex = text(raw);
  const script = scripts[says("scr") ?? ""];
  if (script && latex.trim()) return `\\${script}{${latex}}`;
  if (says("sty") === "p" && /^[a-zA-Z]{2,}$/.test(raw)) return `\\mathrm{${raw}}`;
  if (says("sty") === "b" && latex.trim()) return `\\mathbf{${latex}}`;
  return latex;
}

/** Letters of mathematics (𝑥) are the plain ones: italic is what LaTeX does by itself. */
function text(raw: string): string {
  let latex = "";
  for (const sign of raw) {
    const plain =
      symbols[sign] ?? [...sign.normalize("NFKC")].map((one) => symbols[one] ?? one).join("");
    latex = joined(latex, plain);
  }
  return latex;
}
