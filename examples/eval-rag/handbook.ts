/** A handbook, small enough to see whether an answer is right. */
import type { SourceDocument } from "@polycall/rag";

export const handbook: SourceDocument[] = [
  {
    source: "leave.md",
    text: "# Leave\n\nEverybody has thirty days of leave. Unused leave lapses at the end of March of the following year.",
  },
  {
    source: "pay.md",
    text: "# Pay\n\nSalaries are paid on the 25th of each month, by bank transfer.",
  },
  { source: "dogs.md", text: "# Dogs\n\nThe team decides whether dogs may come into the office." },
];
