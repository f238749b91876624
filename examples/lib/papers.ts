/** A picture and a PDF to show to a model: a red square, and a page that says "Cats: 9 lives". */

/** A PNG of 32 by 32 red pixels. */
export const png = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAJ0lEQVR42u3NsQkAAAjAsP7/tF7hIASyp6lTCQQCgUAgEAgEgi/BAjLD/C5w/SM9AAAAAElFTkSuQmCC",
  ),
  (c) => c.charCodeAt(0),
);

const text = "BT /F1 24 Tf 20 60 Td (Cats: 9 lives) Tj ET";
const objects = [
  "<</Type/Catalog/Pages 2 0 R>>",
  "<</Type/Pages/Kids[3 0 R]/Count 1>>",
  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 120]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
  `<</Length ${text.length}>>stream\n${text}\nendstream`,
  "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
];

function onePage(): string {
  let file = "%PDF-1.4\n";
  const entries = objects.map((object, i) => {
    const at = String(file.length).padStart(10, "0");
    file += `${i + 1} 0 obj${object}endobj\n`;
    return `${at} 00000 n \n`;
  });
  const table = ["0000000000 65535 f \n", ...entries].join("");
  const size = objects.length + 1;
  return `${file}xref\n0 ${size}\n${table}trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`;
}

export const pdf = new TextEncoder().encode(onePage());
