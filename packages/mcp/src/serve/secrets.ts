/** What went wrong in a tool, in words that may leave the house. */

const secretName = /key|token|secret|password|passwd|credential|auth|dsn|connection_?string/i;
const hidden = "[hidden]";
const longest = 2_000;

/** What is hidden wherever it stands: credentials in addresses and headers, keys by their looks. */
const patterns: readonly [pattern: RegExp, replacement: string][] = [
  [/\b([a-z][\w+.-]*:\/\/)[^\s/@:]*:[^\s/@]+@/gi, `$1${hidden}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`],
  [
    /\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|xox[abprs]|AKIA|AIza|hf|glpat|npm)[-_]?[\w-]{16,}/g,
    hidden,
  ],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
  [
    /((?:api[_-]?key|access[_-]?key|token|secret|password|passwd|pwd)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi,
    `$1${hidden}`,
  ],
];

/** The message of what a tool threw: no stack, no secret that can be told as one. */
export function safeMessage(error: unknown): string {
  let message = error instanceof Error ? error.message : String(error);
  for (const value of secretsOfProcess()) message = message.replaceAll(value, hidden);
  for (const [pattern, replacement] of patterns) message = message.replace(pattern, replacement);
  return message.trim().slice(0, longest) || "The tool failed.";
}

/** The values of this process's variables that sound secret. */
function secretsOfProcess(): string[] {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  try {
    return Object.entries(process?.env ?? {})
      .filter(([name, value]) => secretName.test(name) && (value?.length ?? 0) > 5)
      .map(([, value]) => value!)
      .sort((a, b) => b.length - a.length);
  } catch {
    // Deno asks for leave to read them.
    return [];
  }
}
