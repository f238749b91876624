/** PDFs written by hand: text at places, in Helvetica, whose widths every reader knows. */

export interface Text {
  text: string;
  x: number;
  y: number;
  size?: number;
}

export interface PdfOptions {
  /** Objects that the document has besides, by number; from 100. */
  objects?: Record<number, string>;
  /** What a page's dictionary has besides. */
  page?: string;
  trailer?: string;
  info?: string;
  catalog?: string;
}

/** A page for each list of texts. A4: 595 wide, 842 high. */
export function pdf(pages: readonly (readonly Text[])[], options: PdfOptions = {}): Uint8Array {
  const objects = new Map<number, string>([
    [1, `<< /Type /Catalog /Pages 2 0 R ${options.catalog ?? ""} >>`],
    [
      2,
      `<< /Type /Pages /Kids [${pages.map((_, at) => `${10 + 2 * at} 0 R`).join(" ")}] /Count ${pages.length} >>`,
    ],
    [3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"],
  ]);
  if (options.info) objects.set(4, options.info);
  for (const [at, texts] of pages.entries()) {
    const content = texts.map(drawn).join("\n");
    objects.set(
      10 + 2 * at,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${11 + 2 * at} 0 R ${options.page ?? ""} >>`,
    );
    objects.set(11 + 2 * at, `<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  for (const [number, object] of Object.entries(options.objects ?? {}))
    objects.set(Number(number), object);
  return assembled(
    objects,
    `/Root 1 0 R ${options.info ? "/Info 4 0 R" : ""} ${options.trailer ?? ""}`,
  );
}

function drawn({ text, x, y, size = 10 }: Text): string {
  const escaped = text.replace(/[\\()]/g, "\\$&").replace("•", "\\225");
  return `BT /F1 ${size} Tf ${x} ${y} Td (${escaped}) Tj ET`;
}

function assembled(objects: ReadonlyMap<number, string>, trailer: string): Uint8Array {
  let file = "%PDF-1.7\n";
  const places = new Map<number, number>();
  for (const [number, object] of objects) {
    places.set(number, file.length);
    file += `${number} 0 obj\n${object}\nendobj\n`;
  }
  const size = Math.max(...objects.keys()) + 1;
  const table = file.length;
  file += `xref\n0 1\n0000000000 65535 f \n`;
  for (const [number, at] of places)
    file += `${number} 1\n${String(at).padStart(10, "0")} 00000 n \n`;
  file += `trailer\n<< /Size ${size} ${trailer} >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

/** Lines one under another. */
export function lines(
  texts: readonly string[],
  { x = 72, y = 760, size = 10, leading = 12 } = {},
): Text[] {
  return texts.map((text, at) => ({ text, x, y: y - at * leading, size }));
}
